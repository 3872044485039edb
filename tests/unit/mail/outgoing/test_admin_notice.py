"""Letters to the administrators go one way: to each of them, in the language of each, when there is a mail server."""

from pathlib import Path

import pytest
from tests.support.office import an_agent, an_office

import siegelpost
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords
from siegelpost.office.models import Role

SOURCE = Path(siegelpost.__file__).parent


@pytest.mark.django_db
def test_each_administrator_gets_one_in_their_language() -> None:
    an_office()
    german = an_agent(role=Role.ADMINISTRATOR, language="de")
    english = an_agent(role=Role.ADMINISTRATOR, language="en")
    an_agent(role=Role.ADMINISTRATOR, email="admin@localhost")
    an_agent(role=Role.ADMINISTRATOR, is_active=False)
    an_agent(role=Role.MANAGER)
    told = admin_notice.tell(lambda language: MailWords(f"in {language}", "text\n", "<p>text</p>"))
    assert set(told) == {german, english}
    assert {(mail.recipient, mail.subject, mail.purpose) for mail in OutgoingMail.objects.all()} == {
        (german.email, "in de", Purpose.ADMIN_NOTICE),
        (english.email, "in en", Purpose.ADMIN_NOTICE),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "possible"), [("mail.office.test", True), ("", False)], ids=["server", "none"])
def test_without_a_mail_server_nobody_can_be_told(host: str, possible: bool) -> None:
    an_office(smtp_host=host)
    assert admin_notice.possible() is possible


def test_nobody_else_writes_to_the_administrators() -> None:
    others = [path for path in SOURCE.rglob("*.py") if "Purpose.ADMIN_NOTICE" in path.read_text()]
    assert others == [SOURCE / "mail/outgoing/admin_notice.py"]
