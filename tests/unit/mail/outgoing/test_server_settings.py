"""Which mail server is used, and that every cause of trouble has its remedy."""

from collections.abc import Callable, Iterator

import pytest
from tests.support.mailing import use

from siegelpost.mail.causes import REMEDIES, Cause, explain
from siegelpost.mail.outgoing.server_settings import NotConfiguredError, Server, current
from siegelpost.mail.outgoing.smtp import helo_name
from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import load

Setting = Callable[[str, str], None]


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    """Give a setting a value through the environment."""

    def give(name: str, value: str) -> None:
        monkeypatch.setenv(f"SIEGELPOST_{name}", value)
        load.cache_clear()

    yield give
    monkeypatch.undo()
    load.cache_clear()


@pytest.mark.django_db
def test_the_office_names_its_server() -> None:
    use(2525, "tls", host="smtp.office.test", user="buero", password="größer")
    assert current() == Server("smtp.office.test", 2525, SmtpSecurity.TLS, "buero", "größer")


@pytest.mark.django_db
def test_the_environment_wins(setting: Setting) -> None:
    use(2525, "none", host="smtp.office.test")
    setting("SMTP_HOST", "smtp.elsewhere.test")
    setting("SMTP_PASSWORD", "geheim")
    assert current() == Server("smtp.elsewhere.test", 587, SmtpSecurity.STARTTLS, "", "geheim")
    setting("SMTP_SECURITY", "tls")
    assert current().port == 465


@pytest.mark.django_db
def test_none_is_configured() -> None:
    with pytest.raises(NotConfiguredError):
        current()


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_remedy(cause: Cause) -> None:
    assert set(explain(cause)) == {str(cause.label), str(REMEDIES[cause])}


def test_no_cause_needs_no_words() -> None:
    assert explain("") == ("", "")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://office.test", "office.test"),
        ("https://192.0.2.1:8443", "[192.0.2.1]"),
        ("https://[2001:db8::1]", "[IPv6:2001:db8::1]"),
    ],
)
def test_how_this_server_introduces_itself(address: str, name: str, setting: Setting) -> None:
    setting("PUBLIC_URL", address)
    assert helo_name() == name
