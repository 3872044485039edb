"""What the office has still to do: who wants what stands on its pages in full, with the next act, until it is done."""

import html
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support.mailing import bounce_of
from tests.support.office import a_contact, a_dispatch, an_agent, token_of, withdrawn
from tests.unit.dispatch.delivery.test_events import begin, end, notice_of

from siegelpost.dispatch import links, search
from siegelpost.dispatch.evidence import timeline
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.mails.letters import confirm
from siegelpost.dispatch.models import Dispatch, Settled
from siegelpost.dispatch.recipient import interest, replies, to_do
from siegelpost.dispatch.recipient.acts import RecipientAct
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.recipient.to_do import Matter
from siegelpost.dispatch.send.send import revoke
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import AttemptOutcome, IncomingKind, IncomingMail, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.transitions import Answer, What, change
from siegelpost.office.models import Agent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
NOTE = "Samstag ab 10 Uhr passt mir gut, 0171 2345678."


def opened(agent: Agent | None = None) -> Dispatch:
    dispatch = a_dispatch(agent, contact=a_contact(mobile="0171 2345678"))
    form = Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind))
    return declare(token_of(dispatch), form, CLIENT)


def stamp_of(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def say(dispatch: Dispatch, kind: InterestKind, note: str = "") -> None:
    interest.say(token_of(dispatch), stamp_of(dispatch), kind, note, CLIENT)


def withdraw(dispatch: Dispatch) -> None:
    withdrawn(name="Mara Berger", email="mara@privat.test", contract="Vertrag", token=token_of(dispatch), client=CLIENT)


def replied(dispatch: Dispatch, words: str, sender: str = "mara@berger.test", headers: str = "") -> IncomingMail:
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.NOTICE).latest("pk")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.sender, "Re"
    message["In-Reply-To"], message["Message-ID"] = mail.message_id, f"<{timezone.now().timestamp()}@web.test>"
    if headers:
        name, _, value = headers.partition(": ")
        message[name] = value
    message.set_content(words)
    received = routing.take_in(message.as_bytes()).received
    assert received
    replies.take(received.pk)
    return IncomingMail.objects.get(pk=received.pk)


def about() -> list[str]:
    return [one.about for one in to_do.waiting()]


