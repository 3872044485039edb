"""Activities, follow-ups and appointments on the office's pages."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_dispatch,
    an_activity,
    an_agent,
    an_appointment,
    an_estate,
    an_office,
    the_guard_says,
)

from siegelpost.cases import history
from siegelpost.contacts.models import Activity, Appointment
from siegelpost.mail.models import OutgoingMail
from siegelpost.office.models import Agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> Agent:
    an_office()
    return an_agent(password="vier Wörter sind genug")


@pytest.fixture
def client(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def test_a_call_is_written_down_and_stands_with_contact_and_property(client: Client) -> None:
    contact, estate = a_contact(), an_estate()
    page = client.get(f"/activities/new/?contact={contact.public_id}&kind=call", secure=True)
    # The latest properties on offer are there to choose from.
    assert estate.title in page.content.decode()
    given = {"kind": "call", "text": "will besichtigen", "at": "2026-11-25T10:30", "contact": contact.pk}
    answer = client.post(
        f"/activities/new/?contact={contact.public_id}", {**given, "estate": estate.pk, "follow_up_on": "2026-12-01"},
        secure=True,
    )  # fmt: skip
    assert answer.headers["Location"] == f"/contacts/{contact.public_id}/"
    kept = Activity.objects.get()
    # As typed, in the office's time zone.
    assert timezone.localtime(kept.at).strftime("%H:%M %Z") == "10:30 CET"
    for address in (f"/contacts/{contact.public_id}/", f"/estates/{estate.public_id}/"):
        assert "will besichtigen" in client.get(address, secure=True).content.decode()


def test_an_hour_that_does_not_exist_is_refused_and_nothing_typed_is_lost(client: Client) -> None:
    contact = a_contact()
    answer = client.post(
        f"/activities/new/?contact={contact.public_id}",
        {"kind": "note", "text": "in der Nacht", "at": "2027-03-28T02:30", "contact": contact.pk},
        secure=True,
    )
    assert answer.status_code == 422
    assert "in der Nacht" in answer.content.decode()
    assert not Activity.objects.exists()


def test_the_history_is_one_stream_with_dispatches_and_their_proofs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_guard_says(True, monkeypatch)
    contact, estate = a_contact(), an_estate()
    an_activity(contact=contact, estate=estate, at=timezone.now() - timedelta(days=2))
    an_appointment(contact=contact, estate=estate)
    dispatch = a_dispatch(contact=contact, estates=[estate])
    for stream in (history.of_contact(contact), history.of_estate(estate)):
        assert [entry.what for entry in stream.entries] == ["appointment", "dispatch", "activity"]
    page = client.get(f"/contacts/{contact.public_id}/", secure=True).content.decode()
    assert f"/dispatches/{dispatch.public_id}/proof.zip" in page


def test_a_long_history_comes_page_by_page_and_loses_nothing(client: Client, agent: Agent) -> None:
    contact, now = a_contact(), timezone.now()
    # Three at each moment: a page may not end between them.
    for number in range(90):
        an_activity(contact=contact, agent=agent, text=f"Nr. {number}", at=now - timedelta(hours=number // 3))
    seen, before = [], None
    for _ in range(9):
        stream = history.of_contact(contact, before=before)
        seen += [entry.thing for entry in stream.entries]
        before = stream.older
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 90
    older = history.of_contact(contact).older
    assert older is not None
    part = client.get(
        f"/contacts/{contact.public_id}/", {"before": older.isoformat()}, secure=True, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.content.decode()
    assert "Nr. 89" not in client.get(f"/contacts/{contact.public_id}/", secure=True).content.decode()


def test_a_follow_up_is_ticked_off_taken_back_and_put_off(client: Client, agent: Agent) -> None:
    today = timezone.localdate()
    one = an_activity(agent=agent, contact=a_contact(), follow_up_on=today - timedelta(days=1))
    an_activity(agent=agent, text="erst später", follow_up_on=today + timedelta(days=3))
    an_activity(text="eines anderen", follow_up_on=today)

    def on_today() -> str:
        return client.get("/today/now/", secure=True).content.decode()

    assert one.text in on_today()
    assert "erst später" not in on_today()
    assert "eines anderen" not in on_today()
    address = f"/activities/{one.public_id}/follow-up/"
    line = client.post(address, {"act": "done"}, secure=True, headers={"HX-Request": "true"}).content.decode()
    assert "Rückgängig" in line
    assert one.text not in on_today()
    client.post(address, {"act": "undo"}, secure=True)
    assert one.text in on_today()
    line = client.post(address, {"act": "week"}, secure=True, headers={"HX-Request": "true"}).content.decode()
    assert one.text not in on_today()
    one.refresh_from_db()
    assert one.follow_up_on == today + timedelta(days=7)
    # Putting off is taken back to the day it was, and nonsense for a day is today.
    assert f'name="was" value="{today - timedelta(days=1):%Y-%m-%d}"' in line
    for was, day in (
        (f"{today - timedelta(days=1):%Y-%m-%d}", today - timedelta(days=1)),
        ("gestern", today),
        ("2026-02-30", today),
    ):
        client.post(address, {"act": "back", "was": was}, secure=True)
        one.refresh_from_db()
        assert one.follow_up_on == day


def test_an_appointment_is_made_with_an_invitation_changed_and_called_off(client: Client) -> None:
    contact, estate = a_contact(), an_estate()
    new = f"/appointments/new/?contact={contact.public_id}&estate={estate.public_id}"
    page = client.get(new, secure=True).content.decode()
    assert "Besichtigung: Helle Altbauwohnung" in page
    assert "Gartenstraße 5, 73728 Esslingen" in page
    given = {
        "title": "Besichtigung",
        "starts_at": "2027-01-15T10:00",
        "length": "45",
        "place": "Gartenstraße 5",
        "contact": contact.pk,
        "estate": estate.pk,
        "reminder": "60",
        "invite": "on",
    }
    answer = client.post(new, given, secure=True)
    kept = Appointment.objects.get()
    assert answer.headers["Location"] == f"/appointments/{kept.public_id}/"
    assert (kept.ends_at - kept.starts_at, kept.invited_email) == (timedelta(minutes=45), contact.email)
    client.post(f"/appointments/{kept.public_id}/edit/", {**given, "length": "90"}, secure=True)
    client.post(f"/appointments/{kept.public_id}/cancel/", secure=True)
    assert OutgoingMail.objects.count() == 3
    assert "abgesagt" in client.get(f"/appointments/{kept.public_id}/", secure=True).content.decode()


def test_what_is_most_often_meant_is_filled_in(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A viewing of the one property that the contact was sent; a property chosen later brings its place along."""
    the_guard_says(True, monkeypatch)
    contact, estate, other = a_contact(), an_estate(), an_estate(external_no="A-2", title="Haus am Hang")
    new = f"/appointments/new/?contact={contact.public_id}"
    assert 'value="Besichtigung"' in client.get(new, secure=True).content.decode()
    a_dispatch(contact=contact, estates=[estate])
    page = client.get(new, secure=True).content.decode()
    assert 'value="Besichtigung: Helle Altbauwohnung"' in page
    assert f'<option value="{estate.pk}" selected>' in page
    a_dispatch(contact=contact, estates=[other])
    assert 'value="Besichtigung"' in client.get(new, secure=True).content.decode()
    given = {"title": "Besichtigung", "starts_at": "2027-01-15T10:00", "length": "45", "contact": contact.pk}
    client.post(new, {**given, "estate": other.pk}, secure=True)
    assert Appointment.objects.get().place == other.address != ""


