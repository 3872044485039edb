"""Viewing times offered by the office, and who comes to an appointment with others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.office import a_contact, an_activity, an_agent, an_appointment, an_estate, an_office

from siegelpost.contacts.models import Appointment, Participant
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


def given(**changed: str) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=7)
    times = {"day": f"{day:%Y-%m-%d}", "begin": "10:00", "end": "12:00", "length": "30", "gap": "10", "places": "2"}
    return {**times, "place": "Hauseingang", **changed}


def test_times_are_offered_by_one_small_form_and_stay_out_of_the_way_until_they_are_booked(client: Client) -> None:
    estate = an_estate()
    address = f"/estates/{estate.public_id}/viewings/"
    assert f'href="{address}"' in client.get(f"/estates/{estate.public_id}/", secure=True).content.decode()
    assert "Gartenstraße 5, 73728 Esslingen" in client.get(address, secure=True).content.decode()
    day = timezone.localdate() + timedelta(days=7)
    assert client.post(address, given(), secure=True).status_code == 302
    starts = [timezone.localtime(one.starts_at) for one in Appointment.objects.all()]
    assert [f"{one:%H:%M}" for one in starts] == ["10:00", "10:40", "11:20"]
    assert {one.date() for one in starts} == {day}
    assert {(one.places, one.place) for one in Appointment.objects.all()} == {(2, "Hauseingang")}
    client.post(address, given(), secure=True)
    assert Appointment.objects.count() == 3
    assert client.get(address, secure=True).content.decode().count("angeboten, noch frei") == 3
    assert "Besichtigung: Helle" not in client.get("/today/now/", secure=True).content.decode()
    assert "angeboten, noch frei" in client.get("/appointments/", secure=True).content.decode()
    Participant.objects.create(appointment=Appointment.objects.all()[0], contact=a_contact())
    assert "Mara Berger" in client.get("/today/now/", secure=True).content.decode()
    assert "1 von 2 Plätzen gebucht" in client.get(address, secure=True).content.decode()
    client.post(address, {"act": "withdraw"}, secure=True)
    assert Appointment.objects.filter(cancelled_at=None).count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"end": "10:15"}, "passt keine Besichtigung"),
        ({"end": "09:00"}, "passt keine Besichtigung"),
        ({"begin": "00:00", "end": "23:45", "length": "15", "gap": "0"}, "es gehen höchstens 60"),
        ({"day": "2020-05-05"}, "späteren Beginn"),
        ({"day": "2027-03-28", "begin": "02:30"}, "weil die Uhr vorgestellt wird"),
        ({"places": "0"}, "places_error"),
    ],
)
def test_times_that_cannot_be_are_refused_with_a_reason(client: Client, changed: dict[str, str], said: str) -> None:
    answer = client.post(f"/estates/{an_estate().public_id}/viewings/", given(**changed), secure=True)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Appointment.objects.exists()


def test_several_prospects_come_to_one_appointment_and_each_is_told_alone(client: Client, agent: Agent) -> None:
    estate = an_estate()
    people = [
        a_contact(first_name=name, last_name=f"{name}sen", email=f"{name.lower()}@post.test")
        for name in ("Anna", "Bo", "Cem")
    ]
    for one in people:
        an_activity(contact=one, estate=estate, agent=agent)
    appointment = an_appointment(contact=people[0], estate=estate, agent=agent)
    page = f"/appointments/{appointment.public_id}/"
    shown = client.get(page, secure=True).content.decode()
    assert f'<option value="{people[1].public_id}">' in shown
    assert f'<option value="{people[0].public_id}">' not in shown
    for one in people[1:]:
        client.post(f"{page}participants/", {"contact": one.public_id, "invite": "on"}, secure=True)
    shown = client.get(page, secure=True).content.decode()
    assert all(str(one) in shown for one in people)
    assert [mail.recipient for mail in OutgoingMail.objects.order_by("pk")] == ["bo@post.test", "cem@post.test"]
    # Whom it is with is chosen one by one now, and not in the form.
    assert 'name="contact"' not in client.get(f"{page}edit/", secure=True).content.decode()
    gone = Participant.objects.get(contact=people[2])
    answer = client.post(f"/appointments/participants/{gone.public_id}/remove/", secure=True, follow=True)
    assert "Eine Mail dazu geht an cem@post.test." in answer.content.decode()
    answer = client.post(f"{page}cancel/", secure=True, follow=True)
    assert "Eine Mail dazu geht an bo@post.test." in answer.content.decode()
    assert OutgoingMail.objects.latest("pk").recipient == "bo@post.test"
