"""Viewing times that prospects book: one gets the last place, both sides are told, nobody hears of anybody else."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from tests.support.lane import a_lane, see
from tests.support.office import a_contact, a_dispatch, an_agent, an_appointment, an_estate, token_of

from siegelpost.cases import erasure, history, invitations, viewings
from siegelpost.contacts import calendar_feed, merge, viewing_times
from siegelpost.contacts.models import Appointment, Participant
from siegelpost.contacts.viewing_times import TakenError
from siegelpost.dispatch import links
from siegelpost.dispatch.evidence import story, timeline
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import acts, interest, to_do, withdrawals
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind, NotOpenError
from siegelpost.estates.models import Estate
from siegelpost.mail.models import OutgoingMail, Purpose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def stamp_of(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def opened(estate: Estate, **contact: Any) -> tuple[Dispatch, str]:
    """An exposé that its recipient has open."""
    dispatch = a_dispatch(estates=[estate], contact=a_contact(**contact))
    token = token_of(dispatch)
    declare(token, Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    return dispatch, token


def offered(estate: Estate, *, places: int = 1, count: int = 1, hours: int = 48) -> list[Appointment]:
    like = Appointment(agent=an_agent(), estate=estate, title="Besichtigung", place="Gartenstraße 5", places=places)
    begin = (timezone.now() + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    half = timedelta(minutes=30)
    return viewing_times.offer(viewing_times.split(begin, begin + count * half, half, timedelta()), like)


def mails(purpose: Purpose) -> Iterator[EmailMessage]:
    for mail in OutgoingMail.objects.filter(purpose=purpose).order_by("pk"):
        message = BytesParser(policy=policy.default).parsebytes(mail.mime())
        assert isinstance(message, EmailMessage)
        yield message


def entries(purpose: Purpose = Purpose.INVITATION) -> list[tuple[str, Any]]:
    """Method and event of each mail's calendar part, and that it is for one person."""
    found = []
    for message in mails(purpose):
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                calendar = icalendar.Calendar.from_ical(part.get_content())
                found += [(str(calendar["METHOD"]), event) for event in calendar.walk("VEVENT")]
    return found


def book(token: str, dispatch: Dispatch, time: Appointment) -> Participant:
    return viewings.book(token, stamp_of(dispatch), time.public_id, CLIENT)


def test_a_prospect_books_changes_and_calls_off_and_the_entry_in_the_calendar_stays_one() -> None:
    """A prospect could only wish for a viewing, and the agent had to find the time by phone."""
    estate = an_estate()
    first, second = offered(estate, count=2)
    dispatch, token = opened(estate)
    book(token, dispatch, first)
    book(token, dispatch, first)
    book(token, dispatch, second)
    assert viewings.call_off(token, stamp_of(dispatch), second.public_id, CLIENT)
    assert viewings.call_off(token, stamp_of(dispatch), second.public_id, CLIENT) is None
    told = entries()
    assert [(method, int(event["SEQUENCE"])) for method, event in told] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("CANCEL", 2),
    ]
    assert len({str(event["UID"]) for _, event in told}) == 1
    assert [event.start for _, event in told] == [first.starts_at, second.starts_at, second.starts_at]
    for_agent = entries(Purpose.AGENT_NOTICE)
    assert {method for method, _ in for_agent} == {"PUBLISH"}
    agent_mails = [
        mail for mail in mails(Purpose.AGENT_NOTICE) if "Besichtigung" in mail["Subject"] or "Zeit" in mail["Subject"]
    ]
    assert [mail["Subject"] for mail in agent_mails] == [
        "Mara Berger hat eine Besichtigung gebucht",
        "Mara Berger kommt zu einer anderen Zeit",
        "Mara Berger hat die Besichtigung abgesagt",
    ]
    # Whose time it is hears of it, and not whoever sent the exposé.
    assert {mail["To"].addresses[0].addr_spec for mail in agent_mails} == {first.agent.email}
    assert not Participant.objects.filter(cancelled_at=None).exists()