def test_inviting_nobody_is_refused(client: Client) -> None:
    given = {"title": "Notar", "starts_at": "2027-01-15T10:00", "length": "60", "invite": "on"}
    answer = client.post("/appointments/new/", given, secure=True)
    assert answer.status_code == 422
    assert not Appointment.objects.exists()


def test_two_appointments_at_once_are_pointed_out_and_kept(client: Client, agent: Agent) -> None:
    begin = timezone.make_aware(datetime(2027, 1, 15, 10))  # noqa: DTZ001 - made aware
    an_appointment(agent=agent, title="Notar", starts_at=begin)
    given = {"title": "Besichtigung", "starts_at": "2027-01-15T10:30", "length": "60"}
    page = client.post("/appointments/new/", given, secure=True, follow=True).content.decode()
    assert "Zur selben Zeit ist schon: Notar" in page
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("device", "beginning"),
    [
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9)", "geo:0,0?q=Garten"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", "maps:?q=Garten"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0)", "https://www.openstreetmap.org/search?query=Garten"),
    ],
)
def test_a_place_opens_in_the_devices_own_map(device: str, beginning: str, client: Client) -> None:
    page = client.get(
        f"/appointments/{an_appointment().public_id}/", secure=True, headers={"User-Agent": device}
    ).content.decode()
    assert f'href="{beginning}' in page


def test_an_appointment_that_was_called_off_is_brought_back_and_not_changed_before(client: Client) -> None:
    made = an_appointment()
    page = f"/appointments/{made.public_id}/"
    client.post(f"{page}cancel/", secure=True)
    answer = client.get(f"{page}edit/", secure=True, follow=True)
    assert "Findet er doch statt?" in answer.content.decode()
    assert "Findet doch statt" in answer.content.decode()
    given = {"title": "anders", "starts_at": "2027-01-10T10:00", "length": 45}
    client.post(f"{page}edit/", given, secure=True)
    made.refresh_from_db()
    assert (made.title, made.cancelled_at is None) == ("Besichtigung Gartenstraße", False)
    client.post(f"{page}cancel/", {"act": "undo"}, secure=True)
    made.refresh_from_db()
    assert made.cancelled_at is None
