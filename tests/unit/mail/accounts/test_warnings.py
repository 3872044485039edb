"""What administrators hear about the mail account: long before it ends, once, and never by the way that is shut."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override
from tests.support.mailing import queue, send, use
from tests.support.office import an_office
from tests.support.sign_in_service import SignInService
from tests.support.signed_in import sign_in, stored
from tests.support.smtp import Fault, mailbox

from siegelpost.mail.accounts import upkeep, warnings
from siegelpost.mail.models import AccountWarning, MailSignIn, MailState, OutgoingMail, Purpose, SignInKey
from siegelpost.mail.outgoing import server_settings
from siegelpost.mail.sign_in import certificates
from siegelpost.mail.sign_in.models import ProviderName
from siegelpost.mail.sign_in.troubles import Trouble
from siegelpost.office.agents import administrators

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def keys(now: datetime = NOW) -> list[str]:
    """What there is to hear of, in short."""
    return [each.key.partition(":")[0] for each in warnings.alarms(now)]


@pytest.mark.parametrize(
    ("host", "password", "warned"),
    [
        ("smtp.office365.com", "geheim", True),
        ("SMTP.Office365.com.", "geheim", True),
        ("smtp-mail.outlook.com", "geheim", True),
        ("office-test.mail.protection.outlook.com", "geheim", True),
        ("smtp.office365.com", "", False),
        ("smtp.ionos.de", "geheim", False),
        ("notoutlook.com", "geheim", False),
    ],
)
def test_who_sends_by_password_through_microsoft_hears_of_its_end(host: str, password: str, warned: bool) -> None:
    """It ends by default with December 2026, and the product said nothing."""
    use(587, "starttls", host, "buero@office.test", password)
    assert keys(datetime(2026, 11, 29, 12, tzinfo=UTC)) == ["password"] * warned
    [*found] = warnings.alarms(datetime(2027, 1, 2, tzinfo=UTC))
    assert [each.key.endswith(":over") for each in found] == [True] * warned


def test_microsoft_under_a_hosters_name_is_known_by_what_it_answers(tmp_path: Path) -> None:
    """Hosters move mailboxes to Microsoft 365 without a new name: such an office never typed "office365"."""
    with mailbox(tmp_path, Fault("DOT", "250 2.0.0 OK <x> [Hostname=FR2P281MB1.DEUP281.PROD.OUTLOOK.COM]")) as server:
        use(server.port, "none", "127.0.0.1")
        assert send(queue()).state == MailState.ACCEPTED
        assert keys() == []
        use(server.port, "none", "127.0.0.1", "buero@office.test", "geheim")
        assert keys() == ["password"]
    use(587, "starttls", "smtp.ionos.de", "buero@office.test", "geheim")
    assert keys() == []


@pytest.mark.parametrize(
    ("days", "level"), [(90, None), (60, 60), (59, 60), (30, 30), (8, 14), (1, 1), (0, 0), (-3, 0)]
)
def test_a_secret_that_ends(service: SignInService, days: int, level: int | None) -> None:
    sign_in(service, secret="geheim")
    ends = NOW.astimezone().date() + timedelta(days=days)
    MailSignIn.objects.update(secret_ends_on=ends)
    found = [each.key for each in warnings.alarms(NOW)]
    assert found == ([f"credential:{ends}:{level}"] if level is not None else [])


def test_a_secret_whose_end_nobody_entered_says_nothing(service: SignInService) -> None:
    sign_in(service, secret="geheim")
    assert keys() == []


def test_at_microsoft_a_secret_whose_end_nobody_entered_is_asked_for(service: SignInService) -> None:
    """Secrets end there; without the date nobody was ever reminded, and mails stayed out one morning."""
    sign_in(service, secret="geheim")
    MailSignIn.objects.update(provider=ProviderName.MICROSOFT)
    [found] = [each for each in warnings.alarms(NOW) if each.key.startswith("credential")]
    assert found.key == "credential:unknown"
    assert "ist nicht eingetragen" in str(found.text)


def test_days_are_written_as_the_reader_writes_them(service: SignInService) -> None:
    sign_in(service, secret="geheim")
    MailSignIn.objects.update(secret_ends_on=date(2026, 12, 3))
    [found] = warnings.alarms(datetime(2026, 11, 29, 12, tzinfo=UTC))
    for language, day in (("de", "3. Dezember 2026"), ("en", "3 December 2026")):
        with override(language):
            assert day in str(found.text)


def test_a_password_that_cannot_be_opened_keeps_nobody_from_hearing(service: SignInService) -> None:
    """The telling was rolled back with it, each time anew, and nobody ever heard."""
    an_office(mail_from="buero@office.test", smtp_host="smtp.office.test", smtp_password_sealed="nonsense")
    sign_in(service)
    MailSignIn.objects.update(trouble=Trouble.CONSENT, trouble_at=NOW)
    upkeep.keep()
    assert AccountWarning.objects.count() == 1


def test_a_certificate_that_ends_gets_a_follower_in_time(service: SignInService) -> None:
    sign_in(service)
    upkeep.keep()
    assert SignInKey.objects.count() == 1
    SignInKey.objects.update(ends_at=NOW + timedelta(days=59))
    upkeep.keep()
    upkeep.keep()
    assert sorted(SignInKey.objects.values_list("active", flat=True)) == [False, True]
    assert keys() == ["credential"]
    following = SignInKey.objects.get(active=False)
    service.certificates.append(following.certificate)
    MailSignIn.objects.update(renewed_at=NOW - timedelta(hours=13))
    upkeep.keep()
    assert SignInKey.objects.get().pk == following.pk
    assert keys() == []


def test_a_sign_in_is_used_every_day_and_what_is_wrong_is_found(service: SignInService) -> None:
    """It ends when it is not used for 90 days, and an office may send nothing for longer."""
    sign_in(service)
    upkeep.keep()
    assert not service.asked
    MailSignIn.objects.update(renewed_at=NOW - timedelta(hours=13))
    upkeep.keep()
    assert len(service.asked) == 1
    MailSignIn.objects.update(renewed_at=NOW - timedelta(hours=13))
    service.fault = 50173
    upkeep.keep()
    upkeep.keep()
    assert len(service.asked) == 2
    assert stored().trouble == Trouble.REVOKED


def test_a_sign_in_that_cannot_be_renewed_is_told_before_it_ends(service: SignInService) -> None:
    sign_in(service)
    MailSignIn.objects.update(renewed_at=NOW - timedelta(days=31))
    assert keys() == ["unused"]
    MailSignIn.objects.update(renewed_at=NOW - timedelta(days=29))
    assert keys() == []


def test_what_mends_itself_is_told_after_a_day(service: SignInService) -> None:
    sign_in(service)
    MailSignIn.objects.update(trouble=Trouble.UNAVAILABLE, trouble_at=NOW - timedelta(hours=23))
    assert keys() == []
    MailSignIn.objects.update(trouble_at=NOW - timedelta(hours=25))
    [found] = warnings.alarms(NOW)
    assert not found.stops


def test_another_address_of_this_server_is_told(service: SignInService) -> None:
    sign_in(service)
    MailSignIn.objects.update(redirect_uri="https://old.test/settings/mail/sign-in/back/")
    assert keys() == ["redirect"]


def test_each_is_told_once_and_in_both_languages(service: SignInService) -> None:
    an_office(mail_from="buero@office.test", smtp_host="smtp.office.test")
    sign_in(service, secret="geheim")
    MailSignIn.objects.update(secret_ends_on=(NOW + timedelta(days=10)).date())
    upkeep.keep()
    upkeep.keep()
    letters = OutgoingMail.objects.filter(purpose=Purpose.ADMIN_NOTICE)
    told = letters.count()
    assert told == len(administrators())
    [alarm] = warnings.alarms()
    for language, words in (("de", "Clientschlüssel"), ("en", "client secret")):
        with override(language):
            letter = upkeep.words(alarm, language)
        assert words in letter.text
        assert "/settings/mail/sign-in/" in letter.text


def test_no_letter_waits_behind_the_very_door_it_tells_of(service: SignInService) -> None:
    """A mail about a mail server that lets nobody in would go out with all the others, once it is mended."""
    an_office(mail_from="buero@office.test", smtp_host="localhost", smtp_user="buero@office.test")
    sign_in(service)
    assert server_settings.current().by_token
    MailSignIn.objects.update(trouble=Trouble.CONSENT, trouble_at=NOW)
    upkeep.keep()
    assert not OutgoingMail.objects.exists()
    assert keys() == ["trouble"]


def test_a_key_for_the_certificate_is_made_only_where_one_is_used(service: SignInService) -> None:
    sign_in(service, secret="geheim")
    assert not SignInKey.objects.exists()
    assert timedelta(days=365) < certificates.LIFETIME
