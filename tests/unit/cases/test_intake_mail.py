"""Reports of transfers that went wrong: to the address that the office has confirmed, few of them, nothing left out."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.support.office import an_office
from tests.unit.estates.intake.scene import an_account

from siegelpost.cases import intake_mail
from siegelpost.estates.intake import reasons
from siegelpost.estates.intake_models import Arrival, IntakeAccount
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.outgoing.outbox import redacted_mime

pytestmark = pytest.mark.django_db


def arrived(account: IntakeAccount, state: str = "refused", **fields: object) -> Arrival:
    why = reasons.said(reasons.NOT_WHOLE) if state == "refused" else {}
    values = {"name": "objekte.zip", "way": "ftps", "size": 1, "why": why, "ended_at": timezone.now()} | fields
    return Arrival.objects.create(account=account, state=state, **values)


def confirmed(address: str = "technik@buero.test") -> IntakeAccount:
    an_office()
    account, _ = an_account(techn_email="spam@opfer.test", report_to=address)
    return account


def test_what_was_refused_is_told_once_with_its_reason() -> None:
    account = confirmed()
    arrived(account)
    arrived(account, "done", name="halb.zip", counts={"created": 2, "rejected": 3})
    arrived(account, "done", name="gut.zip", counts={"created": 2})
    assert [intake_mail.round_(), intake_mail.round_()] == [1, 0]
    [mail] = OutgoingMail.objects.all()
    assert mail.recipient == "technik@buero.test"
    text = redacted_mime(mail).decode().replace("=\n", "")
    for words in ("objekte.zip", "nicht vollst", "halb.zip", "Objekte: 3"):
        assert words in text, text
    assert "gut.zip" not in text


def test_an_address_that_only_a_file_names_gets_nothing() -> None:
    """Anybody's file could make this server write to anybody."""
    account = confirmed("")
    arrived(account)
    assert intake_mail.round_() == 0
    assert not OutgoingMail.objects.exists()


def test_what_comes_soon_after_stands_in_the_next_one() -> None:
    account = confirmed()
    arrived(account)
    intake_mail.round_()
    arrived(account, name="zwei.zip")
    arrived(account, name="drei.zip")
    assert intake_mail.round_() == 0
    IntakeAccount.objects.update(reported_at=timezone.now() - timedelta(hours=1))
    assert intake_mail.round_() == 1
    text = redacted_mime(OutgoingMail.objects.latest("pk")).decode()
    assert "zwei.zip" in text
    assert "drei.zip" in text