def test_what_is_booked_stands_in_timeline_acts_history_calendar_and_answers_the_wish() -> None:
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    interest.say(token, stamp_of(dispatch), InterestKind.CALL, "", CLIENT)
    interest.say(token, stamp_of(dispatch), InterestKind.VIEWING, "", CLIENT)
    assert history.of_contact(dispatch.contact).entries[0].what != "appointment"
    assert b"TENTATIVE" in calendar_feed.feed(time.agent)
    book(token, dispatch, time)
    # The wish for a viewing is answered; the wish for a call is not.
    assert [one.about for one in to_do.waiting()] == ["call"]
    hour = timezone.localtime(time.starts_at).strftime("%H:%M")
    assert timeline.of(dispatch)[-1].detail.startswith("Besichtigung gebucht: ")
    assert timeline.of(dispatch)[-1].detail.endswith(hour)
    assert acts.of([dispatch])[dispatch.pk][0].words.startswith("hat eine Besichtigung gebucht: ")
    assert history.of_contact(dispatch.contact).entries[0].thing == time
    assert story.of(dispatch)[0].title.startswith("Besichtigung gebucht: ")
    document = calendar_feed.feed(time.agent)
    assert b"CONFIRMED" in document
    assert b"Mara Berger" in document
    viewings.call_off(token, stamp_of(dispatch), time.public_id, CLIENT)
    assert [
        one.deed for one in acts.of([dispatch])[dispatch.pk] if "view" in one.words or "Besichtigung" in one.words
    ] == ["off"]
    assert timeline.of(dispatch)[-1].detail.startswith("Besichtigung abgesagt: ")
    # That nobody comes is to be known before one drives there; who books again is expected again.
    assert [one.about for one in to_do.waiting()] == ["off", "call"]
    assert to_do.waiting()[0].said.endswith(hour)
    book(token, dispatch, time)
    assert [one.about for one in to_do.waiting()] == ["call"]


def test_of_a_viewing_with_several_each_hears_of_themselves_alone() -> None:
    estate = an_estate()
    [time] = offered(estate, places=3)
    people = [("Mara", "Berger"), ("Jörg", "Müller"), ("Ayşe", "Yılmaz")]
    for first_name, last_name in people:
        dispatch, token = opened(
            estate, first_name=first_name, last_name=last_name, email=f"{first_name.encode().hex()}@post.test"
        )
        book(token, dispatch, time)
    moved = Appointment.objects.get(pk=time.pk)
    moved.starts_at += timedelta(hours=1)
    moved.ends_at += timedelta(hours=1)
    assert invitations.keep(moved, invite=False)
    invitations.cancel(moved)
    letters = list(mails(Purpose.INVITATION))
    assert len(letters) == 9
    for message in letters:
        said = message.as_string() + str([part.get_content() for part in message.walk() if not part.is_multipart()])
        addressee = message["To"].addresses[0]
        named = [last_name for first_name, last_name in people if last_name in said or first_name in said]
        assert len(named) == 1, named
        assert named[0] in addressee.display_name
        assert said.count("ATTENDEE") == 1
    assert [int(event["SEQUENCE"]) for _, event in entries()] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


