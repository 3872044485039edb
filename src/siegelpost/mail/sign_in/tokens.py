"""The token at hand: renewed ahead of time by one process at a time, and kept before it is used."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.db import transaction

from siegelpost.mail.sign_in import authority, certificates
from siegelpost.mail.sign_in.authority import Granted
from siegelpost.mail.sign_in.models import Credential, MailSignIn, SignInKey
from siegelpost.mail.sign_in.troubles import SignInError, Trouble
from siegelpost.settings import FIELDS, load
from siegelpost.toolbox.durable import replace_durably
from siegelpost.toolbox.locks import alone
from siegelpost.toolbox.sealing import UnsealableError

log = structlog.get_logger(__name__)
# A token is used while it holds for so long still.
MARGIN = timedelta(minutes=5)
# After a failure that mends itself nobody asks again before this.
PAUSE = timedelta(minutes=2)


def access_token() -> str:
    """A token for the mailbox that holds for some minutes.

    Must not be called inside a transaction: it may ask the provider, and keeps what came at once.

    Raises:
        SignInError: there is none.
    """
    now = datetime.now(UTC)
    sign_in = MailSignIn.current()
    if sign_in is None or not sign_in.connected:
        raise SignInError(Trouble.NOT_SIGNED_IN)
    return _at_hand(sign_in, now) or renew()


def renew(*, at_once: bool = False) -> str:
    """A new token, unless another process was quicker.

    Args:
        at_once: also while the old one holds, and after a failure that somebody had to mend.

    Raises:
        SignInError: there is none.
    """
    with alone(_folder() / "mail-sign-in.lock"):
        _adopt()
        now, sign_in = datetime.now(UTC), MailSignIn.current()
        if sign_in is None or not sign_in.connected:
            raise SignInError(Trouble.NOT_SIGNED_IN)
        if not at_once:
            if there := _at_hand(sign_in, now):
                return there
            if known := known_trouble(sign_in, now):
                raise known
        try:
            granted = _refreshed(sign_in, tries_next=at_once)
        except SignInError as error:
            _note(sign_in, error, now)
            if not at_once and (there := _at_hand(sign_in, now, timedelta(0))):
                return there
            raise
        _keep(sign_in, granted)
        return granted.access


def sign_in_with(code: str, verifier: str, redirect_uri: str) -> None:
    """Redeem the code with which a person came back to ``redirect_uri``, and keep the tokens.

    Raises:
        SignInError: nothing was given; what there was before is as it was.
    """
    with alone(_folder() / "mail-sign-in.lock"):
        sign_in = MailSignIn.current()
        if sign_in is None:
            raise SignInError(Trouble.NOT_SIGNED_IN)
        sign_in.redirect_uri = redirect_uri
        granted = authority.redeem(sign_in, SignInKey.objects.filter(active=True).first(), code, verifier)
        _file().unlink(missing_ok=True)
        sign_in.signed_in_at = datetime.now(UTC)
        MailSignIn.objects.filter(pk=1).update(signed_in_at=sign_in.signed_in_at, redirect_uri=redirect_uri)
        _keep(sign_in, granted)


def _at_hand(sign_in: MailSignIn, now: datetime, margin: timedelta = MARGIN) -> str:
    if sign_in.access_ends_at is None or sign_in.access_ends_at <= now + margin:
        return ""
    try:
        return FIELDS.unseal_text(sign_in.access_sealed)
    except UnsealableError:
        return ""  # then the refresh token cannot be opened either, and that is noted


def known_trouble(sign_in: MailSignIn, now: datetime) -> SignInError | None:
    """What is in the way where the provider need not be asked: only a person mends it, or it just failed."""
    if not sign_in.trouble:
        return None
    known = SignInError(Trouble(sign_in.trouble), sign_in.trouble_words)
    return known if known.lasts or (sign_in.next_try_at and sign_in.next_try_at > now) else None


def _refreshed(sign_in: MailSignIn, *, tries_next: bool) -> Granted:
    """With a key that waits to be uploaded, should the provider know it by now; it is the one used from then on."""
    active = SignInKey.objects.filter(active=True).first()
    following = SignInKey.objects.filter(active=False).first() if tries_next else None
    if following is None or sign_in.credential != Credential.CERTIFICATE:
        return authority.refresh(sign_in, active)
    try:
        granted = authority.refresh(sign_in, following)
    except SignInError as error:
        if error.trouble not in (Trouble.CERTIFICATE_UNKNOWN, Trouble.SECRET_WRONG):
            raise
        return authority.refresh(sign_in, active)
    certificates.use(following)
    return granted


def _note(sign_in: MailSignIn, error: SignInError, now: datetime) -> None:
    since = sign_in.trouble_at if sign_in.trouble == error.trouble else now
    log.warning("mail_sign_in_failed", trouble=error.trouble.value, words=error.words)
    MailSignIn.objects.filter(pk=1).update(
        trouble=error.trouble, trouble_words=error.words, trouble_at=since, next_try_at=now + PAUSE
    )


def _keep(sign_in: MailSignIn, granted: Granted) -> None:
    """Make what came durable before anybody uses it: a provider may have taken the old refresh token back.

    First beside the database, for whoever finds it away in this moment has the only copy.
    """
    assert sign_in.signed_in_at is not None  # noqa: S101 - set with the first tokens
    given = {
        "signed_in_at": sign_in.signed_in_at.isoformat(),
        "access": granted.access,
        "refresh": granted.refresh,
        "ends_at": granted.ends_at.isoformat(),
        "renewed_at": datetime.now(UTC).isoformat(),
    }
    replace_durably(_file(), FIELDS.seal(json.dumps(given).encode()))
    _adopt()


def _adopt() -> None:
    """Tell the database what is kept beside it; the file goes once that is committed."""
    try:
        given = json.loads(FIELDS.unseal(_file().read_bytes()))
    except FileNotFoundError:
        return
    except (UnsealableError, ValueError):
        log.exception("tokens that were kept beside the database cannot be read")
        return
    values: dict[str, object] = {
        "access_sealed": FIELDS.seal_text(given["access"]),
        "access_ends_at": datetime.fromisoformat(given["ends_at"]),
        "renewed_at": datetime.fromisoformat(given["renewed_at"]),
        **dict.fromkeys(("trouble", "trouble_words"), ""),
        **dict.fromkeys(("trouble_at", "next_try_at")),
    }
    if given["refresh"]:
        values["refresh_sealed"] = FIELDS.seal_text(given["refresh"])
    with transaction.atomic():
        # Of another sign-in they are worth nothing.
        MailSignIn.objects.filter(pk=1, signed_in_at=given["signed_in_at"]).update(**values)
    _file().unlink(missing_ok=True)


def _folder() -> Path:
    return load().data / "run"


def _file() -> Path:
    return _folder() / "mail-sign-in"
