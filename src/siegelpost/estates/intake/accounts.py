"""Who may hand properties over: accounts with a password of their own, which the server makes and shows once."""

import hmac
import re
import secrets
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.estates.intake_models import IntakeAccount
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent
from siegelpost.office.tokens import token_hash
from siegelpost.toolbox.folding import fold

SUBJECT = "intake"
MOST = 20
# Without letters and digits that are mistaken for others where somebody copies them by hand.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
# 120 random bits.
_PASSWORD_LENGTH = 24
# The last use is written down no more often.
_NOTED_EVERY = timedelta(minutes=1)


class TooManyError(Exception):
    """There are as many accounts as there may be."""


def accounts() -> QuerySet[IntakeAccount]:
    """Those that are open."""
    return IntakeAccount.objects.filter(revoked_at=None)


@transaction.atomic
def create(account: IntakeAccount, *, by: Agent) -> str:
    """Open an account that has its name and rules; gives its password, which is kept nowhere.

    Raises:
        TooManyError: nothing was opened.
    """
    if accounts().count() >= MOST:
        raise TooManyError
    stem = re.sub(r"[^a-z0-9]+", "", fold(account.name))[:12] or "software"
    account.login = f"{stem}-{_random(5)}"
    password = _random(_PASSWORD_LENGTH)
    account.password_hash = token_hash(password)
    account.save()
    _note(account, "opened", by)
    return password


@transaction.atomic
def change(account: IntakeAccount, *, by: Agent) -> None:
    """Keep what a form has changed of its rules."""
    account.save()
    _note(account, "changed", by)


@transaction.atomic
def renew_password(account: IntakeAccount, *, by: Agent) -> str:
    """A new password; the one of before lets nobody in any more."""
    password = _random(_PASSWORD_LENGTH)
    account.password_hash = token_hash(password)
    account.save(update_fields=["password_hash"])
    _note(account, "password", by)
    return password


@transaction.atomic
def revoke(account: IntakeAccount, *, by: Agent) -> None:
    """It lets nobody in from now on, and what lies in its folder is not taken any more."""
    account.revoked_at = timezone.now()
    account.save(update_fields=["revoked_at"])
    _note(account, "revoked", by)


@transaction.atomic
def confirm_address(account: IntakeAccount, address: str, *, by: Agent) -> None:
    """Reports of what went wrong go to this address from now on; "" is to nobody."""
    account.report_to = address
    account.save(update_fields=["report_to"])
    _note(account, "reports", by)


def one(public_id: uuid.UUID) -> IntakeAccount:
    """An open account.

    Raises:
        IntakeAccount.DoesNotExist: there is none, or no longer.
    """
    return accounts().get(public_id=public_id)


def named(login: str) -> IntakeAccount | None:
    """The open account of this name, whoever asks."""
    return accounts().filter(login=login[:40]).first() if "\0" not in login else None


def let_in(login: str, password: str) -> IntakeAccount | None:
    """The account, if this is its password: an unknown name takes as long as a wrong password."""
    found = named(login)
    hashed = bytes(found.password_hash) if found else bytes(32)
    given = token_hash(password.encode(errors="surrogatepass").decode(errors="replace"))
    return found if hmac.compare_digest(hashed, given) and found else None


def note_use(account: IntakeAccount, way: str, address: str) -> None:
    """Somebody came with the right password."""
    now, last = timezone.now(), account.last_used_at
    is_the_same = (account.last_way, account.last_address) == (way, address[:64])
    if last and is_the_same and now - last < _NOTED_EVERY:
        return
    IntakeAccount.objects.filter(pk=account.pk).update(last_used_at=now, last_way=way, last_address=address[:64])


def came_by(way: str) -> bool:
    """Whether one of those that are open was used this way lately."""
    return accounts().filter(Q(last_way=way) | Q(arrivals__way=way)).exists()


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _note(account: IntakeAccount, act: str, by: Agent) -> None:
    append(
        EventKind.INTAKE_CHANGED,
        subject=SUBJECT,
        data={
            "act": act,
            "account": account.login,
            "by": str(by.public_id),
            "handling": account.handling,
            "plain_ftp": account.plain_ftp,
        },
    )