@pytest.mark.django_db(transaction=True)
def test_of_several_who_want_the_last_place_at_once_exactly_one_gets_it() -> None:
    estate = an_estate()
    [time] = offered(estate)
    wanting = [opened(estate, email=f"p{number}@post.test") for number in range(3)]

    def press(one: tuple[Dispatch, str]) -> bool:
        try:
            book(one[1], one[0], time)
        except TakenError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(press, wanting)) == [False, False, True]
    assert time.participants.filter(cancelled_at=None).count() == 1
    assert OutgoingMail.objects.filter(purpose=Purpose.INVITATION).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_comes_too_late_keeps_what_was_booked_and_is_shown_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = an_estate()
    first, second, third = offered(estate, count=3)
    [soon] = offered(estate, hours=1)
    dispatch, token = opened(estate)
    other, other_token = opened(estate, first_name="Jörg", last_name="Müller", email="joerg@mueller.test")
    book(other_token, other, second)
    browser = Browser(headers={"host": "office.test"})
    address = f"/s/{token}/besichtigung/"
    given = {"stamp": stamp_of(dispatch), "time": str(second.public_id)}
    answer = browser.post(address, given, secure=True, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "nicht mehr frei" in page
    assert str(first.public_id) in page
    assert "Müller" not in page
    answer = browser.post(address, {**given, "time": str(first.public_id)}, secure=True, follow=True)
    assert "Ihre Besichtigung ist gebucht" in answer.content.decode()
    # Taken, soon to begin, of another property, unknown.
    elsewhere = offered(an_estate(title="Haus am See"))[0]
    for gone in (second.public_id, soon.public_id, elsewhere.public_id, uuid.uuid4()):
        answer = browser.post(address, {**given, "time": str(gone)}, secure=True, follow=True)
        assert answer.status_code == 409
        assert "gilt weiter" in answer.content.decode()
    assert browser.post(address, {**given, "time": "gestern"}, secure=True, follow=True).status_code == 422
    assert [one.appointment for one in viewing_times.booked_by(dispatch.contact, [estate.pk])] == [first]
    # The page itself shows what is booked, with the place, and what is free, without what is not.
    status, body = see(a_lane(monkeypatch), f"/s/{token}/")
    shown = body.decode()
    assert status == 200
    assert "Ihre Besichtigung" in shown
    assert shown.count("Gartenstraße 5") >= 1
    assert str(third.public_id) in shown
    assert str(second.public_id) not in shown
    assert str(soon.public_id) not in shown
    answer = browser.post(address, {**given, "time": str(first.public_id), "act": "off"}, secure=True, follow=True)
    assert "abgesagt" in answer.content.decode()
    answer = browser.post(address, {**given, "time": str(first.public_id), "act": "off"}, secure=True, follow=True)
    assert "nichts gebucht" in answer.content.decode()


def test_before_the_gate_opens_nothing_is_offered_and_nothing_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = an_estate()
    [time] = offered(estate)
    dispatch = a_dispatch(estates=[estate])
    token = token_of(dispatch)
    assert viewings.of_link(token) == []
    with pytest.raises(NotOpenError):
        book(token, dispatch, time)


def test_a_second_contact_makes_it_a_viewing_with_several_and_the_first_keeps_the_entry() -> None:
    mara, joerg = a_contact(), a_contact(first_name="Jörg", last_name="Müller", email="joerg@mueller.test")
    appointment = an_appointment(contact=mara, estate=an_estate())
    invitations.keep(appointment, invite=True)
    assert viewings.bring_in(appointment, joerg, invite=True)
    assert not viewings.bring_in(appointment, mara, invite=True)
    assert [one.contact for one in Appointment.objects.get().coming] == [mara, joerg]
    gone = appointment.participants.get(contact=mara)
    assert viewings.take_out(gone)
    told = [(method, str(event["UID"]), int(event["SEQUENCE"])) for method, event in entries()]
    mine = str(appointment.public_id)
    other = str(appointment.participants.get(contact=joerg).public_id)
    assert told == [("REQUEST", mine, 0), ("REQUEST", other, 0), ("CANCEL", mine, 1)]


def test_one_contact_with_two_dispatches_takes_one_place() -> None:
    """Each link counted for itself: one family took two of three places, and who was moved came twice."""
    estate = an_estate()
    first, second = offered(estate, places=3, count=2)
    dispatch, token = opened(estate)
    again = a_dispatch(estates=[estate], contact=dispatch.contact)
    other_token = token_of(again)
    declare(other_token, Form(stamp_of(again), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    made = book(token, dispatch, first)
    assert book(other_token, again, first) == made
    assert [one.mine for one in viewings.of_link(other_token)] == [True, False]
    moved = book(other_token, again, second)
    assert (moved, moved.asked_in) == (made, again.public_id)
    assert [time.participants.filter(cancelled_at=None).count() for time in (first, second)] == [0, 1]
    assert viewings.call_off(token, stamp_of(dispatch), second.public_id, CLIENT)
    assert not Participant.objects.filter(cancelled_at=None).exists()


def test_a_place_that_was_changed_meanwhile_is_not_called_off() -> None:
    """A page that was open since called off what was booked later, and told of the time before."""
    estate = an_estate()
    first, second = offered(estate, count=2)
    dispatch, token = opened(estate)
    stale = Participant.objects.select_related("appointment").get(pk=book(token, dispatch, first).pk)
    book(token, dispatch, second)
    browser = Browser()
    browser.force_login(first.agent)
    assert viewings.take_out(stale) is None
    assert [one.contact for one in Appointment.objects.get(pk=second.pk).coming] == [dispatch.contact]
    assert [method for method, _ in entries()] == ["REQUEST", "REQUEST"]
    gone = viewings.take_out(Participant.objects.get())
    assert gone is not None
    assert gone.sequence == 2
    page = browser.post(f"/appointments/participants/{gone.public_id}/remove/", secure=True, follow=True)
    assert "Mara Berger kommt zu diesem Termin nicht mehr." in page.content.decode()


def test_a_contract_that_ends_frees_the_place_and_both_sides_are_told() -> None:
    """Who withdrew could not even call it off any more; the agent drove there, and nobody else could come."""
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    viewings.call_off_closed()
    assert time.participants.filter(cancelled_at=None).exists()
    withdrawals.withdraw(name="Mara Berger", email="m@web.test", contract="x", token=token, client=CLIENT)
    viewings.call_off_closed()
    viewings.call_off_closed()
    assert Appointment.objects.get(pk=time.pk).free == 1
    assert [method for method, _ in entries()] == ["REQUEST", "CANCEL"]
    [told] = [mail for mail in mails(Purpose.AGENT_NOTICE) if "entfällt" in mail["Subject"]]
    assert told["Subject"] == "Die Besichtigung mit Mara Berger entfällt"
    words = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert "Der Auftrag dazu besteht nicht mehr" in " ".join(words.split())
    assert "Eine Absage ging per E-Mail hinaus." in words
    # Nobody says that the recipient called it off.
    assert acts.of([dispatch])[dispatch.pk][0].deed is acts.RecipientAct.WITHDREW


def test_another_open_expose_of_the_property_keeps_the_place() -> None:
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    withdrawals.withdraw(name="Mara Berger", email="m@web.test", contract="x", token=token, client=CLIENT)
    # Sent anew at once, as after a withdrawal by mistake.
    again = a_dispatch(estates=[estate], contact=dispatch.contact)
    declare(token_of(again), Form(stamp_of(again), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    viewings.call_off_closed()
    assert Appointment.objects.get(pk=time.pk).free == 0


def test_erasing_one_who_comes_frees_the_place_and_leaves_the_others() -> None:
    estate = an_estate()
    [time] = offered(estate, places=2)
    dispatch, token = opened(estate)
    other, other_token = opened(estate, first_name="Jörg", last_name="Müller", email="joerg@mueller.test")
    book(token, dispatch, time)
    book(other_token, other, time)
    told = erasure.export(dispatch.contact)
    assert told["viewings"][0]["starts_at"] == time.starts_at
    assert "Müller" not in str(told["viewings"])
    erasure.erase(dispatch.contact, by=an_agent())
    assert [one.contact.last_name for one in Appointment.objects.get(pk=time.pk).coming] == ["Müller"]


def test_of_two_contacts_made_one_the_viewing_follows() -> None:
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    made = book(token, dispatch, time)
    kept = a_contact(first_name="M.", email="")
    merge.merge(kept, dispatch.contact, by=an_agent())
    made.refresh_from_db()
    assert made.contact == kept


def test_times_are_offered_once_and_what_nobody_booked_can_be_taken_back() -> None:
    estate = an_estate()
    first, second = offered(estate, count=2)
    like = Appointment(agent=first.agent, estate=estate, title="Besichtigung", places=1)
    again = [(one.starts_at, one.ends_at) for one in (first, second)]
    assert viewing_times.offer(again, like) == []
    dispatch, token = opened(estate)
    book(token, dispatch, first)
    assert viewing_times.withdraw_vacant(like) == 1
    assert list(viewing_times.coming_up(like)) == [first]