def seen_on(page: str, agent: Agent) -> str:
    browser = Browser()
    browser.force_login(agent)
    answer = browser.get(page, secure=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_wish_stands_in_full_on_every_page_with_the_next_act() -> None:
    """The note of a wish was stored and shown nowhere; today, list, contact and property knew nothing of it."""
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = opened(agent)
    say(dispatch, InterestKind.VIEWING, NOTE)
    contact, estate = dispatch.contact, dispatch.estates.get()
    pages = ("/", *(each.get_absolute_url() for each in (contact, estate)), f"/dispatches/{dispatch.public_id}/")
    appointment = f"/appointments/new/?contact={contact.public_id}&estate={estate.public_id}"
    for page in pages:
        shown = seen_on(page, agent)
        assert f"„{NOTE}“" in shown, page
        assert "Mara Berger möchte besichtigen" in shown, page
        for act in ("tel:01712345678", appointment, "mailto:mara@berger.test?subject=Re%3A"):
            assert act in shown, (page, act)
    listed = seen_on("/dispatches/", agent)
    assert "möchte besichtigen" in listed
    assert NOTE in listed


def test_a_reply_stands_in_full_on_every_page() -> None:
    """Of "Is the cellar dry?" the pages said "reply by e-mail", and nothing else."""
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = a_dispatch(agent)
    replied(dispatch, "Ist der Keller trocken?")
    for page in ("/", dispatch.contact.get_absolute_url(), f"/dispatches/{dispatch.public_id}/"):
        assert "„Ist der Keller trocken?“" in seen_on(page, agent), page


def test_what_is_to_do_stays_until_somebody_says_it_is_done_and_can_be_taken_back() -> None:
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = opened(agent)
    say(dispatch, InterestKind.VIEWING, NOTE)
    (one,) = to_do.waiting()
    browser = Browser()
    browser.force_login(agent)
    address = f"/to-do/interest/{one.thing.pk}/"
    for _ in range(2):
        assert browser.post(address, {"act": "done"}, secure=True, headers={"HX-Request": "true"}).status_code == 200
        assert to_do.waiting() == []
    assert Settled.objects.get().by == agent
    assert NOTE in seen_on(f"/dispatches/{dispatch.public_id}/", agent), "what was said stays to be read"
    assert browser.post(address, {"act": "undo", "back": "/"}, secure=True)["Location"] == "/"
    assert about() == ["viewing"]
    assert browser.post("/to-do/nothing/1/", secure=True).status_code == 404
    assert browser.post("/to-do/interest/999/", secure=True).status_code == 404


def test_a_withdrawal_comes_first_and_says_what_to_do() -> None:
    """The mail told the agent to act; no page did."""
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = opened(agent)
    withdraw(dispatch)
    say_later = opened(agent)
    say(say_later, InterestKind.CALL)
    assert about() == ["withdrawal", "call"]
    shown = seen_on("/", agent)
    assert shown.index("Mara Berger hat widerrufen") < shown.index("bittet um Rückruf")
    assert "binnen 14 Tagen" in shown
    assert "mailto:mara@privat.test" in shown
    (withdrawal, _) = to_do.waiting()
    to_do.settle(Matter.WITHDRAWAL, withdrawal.thing.pk, by=agent)
    assert about() == ["call"]


def test_a_wish_ends_with_no_interest_and_with_a_withdrawal() -> None:
    changed, gone = opened(), opened()
    say(changed, InterestKind.VIEWING)
    say(changed, InterestKind.NONE)
    say(gone, InterestKind.VIEWING)
    assert about() == ["viewing"]
    withdraw(gone)
    assert about() == ["withdrawal"]


@pytest.mark.parametrize(
    ("handled_as", "expected"),
    [
        ("declaration", []),
        ("no", []),
        ("unclear", ["reply"]),
        ("letter", ["reply"]),
        ("other sender", ["reply"]),
        ("something a later version says", ["reply"]),
        ("", ["reply"]),
        ("withdrawal", ["withdrawal_by_mail"]),
    ],
)
def test_an_answer_is_to_do_unless_the_house_has_dealt_with_it(handled_as: str, expected: list[str]) -> None:
    received = replied(a_dispatch(), "Guten Tag")
    IncomingMail.objects.filter(pk=received.pk).update(handled_as=handled_as)
    assert about() == expected
    assert [one.subject.urgent for one in to_do.waiting()] == [handled_as == "withdrawal"] * len(expected)


def test_an_automatic_answer_is_nothing_to_do() -> None:
    received = replied(a_dispatch(), "Ich bin im Urlaub")
    IncomingMail.objects.filter(pk=received.pk).update(kind=IncomingKind.AUTOMATIC_REPLY)
    assert about() == []


@pytest.mark.parametrize("headers", ["Precedence: bulk", "X-Auto-Response-Suppress: All", "List-Id: <a.example.test>"])
def test_what_perhaps_a_program_wrote_stands_there_to_be_read_and_says_so(headers: str) -> None:
    """A person behind a mailing program was filed as a machine, and nobody in the office ever saw the words."""
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = a_dispatch(agent)
    received = replied(dispatch, "Ist der Keller trocken?", headers=headers)
    assert received.kind == IncomingKind.PERHAPS_AUTOMATIC
    assert about() == ["perhaps_reply"]
    for page in ("/", dispatch.contact.get_absolute_url(), f"/dispatches/{dispatch.public_id}/"):
        shown = seen_on(page, agent)
        assert "„Ist der Keller trocken?“" in shown, page
        assert "vielleicht ein Programm" in shown, page
    (news,) = search.news_since(timezone.now() - timedelta(hours=1))
    assert [done.deed for done in news.done] == [RecipientAct.PERHAPS_REPLIED]
    assert told_agents()[-1][1] == "mara@berger.test"
    # Who writes of withdrawing is urgent, whatever wrote it.
    replied(dispatch, "Hiermit widerrufe ich den Vertrag.", headers=headers)
    assert about() == ["withdrawal_by_mail", "perhaps_reply"]


def test_a_mail_that_came_back_is_to_do_with_the_servers_words() -> None:
    agent = an_agent(password="vier Wörter sind genug")
    dispatch = a_dispatch(agent)
    mail = notice_of(dispatch)
    end(mail, begin(mail), AttemptOutcome.REFUSED, "550 5.1.1 no such user")
    assert about() == ["mail"]
    assert [one.pk for one in search.find("trouble")] == [dispatch.pk]
    assert search.counts()["trouble"] == 1
    shown = seen_on("/", agent)
    assert "5.1.1 no such user" in shown
    assert f'action="/dispatches/{dispatch.public_id}/address/"' in shown
    assert f"/dispatches/{dispatch.public_id}/send-again/" in shown
    revoke(dispatch, by=agent)
    assert about() == []


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_that_came_back_is_to_do_although_the_expose_is_open() -> None:
    dispatch = opened()

    confirm(dispatch.pk)
    mail = OutgoingMail.objects.get(purpose=Purpose.CONFIRMATION)
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 2.0.0 Ok")
    change(OutgoingMail.objects.get(pk=mail.pk), What.BOUNCED, MailState.BOUNCED, answer=Answer(550, "5.2.2 full"))
    assert about() == ["mail"]
    assert "5.2.2 full" in to_do.waiting()[0].said
    assert search.find("trouble").get().state == DispatchState.OPEN


def told_agents() -> list[tuple[str, str]]:
    sent = OutgoingMail.objects.filter(purpose=Purpose.AGENT_NOTICE).order_by("pk")
    read = [BytesParser(policy=policy.default).parsebytes(mail.mime()) for mail in sent]
    return [(str(mail["Subject"]), str(mail["Reply-To"])) for mail in read]


@pytest.mark.django_db(transaction=True)
def test_an_agent_who_answers_a_mail_about_somebody_reaches_that_person() -> None:
    """Answering "… has replied" or "… would like a viewing" wrote to the office's own address."""
    dispatch = opened()

    confirm(dispatch.pk)
    say(dispatch, InterestKind.VIEWING)
    replied(dispatch, "Ist der Keller trocken?", sender="Max <max@anderswo.test>")
    withdraw(dispatch)
    withdrawn(name="A B", email="a@b.test", contract="?", token=None, client=CLIENT)
    assert [reply_to for _, reply_to in told_agents()] == [
        "mara@berger.test",
        "mara@berger.test",
        "max@anderswo.test",
        "mara@privat.test",
        "a@b.test",
    ]
    letters = [BytesParser(policy=policy.default).parsebytes(mail.mime()) for mail in OutgoingMail.objects.all()]
    bodies = "".join(body.get_content() for mail in letters if (body := mail.get_body(("plain",))))
    assert "§ 357 BGB" in bodies


def test_an_address_that_is_none_any_more_keeps_nobody_from_speaking() -> None:
    dispatch = opened()
    dispatch.contact.email = "keine Adresse"
    dispatch.contact.save()
    say(dispatch, InterestKind.CALL)
    assert told_agents()[-1][0] == "Mara Berger bittet um Rückruf"


@pytest.mark.django_db(transaction=True)
def test_a_bounce_that_nothing_proves_is_a_hint_and_changes_no_state() -> None:
    dispatch = a_dispatch()
    mail = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id))
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.ACCEPTED)
    Dispatch.objects.filter(pk=dispatch.pk).update(state=DispatchState.NOTIFIED)
    made_up = bounce_of(mail).replace(mail.public_id.hex.encode(), b"0" * 32)
    assert not routing.take_in(made_up).changed
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.NOTIFIED
    [one] = to_do.waiting()
    assert (one.about, one.address, one.may_send_again) == ("alleged_bounce", dispatch.contact.email, True)
    browser = Browser()
    browser.force_login(an_agent())
    page = browser.get("/today/now/", secure=True).content.decode()
    assert "angeblich nicht bekommen" in page
    assert "noch einmal senden" in page
    assert [entry.kind for entry in timeline.of(dispatch)][-1] == "BounceAlleged"
    to_do.settle(Matter.REPLY, one.thing.pk, by=an_agent())
    assert to_do.waiting() == []


