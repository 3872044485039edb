"""With whom one can sign in: where they are asked, for what, and which mail servers are theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from siegelpost.mail.sign_in.models import Credential, MailSignIn, ProviderName

_ENTRA = "https://login.microsoftonline.com/{tenant}"
OFFLINE = "offline_access"


@dataclass(frozen=True, slots=True)
class Provider:
    """One of them.

    Args:
        authorize: where a person signs in; ``{tenant}`` is the office's own.
        token: where codes and refresh tokens are redeemed.
        consent: where an administrator agrees for everybody; empty where there is no such page.
        scopes: what is asked for.
        extra: further parameters of ``authorize``.
        smtp, imap: their mail servers, with the ports that are used.
        unused: after so long without use a sign-in ends.
        credentials: by what the app may prove itself.
    """

    authorize: str
    token: str
    scopes: tuple[str, ...]
    credentials: tuple[Credential, ...]
    consent: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    smtp: tuple[str, int] = ("", 0)
    imap: tuple[str, int] = ("", 0)
    unused: timedelta = timedelta(days=90)


# learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth", "Refresh tokens in the Microsoft
# identity platform"; developers.google.com, "OAuth 2.0 Mechanism" and "Using OAuth 2.0", as of November 2026.
PROVIDERS: Mapping[ProviderName, Provider] = MappingProxyType(
    {
        ProviderName.MICROSOFT: Provider(
            authorize=f"{_ENTRA}/oauth2/v2.0/authorize",
            token=f"{_ENTRA}/oauth2/v2.0/token",
            consent=f"{_ENTRA}/v2.0/adminconsent",
            scopes=(
                "https://outlook.office.com/SMTP.Send",
                "https://outlook.office.com/IMAP.AccessAsUser.All",
                OFFLINE,
            ),
            credentials=(Credential.CERTIFICATE, Credential.SECRET),
            smtp=("smtp.office365.com", 587),
            imap=("outlook.office365.com", 993),
        ),
        ProviderName.GOOGLE: Provider(
            authorize="https://accounts.google.com/o/oauth2/v2/auth",
            token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
            scopes=("https://mail.google.com/",),
            credentials=(Credential.SECRET,),
            # Only so is a refresh token given, and again at each sign-in.
            extra=(("access_type", "offline"), ("prompt", "consent")),
            smtp=("smtp.gmail.com", 587),
            imap=("imap.gmail.com", 993),
            unused=timedelta(days=180),
        ),
        ProviderName.OTHER: Provider("", "", (), (Credential.CERTIFICATE, Credential.SECRET)),
    }
)


def provider_of(sign_in: MailSignIn) -> Provider:
    """The row of the table, with the office's own tenant; of a service of one's own what was entered."""
    row = PROVIDERS[ProviderName(sign_in.provider)]
    if sign_in.provider == ProviderName.OTHER:
        scopes = tuple(sign_in.scope.split())
        return replace(row, authorize=sign_in.authorize_url, token=sign_in.token_url, scopes=scopes)
    at_tenant = {name: getattr(row, name).format(tenant=sign_in.tenant) for name in ("authorize", "token", "consent")}
    return replace(row, **at_tenant)


def may_get_tokens(sign_in: MailSignIn | None, host: str) -> bool:
    """Whether this mail server is the provider's, so that a token may be shown to it."""
    if sign_in is None or not sign_in.connected:
        return False
    row = PROVIDERS[ProviderName(sign_in.provider)]
    return host.lower() in {row.smtp[0], row.imap[0], *sign_in.hosts.lower().split()} - {""}
