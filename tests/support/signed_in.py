"""An office that signed in with a service of the tests' own; imported once Django is up."""

from datetime import UTC, datetime

from tests.support.sign_in_service import CLIENT, SCOPE, SignInService

from siegelpost.mail.accounts import registration
from siegelpost.mail.models import MailSignIn, SignInKey
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.settings import FIELDS


def register(service: SignInService, *, secret: str = "", provider: ProviderName = ProviderName.OTHER) -> MailSignIn:
    """Enter the app at the service, which gets its certificate; nobody has signed in yet."""
    entered = MailSignIn(
        pk=1,
        provider=provider,
        client_id=CLIENT,
        mailbox=service.user,
        credential=Credential.SECRET if secret else Credential.CERTIFICATE,
        authorize_url=f"{service.address}/authorize",
        token_url=f"{service.address}/token",
        scope=SCOPE,
        hosts="localhost 127.0.0.1",
    )
    registration.save(entered, secret=secret or None)
    service.secret = secret
    service.redirect_uris = {registration.redirect_uri()}
    service.certificates = [each.certificate for each in SignInKey.objects.all()]
    return entered


def sign_in(service: SignInService, *, secret: str = "") -> MailSignIn:
    """Register, and have signed in: there is a refresh token, and no other yet."""
    register(service, secret=secret)
    now = datetime.now(UTC)
    MailSignIn.objects.update(
        refresh_sealed=FIELDS.seal_text(service.grant()),
        signed_in_at=now,
        renewed_at=now,
        redirect_uri=registration.redirect_uri(),
    )
    return stored()


def stored() -> MailSignIn:
    """As it stands in the database."""
    return MailSignIn.objects.get(pk=1)
