"""Viewings that office and prospects change at once, or know of from two sides; what was read before may be stale."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_activity, an_agent, an_appointment, an_estate, token_of
from tests.unit.cases.test_viewings import CLIENT, book, entries, mails, offered, opened, stamp_of

from siegelpost.cases import erasure, invitations, subject_access, viewings
from siegelpost.contacts import appointments, calendar_feed, merge, viewing_times
from siegelpost.contacts.appointments import CalledOffError
from siegelpost.contacts.models import Appointment, Participant
from siegelpost.contacts.viewing_times import TakenError
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Interest
from siegelpost.dispatch.recipient import acts, interest, to_do
from siegelpost.dispatch.recipient.declarations import Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.estates import editor as estates
from siegelpost.estates.kinds import Status
from siegelpost.mail.models import OutgoingMail, Purpose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def test_whoever_the_office_has_entered_gets_no_second_place_of_the_same_time() -> None:
    """A second place was taken, and one for somebody else was gone."""
    estate = an_estate()
    first, second = offered(estate, places=2, count=2)
    dispatch, token = opened(estate)
    entered = viewing_times.add(first, dispatch.contact)
    assert [one.mine for one in viewings.of_link(token)] == [True, False]
    assert book(token, dispatch, first) == entered
    assert Appointment.objects.get(pk=first.pk).free == 1
    # To another time they change, and what they have they can call off.
    assert book(token, dispatch, second) == entered
    assert Appointment.objects.get(pk=first.pk).free == 2
    assert viewings.call_off(token, stamp_of(dispatch), second.public_id, CLIENT)
    assert not Participant.objects.filter(cancelled_at=None).exists()


def test_through_a_second_exposé_of_the_same_property_nobody_takes_a_second_place() -> None:
    estate = an_estate()
    [time] = offered(estate, places=2)
    dispatch, token = opened(estate)
    again = a_dispatch(estates=[estate], contact=dispatch.contact)
    token_again = token_of(again)
    declare(token_again, Form(stamp_of(again), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    assert book(token, dispatch, time) == book(token_again, again, time)
    assert viewings.call_off(token_again, stamp_of(again), time.public_id, CLIENT)


def test_two_times_that_begin_at_once_are_two_times() -> None:
    """Who changed to a colleague's at the same hour was told nothing, and neither was the colleague."""
    estate = an_estate()
    [mine], [other] = offered(estate), offered(estate)
    assert other.agent != mine.agent
    dispatch, token = opened(estate)
    book(token, dispatch, mine)
    book(token, dispatch, other)
    assert len(entries()) == 2
    assert list(mails(Purpose.AGENT_NOTICE))[-1]["To"].addresses[0].addr_spec == other.agent.email


def test_what_was_called_off_meanwhile_is_not_kept_by_a_form_that_was_open() -> None:
    """The form's row was read before the lock: it called the cancellation off, and nobody was told of that."""
    appointment = an_appointment(contact=a_contact(), estate=an_estate())
    invitations.keep(appointment, invite=True)
    stale = appointments.one(appointment.public_id)
    invitations.cancel(appointments.one(appointment.public_id))
    stale.place = "Hintereingang"
    with pytest.raises(CalledOffError):
        invitations.keep(stale, invite=False)
    kept = Appointment.objects.get()
    assert kept.cancelled_at
    assert kept.place != "Hintereingang"
    with pytest.raises(CalledOffError):
        viewings.bring_in(stale, a_contact(first_name="Jörg", email="joerg@mueller.test"), invite=True)
    assert [method for method, _ in entries()] == ["REQUEST", "CANCEL"]


def test_the_form_of_a_called_off_appointment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    browser, shown = Browser(), an_appointment(contact=a_contact(), estate=an_estate())
    browser.force_login(shown.agent)
    address = f"/appointments/{shown.public_id}/"
    form = browser.get(f"{address}edit/", secure=True).content.decode()
    begin = re.search(r'name="starts_at" value="([^"]+)"', form)
    assert begin
    given = {"title": "Besichtigung", "starts_at": begin[1], "length": "45"}
    read = appointments.one(shown.public_id)
    invitations.cancel(shown)
    monkeypatch.setattr(appointments, "one", lambda _public_id: read)
    answer = browser.post(f"{address}edit/", given, secure=True)
    assert answer.status_code == 302
    monkeypatch.undo()
    assert "Der Termin ist abgesagt" in browser.get(address, secure=True).content.decode()
    given = {"contact": str(a_contact(first_name="Ayşe", email="a@y.test").public_id), "invite": "on"}
    answer = browser.post(f"{address}participants/", given, secure=True, follow=True)
    assert "Der Termin ist abgesagt" in answer.content.decode()
    assert not Participant.objects.exists()


