"""What the office registers at Microsoft or Google: entering it, signing in with it, and forgetting it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from siegelpost.mail.models import AccountWarning, MailboxSettings, MailSignIn, SignInKey
from siegelpost.mail.sign_in import authority, certificates, tokens
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.mail.sign_in.providers import PROVIDERS
from siegelpost.mail.sign_in.troubles import SignInError, Trouble, named
from siegelpost.office.current import the_office
from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import FIELDS, load

BACK = "/settings/mail/sign-in/back/"
# What makes another registration of it: the tokens of the old one are worth nothing there.
_ITSELF = ("provider", "tenant", "client_id", "authorize_url", "token_url")
_TOKENS = ("refresh_sealed", "access_sealed", "trouble", "trouble_words")
_MOMENTS = ("access_ends_at", "signed_in_at", "renewed_at", "trouble_at", "next_try_at")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody is on the way to the provider: where, to come back at which address, and what has to come back
    (RFC 6749, 10.12; RFC 7636).
    """

    url: str
    back: str
    state: str
    verifier: str


def redirect_uri() -> str:
    """The address at which people come back, as it is registered at the provider: with this server's own name."""
    return load().public_address + BACK


@transaction.atomic
def save(entered: MailSignIn, *, secret: str | None) -> MailSignIn:
    """Keep what was entered; of another registration than before the old sign-in is gone.

    Args:
        secret: None keeps the one that is stored.
    """
    before = MailSignIn.current()
    if before is not None and any(getattr(before, name) != getattr(entered, name) for name in _ITSELF):
        _clear(entered)
    if entered.credential == Credential.CERTIFICATE:
        entered.secret_sealed, entered.secret_ends_on = "", None
    elif secret is not None:
        entered.secret_sealed = FIELDS.seal_text(secret)
    entered.pk = 1
    entered.save()
    if entered.credential == Credential.CERTIFICATE and not SignInKey.objects.filter(active=True).exists():
        certificates.make_key(datetime.now(UTC), active=True)
    return entered


def _clear(sign_in: MailSignIn) -> None:
    for name in _TOKENS:
        setattr(sign_in, name, "")
    for name in _MOMENTS:
        setattr(sign_in, name, None)


def leave(sign_in: MailSignIn) -> Leaving:
    """Send somebody to the provider to sign in."""
    back, state, verifier = redirect_uri(), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    return Leaving(authority.sign_in_url(sign_in, back, state, verifier), back, state, verifier)


def consent(sign_in: MailSignIn) -> Leaving:
    """Send an administrator to the provider to agree for everybody; without an address where there is no such page."""
    back, state = redirect_uri(), secrets.token_urlsafe(24)
    return Leaving(authority.consent_url(sign_in, back, state), back, state, "")


def come_back(answer: Mapping[str, str], left: Leaving | None) -> bool:
    """Take in what the provider sent somebody back with; whether they signed in, rather than agreed for everybody.

    Args:
        left: how they had left; None when nobody has.

    Raises:
        SignInError: there is no sign-in; what there was before is as it was.
    """
    if left is None or not secrets.compare_digest(answer.get("state", ""), left.state):
        raise SignInError(Trouble.CODE_GONE)
    if answer.get("error"):
        said = authority.words_of(answer)
        raise SignInError(named(said), said)
    if not left.verifier:
        return False
    if not answer.get("code"):
        raise SignInError(Trouble.NOT_ANSWERED)
    tokens.sign_in_with(answer["code"], left.verifier, left.back)
    _use()
    return True


@transaction.atomic
def _use() -> None:
    """Send and read through the account from now on, as the office wished; passwords for it are gone.

    Whoever does so already keeps the user name that is entered: it may be that of a shared mailbox.
    """
    sign_in = MailSignIn.objects.get(pk=1)
    provider = PROVIDERS[ProviderName(sign_in.provider)]
    if sign_in.sends and provider.smtp[0]:
        office = the_office()
        if office.smtp_host != provider.smtp[0] or not office.smtp_user:
            office.smtp_user = sign_in.mailbox
        office.smtp_host, office.smtp_port = provider.smtp
        office.smtp_security, office.smtp_password_sealed = SmtpSecurity.STARTTLS, ""
        office.mail_from = office.mail_from or sign_in.mailbox
        office.save()
    if sign_in.reads and provider.imap[0]:
        box = MailboxSettings.current()
        box.pk = 1
        if box.host != provider.imap[0] or not box.user:
            box.user = sign_in.mailbox
        box.host, box.port = provider.imap
        box.password_sealed = ""
        box.save()


@transaction.atomic
def forget() -> None:
    """Throw away the tokens, the registration and the keys; the provider is to be told by its own page."""
    MailSignIn.objects.all().delete()
    SignInKey.objects.all().delete()
    AccountWarning.objects.all().delete()


def new_certificate() -> SignInKey:
    """A further key; it is used once the provider knows it, and until then the old one is."""
    return certificates.make_key(datetime.now(UTC), active=False)
