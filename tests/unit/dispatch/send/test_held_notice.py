"""What is held is told to the administrators: at once, again after a day, and with what is to be done."""

import uuid
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from django.utils import timezone
from tests.support.mailing import use
from tests.support.office import a_letter, an_agent, an_office, the_guard_says

from siegelpost.dispatch import schedule
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send.held_notice import tell_administrators
from siegelpost.dispatch.send.send import release_held, send
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(False, monkeypatch)


def held() -> Dispatch:
    return send(an_agent(), a_letter(), public_id=uuid.uuid4(), hold=True)


def told(dispatch: Dispatch, **ago: int) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(held_told_at=timezone.now() - timedelta(**ago))


def notices() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=Purpose.ADMIN_NOTICE).order_by("pk"))


def test_administrators_are_told_once_with_cause_and_steps() -> None:
    boss = an_agent(role=Role.ADMINISTRATOR, email="verwaltung@lindenhof.test")
    held()
    held()
    schedule.slow()
    schedule.slow()
    (mail,) = notices()
    assert mail.recipient == boss.email
    assert mail.subject == "2 Sendungen werden gehalten"
    text = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert "Kein Browser kennt den Aussteller." in words
    assert "- Holen Sie ein Zertifikat." in words
    assert "/certificate/" in words


def test_they_are_told_again_of_further_ones_and_after_a_day() -> None:
    an_agent(role=Role.ADMINISTRATOR)
    first = held()
    assert tell_administrators() == 1
    held()
    assert tell_administrators() == 0, "within the hour"
    told(first, hours=1, minutes=1)
    assert tell_administrators() == 1
    for dispatch in Dispatch.objects.all():
        told(dispatch, hours=23)
    assert tell_administrators() == 0
    told(first, days=1, minutes=1)
    assert tell_administrators() == 1


def test_what_went_out_meanwhile_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    held()
    the_guard_says(True, monkeypatch)
    assert release_held() == 1
    assert tell_administrators() == 0


def test_without_a_mail_server_nothing_is_lost() -> None:
    an_agent(role=Role.ADMINISTRATOR)
    held()
    use(2525, "none", host="")
    assert tell_administrators() == 0
    use(2525, "none")
    assert tell_administrators() == 1
