"""A secure exposé up to the order, point by point, by the keyboard alone: phone and desktop, German and English, with
scripts and without; axe finds nothing on any of the pages. What comes after it is in ``test_after_the_order.py``.
"""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.desk import Desk, link_in
from tests.support.keyboard import Person, walk
from tests.support.prospect import ORDER
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
NAME = "Mara Berger"


def orders(person: Person, *, early: bool = False) -> None:
    """Fill in the form of the page and send it off."""
    if early:
        person.ticks("begin_early")
        person.ticks("knows_loss")
    person.types("name", NAME)
    person.presses(ORDER["de"], ORDER["en"])


def each_rule_asks_for_what_its_row_says(desk: Desk, person: Person) -> None:
    """1: what is asked, by recipient, commission and kind of property."""
    view = ("Exposé ansehen", "View the exposé")
    order = (ORDER["de"], ORDER["en"])
    for estate, business, boxes, name, label in [
        ("free", False, 0, 0, view),
        ("shop", True, 0, 1, order),
        ("flat", True, 0, 1, order),
        ("shop", False, 2, 1, order),
    ]:
        person.opens(desk.send(person.way.language, estates=[estate], business=business).link)
        expect(person.page.locator("input[type=checkbox]")).to_have_count(boxes)
        expect(person.page.locator("input[name=name]")).to_have_count(name)
        if boxes:
            person.ticks("begin_early")
            person.ticks("knows_loss")
        if name:
            person.types("name", NAME)
        if name and business:
            person.types("party", "Geschäftsführerin der Berger GmbH")
        person.presses(*label)
        person.sees_exposés()


def what_is_owed_stands_above_an_unmistakable_button(desk: Desk, person: Person) -> None:
    """2, 8: two properties and a file in one dispatch, the label that the agent chose, and all of it in the event."""
    page, way = person.page, person.way
    label = way("Provisionspflichtig bestellen", "Order with obligation to pay commission")
    sent = desk.send(way.language, estates=["flat", "free"], label=label, files={"Teilungserklärung.txt": "§ 1 …\n"})
    person.opens(sent.link)
    above = page.locator("form.gate .offer")
    expect(above).to_contain_text(way("3,57", "3.57"))
    expect(above).to_contain_text(way("Sie als Käufer/in", "You as the buyer"))
    # Nothing comes between what is owed and the button.
    button = page.get_by_role("button", name=label, exact=True)
    assert button.evaluate("button => button.previousElementSibling.matches('.offer')")
    person.shot("several", full=True)
    person.ticks("begin_early")
    person.ticks("knows_loss")
    person.types("name", NAME)
    person.presses(label, label)
    person.sees_exposés(2)
    file = page.get_by_role("link", name="Teilungserklärung.txt")
    handed_over = desk.server.get(f"{urlsplit(sent.link).path}{file.get_attribute('href')}")
    assert handed_over.text == "§ 1 …\n"
    declared = [data for kind, data in desk.events(sent.public_id) if kind == "DeclarationMade"]
    order = next(data for data in declared if data["declaration"] == "order")
    assert (order["label"], order["text"], order["language"]) == (label, label, way.language)
    assert order["version"]
    assert "%" in order["offers"][0]["commission"]


def without_an_early_start_it_opens_by_itself(desk: Desk, person: Person) -> None:
    """3: nothing is ticked before; without the first declaration the date stands there, and then it opens."""
    page, way = person.page, person.way
    sent = desk.send(way.language)
    person.opens(sent.link)
    for box in page.locator("input[type=checkbox]").all():
        expect(box).not_to_be_checked()
    orders(person)
    person.sees("Vielen Dank für Ihren Auftrag", "Thank you for your order")
    expect(page.locator("main .lead strong")).to_contain_text("20")
    person.shot("waiting", full=True)
    assert desk.server.get(f"{urlsplit(sent.link).path}expose.pdf").status == 403
    desk.ask("end_of_withdrawal_period", sent.public_id)
    person.opens(sent.link)
    person.sees_exposés()
    assert desk.server.get(f"{urlsplit(sent.link).path}expose.pdf").body.startswith(b"%PDF")


def policy_form_and_declarations_stay_in_the_mailbox(desk: Desk, person: Person) -> None:
    """4: the first mail has policy and model form in its text, the last one all declarations, with the PDF."""
    way = person.way
    sent = desk.send(way.language)
    policy = way("Folgen des Widerrufs", "Effects of withdrawal")
    form = way("Muster-Widerrufsformular", "Model withdrawal form")
    for words in (policy, form):
        assert words.casefold() in sent.notice.text.casefold()
    person.opens(sent.link)
    # The same texts stand folded on the page, and open by the keyboard.
    person.goes_to(person.page.locator("summary").first)
    person.page.keyboard.press("Enter")
    expect(person.page.locator("details[open]")).to_contain_text(policy)
    person.looks()
    orders(person, early=True)
    person.sees_exposés()
    confirmation = desk.mail_to(sent.address, way("Ihre Bestätigung", "Your confirmation"))
    for words in (ORDER[way.language], way("Ich verlange ausdrücklich", "I expressly ask you"), NAME, "BEGIN SIEGEL"):
        assert words in confirmation.text
    assert [file.content_type for file in confirmation.attachments] == ["application/pdf"] * 2


