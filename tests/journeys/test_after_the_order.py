"""What a secure exposé's recipient meets beside and after the order, by the keyboard alone: withdrawal, reminders, what
ends, a new version, a word to the agent, further offers, the other language. As ``test_secure_expose.py``.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.journeys.test_secure_expose import NAME, orders
from tests.support.browsing import OpenPage, Shot
from tests.support.desk import Desk, Sent, link_in
from tests.support.keyboard import Person, Way, walk
from tests.support.prospect import ORDER
from tests.support.waiting import until
from tests.unit.dispatch.gate.test_offers import words_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
WITHDRAW = ("Vertrag widerrufen", "Withdraw from contract")


def opened(desk: Desk, person: Person) -> Sent:
    """A dispatch whose gate is open."""
    sent = desk.send(person.way.language)
    person.opens(sent.link)
    orders(person, early=True)
    person.sees_exposés()
    return sent


def acknowledged(desk: Desk, address: str, way: Way) -> None:
    """The acknowledgement has come, with content, date and time; and the agent, or the office, knows."""
    mail = desk.mail_to(address, way("Eingang Ihres Widerrufs", "Receipt of your withdrawal"))
    assert NAME not in mail.text, "what was typed stands in the attached document alone"
    (document,) = mail.attachments
    assert NAME in words_of(document.content)
    assert str(timezone.localtime().year) in mail.text
    assert ":" in mail.text


def withdraws_on_the_page(desk: Desk, person: Person) -> None:
    """7: the function stands on every page of the dispatch; one button confirms, the mail comes at once."""
    way = person.way
    sent = opened(desk, person)
    person.presses(*WITHDRAW, role="link")
    person.sees(*WITHDRAW)
    person.shot("withdraw")
    person.presses("Widerruf bestätigen", "Confirm withdrawal")
    person.sees("Ihr Widerruf ist eingegangen", "Your withdrawal has been received")
    acknowledged(desk, sent.address, way)
    # Acknowledged is said a moment after the mail server has it.
    said = ["WithdrawalDeclared", "WithdrawalAcknowledged"]
    until(lambda: [kind for kind, _ in desk.events(sent.public_id) if kind.startswith("Withdrawal")] == said)
    person.opens(sent.link)
    person.sees("Sie haben den Vertrag widerrufen", "You have withdrawn from the contract")
    assert desk.server.get(f"{urlsplit(sent.link).path}expose.pdf").status == 403


def withdraws_without_a_link(desk: Desk, person: Person) -> None:
    """7: at the public address, without a login; what is missing is said, and nothing typed is lost."""
    way = person.way
    sent = opened(desk, person)
    person.opens(f"{desk.server.url}/widerruf/")
    person.types("name", NAME)
    person.page.locator("form").evaluate("form => form.noValidate = true")
    person.presses("Widerruf bestätigen", "Confirm withdrawal")
    expect(person.page.get_by_role("alert")).to_be_visible()
    expect(person.page.locator("[name=name]")).to_have_value(NAME)
    person.looks()
    person.types("email", sent.address)
    person.types("contract", "Maklervertrag")
    person.presses("Widerruf bestätigen", "Confirm withdrawal")
    person.sees("Ihr Widerruf ist eingegangen", "Your withdrawal has been received")
    acknowledged(desk, sent.address, way)


def has_a_year_where_arrival_is_unproven(desk: Desk, person: Person) -> None:
    """7: nobody can prove that the texts arrived: the function stays for twelve months and fourteen days."""
    sent = desk.send(person.way.language)
    desk.ask("bounce_notice", sent.public_id)
    person.opens(sent.link)
    orders(person, early=True)
    person.sees_exposés()
    shown = person.page.locator("footer .quiet").first
    expect(shown).to_contain_text(str((timezone.now() + timedelta(days=379)).year))


def a_reminder_leads_to_the_page(desk: Desk, person: Person) -> None:
    """8: a mail with a link of its own, and the texts again."""
    sent = desk.send(person.way.language)
    desk.ask("remind", sent.public_id)  # or the server is quicker
    reminder = desk.mail_to(sent.address, person.way("Erinnerung", "Reminder"))
    assert link_in(reminder) != sent.link
    person.opens(link_in(reminder))
    orders(person, early=True)
    person.sees_exposés()


def what_has_ended_says_so(desk: Desk, person: Person) -> None:
    """8: expired, taken back, or never there: each page says what happened, and takes nothing."""
    over, back = desk.send(person.way.language), desk.send(person.way.language)
    desk.ask("end_period", over.public_id)
    desk.ask("revoke", back.public_id)
    for link, german, english in [
        (over.link, "Dieser Link ist abgelaufen", "This link has expired"),
        (back.link, "Diese Sendung wurde zurückgezogen", "This dispatch was taken back"),
        (f"{desk.server.url}/s/{'x' * 43}/", "Diesen Link kennen wir nicht", "We do not know this link"),
    ]:
        person.page.goto(link)
        person.sees(german, english)
        expect(person.page.locator("form")).to_have_count(0)


def a_new_version_takes_the_place(desk: Desk, person: Person) -> None:
    """8: who has opened the exposé hears of the new one; the ledger keeps which was handed over when."""
    sent = opened(desk, person)
    expect(person.page.locator("article.expose")).to_contain_text("92 m²")
    desk.ask("replace_expose", sent.public_id)
    news = desk.mail_to(sent.address, person.way("Neue Fassung", "New version"))
    person.opens(link_in(news))
    expect(person.page.locator("article.expose")).to_contain_text("101 m²")
    replaced = next(data for kind, data in desk.events(sent.public_id) if kind == "DocumentReplaced")
    assert replaced["earlier_pdf_sha256"] != replaced["pdf_sha256"]


def says_a_word_to_the_agent(desk: Desk, person: Person) -> None:
    """8: a viewing, a call, no interest; the agent hears of each."""
    sent = opened(desk, person)
    person.types("note", "Samstag passt mir gut.")
    person.shot("next")
    for german, english in [
        ("Ich möchte besichtigen", "I’d like a viewing"),
        ("Bitte rufen Sie mich an", "Please call me"),
        ("Kein Interesse", "Not interested"),
    ]:
        person.presses(german, english)
        person.sees("Danke, das ist angekommen", "Thank you, we have your message")
        person.presses("Zurück zum Exposé", "Back to the exposé", role="link")
        person.sees_exposés()
    stated = [data["interest"] for kind, data in desk.events(sent.public_id) if kind == "InterestStated"]
    assert stated == ["viewing", "call", "none"]


def consents_to_offers_and_takes_it_back(desk: Desk, person: Person) -> None:
    """8: the tick alone consents to nothing; the mail's link does, by a button, and takes it back."""
    way = person.way
    sent = opened(desk, person)
    person.ticks("offers")
    person.presses("Bestätigungsmail anfordern", "Ask for the confirmation e-mail")
    person.sees("Bitte sehen Sie in Ihr Postfach", "Please check your inbox")
    mail = desk.mail_to(sent.address, way("Bitte bestätigen", "Please confirm"))
    person.opens(next(link for link in mail.links if "/einwilligung/" in link))
    person.shot("consent")
    person.presses("Ja, einwilligen", "Yes, I consent")
    person.sees("Sie bekommen weitere Angebote", "You get further offers")
    person.presses("Einwilligung widerrufen", "Withdraw consent")
    person.sees("Sie bekommen keine Angebote", "You get no offers")