def test_whoever_books_while_the_agent_moves_or_calls_off_is_told_as_well() -> None:
    """Who comes was looked up before the lock: of two at once one stood in front of a locked door."""
    estate = an_estate()
    [time] = offered(estate, places=2)
    stale, to_cancel = appointments.one(time.public_id), appointments.one(time.public_id)
    assert stale.coming == to_cancel.coming == []
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    stale.starts_at += timedelta(hours=1)
    stale.ends_at += timedelta(hours=1)
    assert invitations.keep(stale, invite=False)
    assert invitations.cancel(to_cancel)
    told = entries()
    assert [method for method, _ in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event.start for _, event in told[1:]] == [stale.starts_at] * 2


def test_a_form_that_was_open_makes_nobody_of_several_the_only_one() -> None:
    """Mara stood there twice then, and kept her entry when she was erased."""
    mara, joerg = a_contact(), a_contact(first_name="Jörg", last_name="Müller", email="joerg@mueller.test")
    appointment = an_appointment(contact=mara, estate=an_estate())
    invitations.keep(appointment, invite=True)
    stale = appointments.one(appointment.public_id)
    viewings.bring_in(appointments.one(appointment.public_id), joerg, invite=True)
    stale.note = "Schlüssel beim Hausmeister"
    invitations.keep(stale, invite=False)
    kept = Appointment.objects.get()
    assert (kept.contact, kept.invited_email, kept.note) == (None, "", "Schlüssel beim Hausmeister")
    assert kept.invited == ["mara@berger.test", "joerg@mueller.test"]
    assert len(entries()) == 2


def test_who_changed_just_before_they_were_taken_out_keeps_the_time_they_have() -> None:
    estate = an_estate()
    first, second = offered(estate, count=2)
    dispatch, token = opened(estate)
    stale = viewing_times.participant(book(token, dispatch, first).public_id)
    book(token, dispatch, second)
    assert viewings.take_out(stale) is None
    assert [method for method, _ in entries()] == ["REQUEST", "REQUEST"]


def test_what_is_answered_or_over_is_no_longer_told_on_today() -> None:
    """The wish stayed when the office itself had entered them, and a cancellation when its viewing was long over."""
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    interest.say(token, stamp_of(dispatch), InterestKind.VIEWING, "Samstags", CLIENT)
    assert [one.about for one in to_do.waiting()] == ["viewing"]
    assert viewings.bring_in(time, dispatch.contact, invite=False)
    assert to_do.waiting() == []
    viewings.call_off(token, stamp_of(dispatch), time.public_id, CLIENT)
    # Nobody comes, so the wish is one again.
    assert [one.about for one in to_do.waiting()] == ["viewing", "off"]
    alone = an_appointment(contact=dispatch.contact, estate=estate, agent=time.agent)
    assert to_do.waiting() == []
    an_appointment(contact=dispatch.contact, estate=an_estate(title="Haus am See"), agent=time.agent)
    alone.delete()
    assert len(to_do.waiting()) == 2
    Interest.objects.filter(kind="off").update(viewing_at=timezone.now() - timedelta(minutes=1))
    assert [one.about for one in to_do.waiting()] == ["viewing"]


def test_what_was_booked_and_is_over_no_longer_stands_for_how_it_is() -> None:
    """Whoever had been there and wanted no more was said to have booked, for good."""
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    interest.say(token, stamp_of(dispatch), InterestKind.NONE, "", CLIENT)
    said = [acts.beside_state(acts.of([dispatch])[dispatch.pk])]
    Interest.objects.filter(kind="booked").update(viewing_at=timezone.now() - timedelta(hours=1))
    said.append(acts.beside_state(acts.of([dispatch])[dispatch.pk]))
    assert [one.deed for one in said if one] == ["booked", "none"]


def test_a_number_that_names_nothing_to_do_is_not_found() -> None:
    """What was said and is nothing to do, or a mail that belongs to no dispatch, was a fault of the server."""
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    browser = Browser()
    browser.force_login(an_agent())
    booked, invitation = Interest.objects.get(kind="booked"), OutgoingMail.objects.get(purpose=Purpose.INVITATION)
    for matter, pk in (("interest", booked.pk), ("mail", invitation.pk), ("interest", 10**18), ("withdrawal", 1)):
        assert to_do.named(f"{matter}-{pk}") is None
        assert browser.post(f"/to-do/{matter}/{pk}/", secure=True).status_code == 404, matter
        assert browser.get(f"/appointments/new/?answers={matter}-{pk}", secure=True).status_code == 200
    assert not hasattr(booked, "settled")


def test_of_a_viewing_with_several_nobody_is_told_the_address_of_another() -> None:
    """What the office knows of one who comes named the address that another was invited under."""
    estate = an_estate()
    [time] = offered(estate, places=3)
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    other = a_contact(first_name="Jörg", last_name="Müller", email="joerg@mueller.test")
    note = "Müller will 5 % weniger"
    Appointment.objects.filter(pk=time.pk).update(contact=other, invited_email=other.email, note=note)
    told = str(erasure.export(dispatch.contact))
    assert "joerg@mueller.test" not in told
    assert "5 % weniger" not in told
    assert subject_access.unlabelled(erasure.export(dispatch.contact)) == []


