"""What is entered about the app: checked, kept for the one it was meant for, and used once somebody has signed in."""

from typing import Any

import pytest
from tests.support.mailing import use
from tests.support.sign_in_service import CLIENT, SignInService
from tests.support.signed_in import register, sign_in, stored

from siegelpost.mail import checks
from siegelpost.mail.accounts import guide, registration
from siegelpost.mail.accounts.form import SignInForm
from siegelpost.mail.incoming.mailbox_settings import configured
from siegelpost.mail.models import MailboxSettings, MailSignIn, SignInKey
from siegelpost.mail.outgoing import server_settings
from siegelpost.mail.sign_in import authority
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.mail.sign_in.providers import PROVIDERS, Provider, provider_of
from siegelpost.office.models import SmtpSecurity

pytestmark = pytest.mark.django_db
TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee"


def form(provider: ProviderName = ProviderName.MICROSOFT, **entered: str) -> SignInForm:
    """The form as it is sent."""
    given = {"tenant": TENANT, "client_id": CLIENT, "mailbox": "buero@office.test", "credential": "certificate"}
    known = MailSignIn.current() or MailSignIn(pk=1)
    return SignInForm({**given, **entered}, instance=known, provider=provider)


@pytest.mark.parametrize(
    ("entered", "wrong"),
    [
        ({}, []),
        ({"tenant": "office.test"}, []),
        ({"tenant": "common"}, ["tenant"]),
        ({"tenant": "https://login.microsoftonline.com/x"}, ["tenant"]),
        ({"tenant": ""}, ["tenant"]),
        ({"client_id": "a b"}, ["client_id"]),
        ({"mailbox": "buero"}, ["mailbox"]),
        ({"credential": "secret"}, ["secret"]),
        ({"credential": "secret", "secret": "geheim"}, []),
    ],
)
def test_checked(entered: dict[str, Any], wrong: list[str]) -> None:
    assert list(form(**entered).errors) == wrong


def test_google_needs_a_secret_and_an_own_service_https() -> None:
    assert list(form(ProviderName.GOOGLE).errors) == ["secret"]
    own = {"authorize_url": "http://x/", "token_url": "https://u@x/", "scope": "mail", "hosts": "mx.office.test"}
    assert set(form(ProviderName.OTHER, **own).errors) == {"authorize_url", "token_url"}


def test_each_provider_is_told_of_in_its_own_words() -> None:
    helps = {each: str(form(each).fields["client_id"].help_text) for each in ProviderName}
    assert "Objekt-ID" in helps[ProviderName.MICROSOFT]
    assert "Objekt-ID" not in helps[ProviderName.GOOGLE] + helps[ProviderName.OTHER]


def test_a_kept_secret_goes_nowhere_else() -> None:
    """As with passwords: who changes where it is sent has to know it."""
    first = form(credential="secret", secret="geheim")
    assert first.is_valid()
    registration.save(first.save(commit=False), secret=first.new_secret)
    assert form(credential="secret").is_valid()
    assert not form(credential="secret", tenant="other.test").is_valid()
    assert not form(ProviderName.GOOGLE).is_valid()


def test_a_certificate_is_made_and_what_is_secret_is_sealed_and_checked() -> None:
    entered = form()
    assert entered.is_valid()
    registration.save(entered.save(commit=False), secret=None)
    [key] = SignInKey.objects.all()
    assert [name for name, _open in checks.sealed_fields()] == [f"sign-in's key {key}"]
    for _name, opening in checks.sealed_fields():
        opening()


def test_microsofts_addresses_are_those_of_the_offices_own_tenant() -> None:
    entered = form()
    assert entered.is_valid()
    kept = registration.save(entered.save(commit=False), secret=None)
    assert provider_of(kept).token == f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    there = registration.leave(kept).url
    assert there.startswith(f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize?client_id={CLIENT}&")
    assert "code_challenge_method=S256" in there
    assert "offline_access" in there
    agreed = registration.consent(kept).url
    assert agreed.startswith(f"https://login.microsoftonline.com/{TENANT}/v2.0/adminconsent?")
    assert "offline_access" not in agreed


def test_once_signed_in_mails_go_and_come_by_the_account(
    service: SignInService, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(25, "none", "old.test", "old", "old")
    entered = register(service, secret="geheim")
    MailSignIn.objects.update(provider=ProviderName.MICROSOFT, tenant=TENANT)
    entered.refresh_from_db()
    address = f"{service.address}/token"

    def signs_in() -> bool:
        leaving = registration.leave(entered)
        service.codes["code"] = leaving.url.partition("code_challenge=")[2].partition("&")[0]
        with monkeypatch.context() as there:
            there.setattr(authority, "provider_of", lambda _one: provider_at(address))
            return registration.come_back({"code": "code", "state": leaving.state}, leaving)

    assert signs_in()
    server, box = server_settings.current(), configured()
    assert (server.host, server.port, server.security) == ("smtp.office365.com", 587, SmtpSecurity.STARTTLS)
    assert server.by_token
    assert (server.user, server.password) == ("buero@office.test", "")
    assert box is not None
    assert (box.host, box.by_token, box.password) == ("outlook.office365.com", True, "")
    # A shared mailbox, read and written by the same account: the next sign-in leaves it as it is.
    use(587, "starttls", "smtp.office365.com", "info@office.test")
    assert signs_in()
    assert server_settings.current().user == "info@office.test"


def provider_at(address: str) -> Provider:
    """Microsoft, but for its address."""
    return Provider("", address, (), PROVIDERS[ProviderName.MICROSOFT].credentials)


def test_no_token_goes_to_another_server(service: SignInService) -> None:
    sign_in(service)
    use(587, "starttls", "mx.stranger.test", "buero@office.test")
    assert not server_settings.current().by_token
    use(587, "starttls", "localhost", "buero@office.test", "ein Passwort")
    assert not server_settings.current().by_token
    MailboxSettings(pk=1, host="imap.stranger.test", user="buero@office.test").save()
    found = configured()
    assert found is not None
    assert not found.by_token


def test_forgotten_is_forgotten(service: SignInService) -> None:
    sign_in(service)
    registration.forget()
    assert MailSignIn.current() is None
    assert not SignInKey.objects.exists()


@pytest.mark.parametrize("provider", ProviderName)
def test_each_step_has_the_exact_values(provider: ProviderName) -> None:
    shown = guide.steps(provider, Credential.CERTIFICATE, "post@office.test")
    values = {value for each in shown for _name, value in each.values}
    assert registration.redirect_uri() in values
    assert not any("{" in each for each in values)
    assert set(PROVIDERS[provider].scopes) <= values
    assert len(guide.steps(ProviderName.MICROSOFT, Credential.SECRET, "")) == 6


def test_stored_is_one(service: SignInService) -> None:
    sign_in(service)
    assert str(stored()) == "buero@office.test (Eigener Anmeldedienst)"
