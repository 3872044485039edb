"""The code that a registered mail asks for beside its link: told by phone, or sent to a second mail address."""

import hashlib
import hmac
import re
import secrets

from django.db.models import F
from django.utils import timezone

from siegelpost.dispatch.models import CodeBy, Dispatch, SecondFactor
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.settings import load

DIGITS = 8
MOST_TRIES = 5


class WrongCodeError(Exception):
    """The code is not right; ``left`` more tries are allowed."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} tries left")
        self.left = left


class LockedError(Exception):
    """Too many wrong codes: only a new code from the office helps."""


def set_up(dispatch: Dispatch, by: CodeBy, address: str) -> None:
    """Ask for a code from now on; there is none that fits until :func:`issue` makes one."""
    SecondFactor.objects.create(
        dispatch=dispatch, by=by, address=address, code_hash=secrets.token_bytes(32), made_at=timezone.now()
    )


def issue(dispatch: Dispatch) -> str:
    """A new code, in the caller's transaction: an earlier one ends, and the tries begin anew.

    It is given here once, like ``4821-7390``; afterwards only its hash exists.
    """
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    now = timezone.now()
    SecondFactor.objects.filter(dispatch=dispatch).update(code_hash=_hash(dispatch, digits), tries=0, made_at=now)
    append(EventKind.CODE_ISSUED, subject=str(dispatch.public_id), data={"by": dispatch.page["code_by"]}, at=now)
    return f"{digits[:4]}-{digits[4:]}"


def check(dispatch: Dispatch, typed: str) -> None:
    """Use up one try and compare, in constant time.

    The try is counted before anything is compared, by one statement of the database: parallel requests, in any
    number of processes, never get more than the tries there are. The caller must commit it also when this raises.

    Raises:
        WrongCodeError, LockedError: it is not the code, or the tries are used up.
    """
    factors = SecondFactor.objects.filter(dispatch=dispatch)
    if not factors.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise LockedError
    factor = factors.get()
    if hmac.compare_digest(_hash(dispatch, re.sub(r"[\s-]", "", typed)), bytes(factor.code_hash)):
        factors.update(tries=0)
        return
    append(EventKind.CODE_REFUSED, subject=str(dispatch.public_id), data={"try": factor.tries})
    if factor.tries >= MOST_TRIES:
        raise LockedError
    raise WrongCodeError(MOST_TRIES - factor.tries)


def is_locked(dispatch: Dispatch) -> bool:
    """Whether only a new code helps."""
    return SecondFactor.objects.filter(dispatch=dispatch, tries__gte=MOST_TRIES).exists()


def _hash(dispatch: Dispatch, digits: str) -> bytes:
    """Keyed, because eight digits alone are quickly tried out by whoever has the database."""
    return hmac.new(load().secret("second-factor"), f"{dispatch.public_id}:{digits}".encode(), hashlib.sha256).digest()