@pytest.mark.django_db(transaction=True)
def test_a_bounce_that_names_no_mail_is_said_to_be_a_guess() -> None:
    """A report with nothing but the address is shown, and nobody is told more than is known."""
    dispatch = a_dispatch()
    mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id))
    mails.update(state=MailState.ACCEPTED, accepted_at=timezone.now())
    Dispatch.objects.filter(pk=dispatch.pk).update(state=DispatchState.NOTIFIED)
    words = (
        f"From: mailer-daemon@mx.test\r\nSubject: Undeliverable\r\n\r\n{dispatch.contact.email}: 550 5.1.1 unknown\r\n"
    )
    assert not routing.take_in(words.encode()).changed
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.NOTIFIED
    [one] = to_do.waiting()
    assert (one.about, one.address, one.may_send_again) == ("presumed_bounce", dispatch.contact.email, True)
    browser = Browser()
    browser.force_login(an_agent())
    page = browser.get("/today/now/", secure=True).content.decode()
    assert "vermutlich nicht bekommen" in page
    assert "noch einmal senden" in page
    entry = [*timeline.of(dispatch)][-1]
    assert entry.kind == "BounceAlleged"
    assert "Vermutlich zu dieser Sendung" in entry.detail


@pytest.mark.django_db(transaction=True)
def test_a_complaint_is_told_as_one() -> None:
    """That the recipient called a mail spam stood in the timeline as an away note."""
    dispatch = a_dispatch()
    ours = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id)).message_id
    enclosed = f"X-HmXmrOriginalRecipient: {dispatch.contact.email}\r\nMessage-ID: {ours}\r\n\r\nGuten Tag\r\n"
    head = "From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.1\r\n"
    routing.take_in(f"{head}Content-Type: message/rfc822\r\n\r\n{enclosed}".encode())
    assert "als Spam gemeldet" in [*timeline.of(dispatch)][-1].detail