def reads_it_in_the_other_language(desk: Desk, person: Person) -> None:
    """8: page and texts in the language that the recipient prefers, with a mail; the order is made in it."""
    way = person.way
    sent = desk.send("en" if way.language == "de" else "de")
    person.page.goto(sent.link)
    person.presses("Auf Deutsch lesen", "Read this in English")
    expect(person.page.get_by_role("button", name=ORDER[way.language])).to_be_visible()
    person.looks()
    again = desk.mail_to(sent.address, number=1)
    assert way("Folgen des Widerrufs", "Effects of withdrawal").casefold() in again.text.casefold()
    orders(person, early=True)
    person.sees_exposés()
    order = next(data for kind, data in desk.events(sent.public_id) if kind == "DeclarationMade")
    assert (order["label"], order["language"]) == (ORDER[way.language], way.language)


LINES = [
    withdraws_on_the_page,
    withdraws_without_a_link,
    has_a_year_where_arrival_is_unproven,
    a_reminder_leads_to_the_page,
    what_has_ended_says_so,
    a_new_version_takes_the_place,
    says_a_word_to_the_agent,
    consents_to_offers_and_takes_it_back,
    reads_it_in_the_other_language,
]


def test_each_line_in_two_opposite_ways(
    desk: Desk, open_page: OpenPage, shot: Shot, request: pytest.FixtureRequest
) -> None:
    walk(LINES, desk, Person, open_page, shot, every=request.config.getoption("--screenshots"))


@pytest.mark.soak
def test_each_line_in_every_way(desk: Desk, open_page: OpenPage, shot: Shot) -> None:
    walk(LINES, desk, Person, open_page, shot, every=True)