def test_of_a_viewing_of_ones_own_also_the_office_s_words_are_told() -> None:
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    interest.say(token, stamp_of(dispatch), InterestKind.VIEWING, "Gern samstags", CLIENT)
    book(token, dispatch, time)
    Appointment.objects.filter(pk=time.pk).update(note="Bringt ihren Vater mit")
    told = erasure.export(dispatch.contact)
    assert told["viewings"][0]["note"] == "Bringt ihren Vater mit"
    assert [one["note"] for one in told["interests"]] == ["Gern samstags", ""]
    dispatch.contact.email = "mara@neu.test"
    dispatch.contact.save()
    kept = [mail["recipient"] for mail in erasure.export(dispatch.contact)["mails"] if mail["purpose"] == "invitation"]
    assert kept == ["mara@berger.test"]
    paper = {
        label: value
        for section in subject_access._sections(erasure.export(dispatch.contact))
        for record in section["records"]
        for label, value in record
        if "Besichtigungen" in section["title"]
    }
    assert {"Beginn", "Wo", "Notiz"} <= paper.keys()


def test_the_last_place_is_gone_for_whoever_comes_by_a_page_of_before() -> None:
    estate = an_estate()
    [time] = offered(estate)
    dispatch, token = opened(estate)
    viewing_times.add(time, a_contact(first_name="Jörg", email="joerg@mueller.test"))
    with pytest.raises(TakenError):
        book(token, dispatch, time)


def test_the_agent_s_mail_of_one_who_books_names_nobody_else_who_comes() -> None:
    """It stands in that one's proof: name, number and address of another went to whoever reads it."""
    estate = an_estate()
    [time] = offered(estate, places=2)
    Appointment.objects.filter(pk=time.pk).update(note="Müllers sind zerstritten")
    joerg, joergs = opened(estate, first_name="Jörg", last_name="Müller", email="joerg@mueller.test", phone="0711 99")
    book(joergs, joerg, time)
    mara, maras = opened(estate)
    book(maras, mara, time)
    [told] = [mail for mail in mails(Purpose.AGENT_NOTICE) if "Mara Berger hat eine Besichtigung" in mail["Subject"]]
    said = "".join(str(part.get_content()) for part in told.walk() if not part.is_multipart())
    entry = re.sub(r"\r\n ", "", said)
    assert "mara@berger.test" in entry
    assert not [word for word in ("Müller", "joerg@mueller.test", "0711 99", "zerstritten") if word in entry]
    # Their own calendar tells the agent of all.
    assert b"joerg@mueller.test" in re.sub(rb"\r\n ", b"", calendar_feed.feed(time.agent))


def test_who_was_two_contacts_takes_one_place() -> None:
    estate = an_estate()
    [time] = offered(estate, places=2)
    dispatch, token = opened(estate)
    book(token, dispatch, time)
    twin = a_contact(first_name="M.", email="m@berger.test")
    viewing_times.add(time, twin)
    merge.merge(dispatch.contact, twin, by=an_agent())
    assert Appointment.objects.get(pk=time.pk).free == 1
    other, others = opened(estate, first_name="Jörg", email="joerg@mueller.test")
    assert [one.free for one in viewings.of_link(others)] == [1]
    book(others, other, time)


@pytest.mark.parametrize("status", [Status.SOLD, Status.ARCHIVED])
def test_a_property_that_is_gone_is_viewed_by_whoever_has_booked_and_by_nobody_else(status: Status) -> None:
    """Times that were offered before it was sold were booked afterwards."""
    estate = an_estate()
    first, second = offered(estate, places=2, count=2)
    dispatch, token = opened(estate)
    book(token, dispatch, first)
    other, others = opened(estate, first_name="Jörg", email="joerg@mueller.test")
    estates.set_status(estate, status)
    assert viewings.of_link(others) == []
    assert [one.id for one in viewings.of_link(token)] == [first.public_id]
    for whose, sent, time in ((others, other, second), (token, dispatch, second)):
        with pytest.raises(TakenError):
            book(whose, sent, time)
    assert viewings.call_off(token, stamp_of(dispatch), first.public_id, CLIENT)


def test_with_somebody_go_the_invitations_to_addresses_they_no_longer_have() -> None:
    estate = an_estate()
    [time] = offered(estate)
    contact = a_contact()
    viewings.bring_in(time, contact, invite=True)
    contact.email = "mara@neu.test"
    contact.save()
    erasure.erase(contact, by=an_agent())
    assert not OutgoingMail.objects.filter(purpose=Purpose.INVITATION).exists()


def test_a_day_that_there_is_not_is_today() -> None:
    browser, noted = Browser(), an_activity(contact=a_contact())
    browser.force_login(noted.agent)
    address = f"/activities/{noted.public_id}/follow-up/"
    assert browser.post(address, {"act": "back", "was": "2027-02-31"}, secure=True).status_code == 302
    noted.refresh_from_db()
    assert noted.follow_up_on == timezone.localdate()
