"""The secret links by which recipients reach their dispatch."""

import hashlib
import hmac
import json
from typing import Any

from django.utils import timezone

from siegelpost.dispatch.models import Dispatch, Kind, Link
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.leaf import JSON
from siegelpost.mail.models import MailState, OutgoingMail
from siegelpost.office.tokens import new_token, token_hash
from siegelpost.settings import load

PREFIX = "/s/"
# The longest name that can be typed at the gate.
NAME_LIMIT = 200
_NEVER_CAME = (MailState.REFUSED, MailState.BOUNCED, MailState.GIVEN_UP, MailState.CANCELLED)


class LinkUnknownError(Exception):
    """No dispatch has this link; perhaps it was copied incompletely."""


class LinkClosedError(Exception):
    """The dispatch was taken back by the office, or its time is over."""

    def __init__(self, dispatch: Dispatch) -> None:
        super().__init__(dispatch.state)
        self.dispatch = dispatch


def new_link(dispatch: Dispatch, *, after_code: bool = False) -> tuple[str, str]:
    """A fresh secret address for this dispatch: the full URL, and the token in it.

    The token is given here once; afterwards only its hash exists.

    Args:
        after_code: whoever gets it has just given the code that the content asks for beside a link.
    """
    token, hashed = new_token()
    Link.objects.create(dispatch=dispatch, token_hash=hashed, opens=after_code or not dispatch.page.get("code_by"))
    return f"{load().public_address}{PREFIX}{token}/", token


def find(token: str, *, kind: Kind | None = None, lock: bool = False) -> Dispatch:
    """The dispatch this token leads to, whatever its state.

    Args:
        kind: the only kind the caller can deal with; none means any.
        lock: hold the row until the end of the transaction, for whoever is about to change it.

    Raises:
        LinkUnknownError: no such link, or it leads to another kind.
    """
    dispatches = Dispatch.objects.filter(links__token_hash=token_hash(token))
    if kind:
        dispatches = dispatches.filter(kind=kind)
    dispatch = dispatches.first()
    if dispatch is None:
        raise LinkUnknownError
    return locked(dispatch) if lock else dispatch


def locked(dispatch: Dispatch) -> Dispatch:
    """The dispatch as it is now, locked to the end of the transaction, and with it those who order together.

    All of them in one order, so that nobody waits for somebody who waits.
    """
    if dispatch.joint is None:
        return Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    members = Dispatch.objects.select_for_update().filter(joint=dispatch.joint).order_by("pk")
    return next(one for one in members if one.pk == dispatch.pk)


def stood_in_notice(token: str, message_id: str) -> None:
    """Note that this link stands in this mail with the legal texts, and in no other."""
    Link.objects.filter(token_hash=token_hash(token)).update(notice=message_id)


def texts_arrived(token: str) -> bool:
    """Whether using this link proves that the legal texts have arrived by mail (a durable medium, § 126b BGB).

    It does where the link stood only in the mail with the texts, and that mail did not come back. That the mail
    server took a mail proves no arrival.
    """
    message_id = Link.objects.filter(token_hash=token_hash(token)).values_list("notice", flat=True).first()
    return bool(message_id) and not OutgoingMail.objects.filter(message_id=message_id, state__in=_NEVER_CAME).exists()


def refuse_if_closed(dispatch: Dispatch) -> None:
    """Nothing more can be declared or seen once a dispatch was taken back or its time is over.

    Raises:
        LinkClosedError: revoked, or expired before anything was declared.
    """
    over = dispatch.declared_at is None and dispatch.expires_at <= timezone.now()
    if over or dispatch.state in {DispatchState.REVOKED, DispatchState.EXPIRED}:
        raise LinkClosedError(dispatch)


def stamp(dispatch_id: str, page: dict[str, Any]) -> str:
    """The form stamp: proves that a form was made here, for this dispatch and for exactly this page."""
    shown = f"{dispatch_id}:{canonical_sha256(page)}".encode()
    return hmac.new(load().secret("form-stamp"), shown, hashlib.sha256).hexdigest()


def stamp_is_right(given: str, dispatch: Dispatch) -> bool:
    """Whether a form carries the stamp of the page that is current now; compared in constant time."""
    return hmac.compare_digest(given.encode(), stamp(str(dispatch.public_id), dispatch.page).encode())


def named(texts: list[dict[str, Any]]) -> list[JSON]:
    """Which versions of which texts these are, for the ledger."""
    return [{key: text[key] for key in ("kind", "version", "sha256")} for text in texts]


def canonical_sha256(value: Any) -> str:
    """SHA-256 of a JSON value in the one form used for hashing: sorted keys, no blanks, UTF-8."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """A JSON value as bytes that are the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