def the_name_is_the_signature(desk: Desk, person: Person) -> None:
    """5: without a name nothing is declared, what was ticked is said again; the contract goes to both sides."""
    page, way = person.page, person.way
    sent = desk.send(way.language)
    person.opens(sent.link)
    # Past the browser's own question.
    page.locator("input[name=name]").evaluate("field => field.required = false")
    person.types("name", "   ")
    person.presses(ORDER["de"], ORDER["en"])
    expect(page.get_by_role("alert")).to_contain_text(way("Ihr Name fehlt", "your name is missing"))
    person.looks()
    assert not [kind for kind, _ in desk.events(sent.public_id) if kind == "DeclarationMade"]
    orders(person, early=True)
    person.sees_exposés()
    theirs = desk.mail_to(sent.address, way("Ihre Bestätigung", "Your confirmation"))
    contract = theirs.attachments[0].content
    until(lambda: any(file.content == contract for mail in desk.mails_to("jana.roth@") for file in mail.attachments))


def a_yes_by_mail_is_the_order(desk: Desk, person: Person) -> None:
    """5: the mail is answered with yes, IMAP picks it up, and the page shows what it became."""
    way = person.way
    unclear, sent = desk.send(way.language), desk.send(way.language, estates=["flat"], business=True)
    assert way("nur diesen einen Satz", "this one sentence only") in sent.notice.text
    desk.answer(unclear, way("Ja, aber wann?", "Yes, but when?"))
    desk.mail_to(unclear.address, way("Noch nicht beauftragt", "Not ordered yet"))
    person.opens(unclear.link)
    expect(person.page.locator("form.gate button")).to_be_visible()
    desk.answer(sent, way("Ja", "Yes"))
    opened = desk.mail_to(sent.address, way("Ihre Bestätigung", "Your confirmation"))
    for link in (sent.link, link_in(opened)):
        person.opens(link)
        person.sees_exposés()
    order = next(data for kind, data in desk.events(sent.public_id) if kind == "DeclarationMade")
    assert (order["by"], order["answers"]) == ("reply", sent.notice.message_id)


def a_consumers_yes_by_mail_waits_for_the_period(desk: Desk, person: Person) -> None:
    """3, 5: an order by mail asks for no early start; that is asked for on the page, and then it opens."""
    way = person.way
    sent = desk.send(way.language)
    desk.answer(sent, way("Ja, gerne", "Yes, please"))
    hint = desk.mail_to(sent.address, way("Noch nicht beauftragt", "Not ordered yet"))
    sentence = way("Ja, ich bestelle zahlungspflichtig.", "Yes, I order with an obligation to pay.")
    assert sentence in hint.text, "a bare yes is answered with the sentence that names the duty to pay"
    desk.answer(sent, sentence)
    desk.mail_to(sent.address, way("Ihre Bestätigung", "Your confirmation"))
    person.opens(sent.link)
    person.sees("Vielen Dank für Ihren Auftrag", "Thank you for your order")
    person.ticks("begin_early")
    person.ticks("knows_loss")
    person.types("name", NAME)
    person.presses("Exposé jetzt öffnen", "Open the exposé now")
    person.sees_exposés()


def the_address_stays_hidden_before_the_gate(desk: Desk, person: Person) -> None:
    """6: neither mail nor page tell the street before."""
    sent = desk.send(person.way.language)
    person.opens(sent.link)
    assert "Gartenstraße" not in person.page.content() + sent.notice.text + sent.notice.html
    orders(person, early=True)
    person.sees_exposés()
    expect(person.page.locator("article.expose .place")).to_contain_text("Gartenstraße 5")


def who_knows_the_property_says_so(desk: Desk, person: Person) -> None:
    """Nothing is ordered, nothing opens, and the agent is told."""
    sent = desk.send(person.way.language)
    person.opens(sent.link)
    person.presses("Kenne ich schon", "I know it already")
    person.sees("Sie kennen die Immobilie schon", "You know the property already")
    expect(person.page.locator("article.expose")).to_have_count(0)
    assert not [kind for kind, _ in desk.events(sent.public_id) if kind == "DeclarationMade"]
    until(lambda: any("Mara Berger" in mail.subject for mail in desk.mails_to("jana.roth@")))


def the_agent_is_warned_and_a_weak_label_refused(desk: Desk, person: Person) -> None:
    """2, 6: what § 656c BGB forbids is refused and what § 87 GModG misses said before sending; a weak label is refused
    with the reason.
    """
    page, way = person.page, person.way
    given = desk.ask("sign_in_as", way.language)
    page.goto(given["link"])
    person.presses("Anmelden", "Sign in")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    for letter, notice, law in (("unequal", "bad", "656c"), ("flat", "wait", "GModG")):
        page.goto(f"{desk.server.url}{given[letter]}")
        expect(page.locator(f"#preview .notice.{notice}")).to_contain_text(law)
    page.goto(f"{desk.server.url}/settings/sending/")
    person.types(f"order_label_{way.language}", way("Weiter", "Continue"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("I ZR 159/24")
    expect(page.locator(f"[name=order_label_{way.language}]")).to_have_value(way("Weiter", "Continue"))
    if way.scripts:
        axe(page)


LINES = [
    each_rule_asks_for_what_its_row_says,
    what_is_owed_stands_above_an_unmistakable_button,
    without_an_early_start_it_opens_by_itself,
    policy_form_and_declarations_stay_in_the_mailbox,
    the_name_is_the_signature,
    a_yes_by_mail_is_the_order,
    a_consumers_yes_by_mail_waits_for_the_period,
    the_address_stays_hidden_before_the_gate,
    who_knows_the_property_says_so,
    the_agent_is_warned_and_a_weak_label_refused,
]


def test_each_line_in_two_opposite_ways(
    desk: Desk, open_page: OpenPage, shot: Shot, request: pytest.FixtureRequest
) -> None:
    walk(LINES, desk, Person, open_page, shot, every=request.config.getoption("--screenshots"))


@pytest.mark.soak
def test_each_line_in_every_way(desk: Desk, open_page: OpenPage, shot: Shot) -> None:
    walk(LINES, desk, Person, open_page, shot, every=True)
