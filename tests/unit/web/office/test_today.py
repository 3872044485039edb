"""*Heute*: what is to be done with its next act, what waits, and the certificate only when it needs something."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_letter,
    an_activity,
    an_agent,
    an_appointment,
    an_office,
    the_guard_says,
    token_of,
)
from tests.unit.dispatch.delivery.test_events import begin, end, notice_of
from tests.unit.dispatch.recipient.test_to_do import CLIENT, NOTE, opened, replied, say, stamp_of

from siegelpost.dispatch import search
from siegelpost.dispatch.recipient import prior_knowledge, to_do
from siegelpost.dispatch.recipient.acts import RecipientAct
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.recipient.to_do import Matter
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.send import send
from siegelpost.mail.models import AttemptOutcome
from siegelpost.office.models import Agent
from siegelpost.web.office import today


@pytest.mark.django_db
def test_it_opens_while_a_dispatch_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answered 500 as soon as one was: the very page that is to tell of it."""
    an_office()
    agent = an_agent()
    the_guard_says(False, monkeypatch)
    send(agent, a_letter(subject="Wartet auf das Zertifikat"), public_id=uuid.uuid4(), hold=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(agent)
    answer = client.get("/today/now/", secure=True)
    assert answer.status_code == 200
    assert "Wartet auf das Zertifikat" in answer.content.decode()


def on_today(client: Client) -> str:
    answer = client.get("/today/now/", secure=True)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def signed_in(agent: Agent) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(agent)
    return client


@pytest.mark.usefixtures("an_office_at_work")
@pytest.mark.django_db(transaction=True)
def test_what_is_to_be_done_stands_there_the_weightiest_first_each_with_its_next_act(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Today was news first: refusals and wishes were lines among looks, and what was due stood in another list."""
    agent = an_agent(password="vier Wörter sind genug")
    bounced = a_dispatch(agent, contact=a_contact(last_name="Falsch"))
    mail = notice_of(bounced)
    end(mail, begin(mail), AttemptOutcome.REFUSED, "550 5.1.1 no such user")
    put_off = a_dispatch(agent, contact=a_contact(last_name="Warte"))
    mail = notice_of(put_off)
    end(mail, begin(mail), AttemptOutcome.DEFERRED, "450 4.2.0 try again later")
    an_activity(agent=agent, text="Bank anrufen", contact=a_contact(mobile="0171 1"), follow_up_on=timezone.localdate())
    knows = a_dispatch(agent, contact=a_contact(last_name="Kennt"))
    prior_knowledge.say(token_of(knows), stamp_of(knows), CLIENT)
    asks = a_dispatch(agent, contact=a_contact(last_name="Frage"))
    replied(asks, "Ist der Keller trocken?", sender="mara@berger.test")
    wishes = opened(agent)
    say(wishes, InterestKind.VIEWING, NOTE)
    the_guard_says(False, monkeypatch)
    send(agent, a_letter(contact=a_contact(last_name="Halt")), public_id=uuid.uuid4(), hold=True)
    shown = on_today(signed_in(agent))
    order = [
        "Mara Berger möchte besichtigen",
        "Mara Frage hat per E-Mail geantwortet",
        "Mara Kennt kennt die Immobilie schon",
        "1 Sendung wird zurückgehalten",
        "1 Sendung wartet auf den Mailserver",
        "Bank anrufen",
        "Mara Falsch hat eine Mail nicht bekommen",
        "Neu seit gestern",
    ]
    places = [shown.find(one) for one in order]
    assert -1 not in places, [one for one, place in zip(order, places, strict=True) if place < 0]
    assert places == sorted(places)
    for words in (f"„{NOTE}“", "„Ist der Keller trocken?“", "Kein Browser kennt den Aussteller.", "4.2.0"):
        assert words in shown
    pressed = re.findall(r"<(?:a|button)\b[^>]*>(.*?)</(?:a|button)>", shown)
    acts = {re.sub(r"<[^>]+>", "", one).strip() for one in pressed}
    assert {"Termin", "Antworten", "Anrufen", "Jetzt noch einmal versuchen"} <= acts
    assert "Korrigieren und noch einmal senden" in acts, "the address is corrected where it is said to be wrong"
    assert 'href="tel:01711"' in shown


@pytest.mark.usefixtures("an_office_at_work")
@pytest.mark.django_db
def test_who_refused_stays_until_it_is_done_and_comes_back_when_that_is_taken_back() -> None:
    """That somebody refused was a line of news, gone the day after."""
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = a_dispatch(agent)
    prior_knowledge.say(token_of(dispatch), stamp_of(dispatch), CLIENT)
    client, other = signed_in(agent), a_dispatch(agent)
    (one,) = to_do.waiting()
    assert (one.about, one.matter) == ("knows", Matter.REFUSAL)
    (news,) = search.news_since(timezone.now() - timedelta(hours=1))
    assert [done.deed for done in news.done] == [RecipientAct.KNOWS]
    address = f"/to-do/refusal/{dispatch.pk}/"
    part = client.post(address, {"act": "done"}, secure=True, headers={"HX-Request": "true"}).content.decode()
    assert "Rückgängig" in part
    assert to_do.waiting() == []
    client.post(address, {"act": "undo", "back": "/"}, secure=True)
    assert [one.about for one in to_do.waiting()] == ["knows"]
    # Nobody says in advance that a refusal is done with.
    assert client.post(f"/to-do/refusal/{other.pk}/", secure=True).status_code == 404


@pytest.mark.usefixtures("an_office_at_work")
@pytest.mark.django_db
def test_what_was_answered_is_gone_and_can_be_taken_back_where_that_is_said() -> None:
    agent = an_agent(password="vier Wörter sind genug")
    say(opened(agent), InterestKind.CALL)
    client = signed_in(agent)
    (one,) = to_do.waiting()
    contact = one.dispatch.contact
    address = f"/conversations/new/?contact={contact.public_id}&answers={one.key}"
    answer = client.post(
        address, {"text": "Erreicht.", "kind": "call", "at": "2026-11-25T10:30"}, secure=True, follow=True
    )
    page = html.unescape(answer.content.decode())
    assert "„Mara Berger bittet um Rückruf“ ist damit erledigt." in page
    assert to_do.waiting() == []
    assert f'action="/to-do/interest/{one.thing.pk}/"' in page
    client.post(f"/to-do/interest/{one.thing.pk}/", {"act": "undo", "back": "/"}, secure=True)
    assert [each.about for each in to_do.waiting()] == ["call"]
    # What names nothing answers nothing.
    for key in ("interest-999", "interest-", "nothing-1", "mail-²", "x", "interest-" + "9" * 40):
        assert client.get(f"/conversations/new/?answers={key}", secure=True).status_code == 200


@pytest.mark.usefixtures("an_office_at_work")
@pytest.mark.django_db
def test_an_empty_day_says_so_and_the_certificate_only_when_it_needs_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate stood on the page every day, loaded late and below the fold when it blocked everything."""
    agent = an_agent(password="vier Wörter sind genug")
    client = signed_in(agent)
    the_guard_says(True, monkeypatch)
    guard.verdict()
    shown = on_today(client)
    assert "Niemand wartet auf Sie." in shown
    assert "ertifikat" not in shown
    the_guard_says(False, monkeypatch)
    assert "today/certificate" in on_today(client), "what nobody has asked the doctor yet is asked for by the page"
    guard.verdict()
    shown = on_today(client)
    assert shown.index("Empfänger sähen eine Zertifikatswarnung.") < shown.index('id="appointments"')


@pytest.mark.usefixtures("an_office_at_work")
@pytest.mark.django_db
def test_what_is_not_shown_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)
    agent = an_agent(password="vier Wörter sind genug")
    contact = a_contact()
    for _ in range(23):
        an_activity(agent=agent, contact=contact, follow_up_on=timezone.localdate())
    client = signed_in(agent)
    shown = on_today(client)
    assert shown.count('id="follow-up-') == 20
    assert "Und noch 3 weitere." in shown
    # What is not shown is a tap away, and stays there when the page refreshes itself.
    assert '<a href="/?all=1"> Und noch 3 weitere. </a>' in shown
    everything = client.get("/?all=1", secure=True).content.decode()
    assert everything.count('id="follow-up-') == 23
    assert 'hx-get="/today/now/?all=1"' in everything
    assert "weitere." not in everything
    assert '<span class="stamp">23</span>' in shown
    page = client.get(contact.get_absolute_url(), secure=True).content.decode()
    assert page.count('id="follow-up-') == 10
    assert "Weitere Wiedervorlagen stehen im Verlauf." in page
    for days in range(12):
        an_appointment(contact=contact, agent=agent, starts_at=timezone.now() + timedelta(days=1, minutes=days))
    page = client.get(contact.get_absolute_url(), secure=True).content.decode()
    assert '<a href="#history">Weitere Termine stehen im Verlauf.</a>' in page


@pytest.mark.usefixtures("an_office_at_work")
@pytest.mark.django_db
def test_appointments_and_news_that_are_not_shown_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)
    agent = an_agent(password="vier Wörter sind genug")
    for number in range(3):
        an_appointment(agent=agent, starts_at=timezone.now() + timedelta(days=2, minutes=number))
        dispatch = a_dispatch(agent, contact=a_contact(email=f"m{number}@web.test"))
        prior_knowledge.say(token_of(dispatch), stamp_of(dispatch), CLIENT)
    client = signed_in(agent)
    shown = on_today(client)
    assert "weitere in dieser Woche" not in shown
    assert "alle ansehen" not in shown
    monkeypatch.setattr(today, "MOST_SHOWN", 1)
    monkeypatch.setattr(today, "MOST_NEWS", 2)
    shown = on_today(client)
    assert "Und noch 2 weitere in dieser Woche" in shown
    assert "Noch mehr geschah bei anderen Sendungen: alle ansehen" in shown
