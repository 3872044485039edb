"""Every way of a prospect through a secure exposé: phone and desktop, German and English, with scripts and without,
by the keyboard alone; axe finds nothing on any of the pages."""

from dataclasses import dataclass
from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.prospect import ORDER, Scene

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
MOST_TABS = 80


@dataclass(frozen=True)
class Words:
    """What stands on the pages."""

    withdraw: str
    confirm: str
    withdrawn: str
    acknowledged: str
    thanks: str
    viewing: str
    arrived: str
    consent_mail: str
    yes: str
    consented: str
    take_back: str
    no_offers: str
    view: str


WORDS = {
    "de": Words(
        "Vertrag widerrufen", "Widerruf bestätigen", "Ihr Widerruf ist eingegangen", "Eingang Ihres Widerrufs",
        "Vielen Dank für Ihren Auftrag", "Ich möchte besichtigen", "Danke, das ist angekommen", "Bitte bestätigen",
        "Ja, einwilligen", "Sie bekommen weitere Angebote", "Einwilligung widerrufen", "Sie bekommen keine Angebote",
        "Exposé ansehen",
    ),
    "en": Words(
        "Withdraw from contract", "Confirm withdrawal", "Your withdrawal has been received",
        "Receipt of your withdrawal", "Thank you for your instruction", "I want to see it", "Thank you, it has arrived",
        "Please confirm", "Yes, I consent", "You get further offers", "Withdraw consent", "You get no offers",
        "View the exposé",
    ),
}  # fmt: skip


@dataclass
class Prospect:
    """Somebody at a device who uses nothing but the keyboard."""

    page: Page
    scripts: bool

    def goes_to(self, target: Locator) -> None:
        """Press Tab until the target is focused."""
        expect(target).to_have_count(1)
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the keyboard does not get to {target}")

    def presses(self, name: str, role: str = "button") -> None:
        self.goes_to(self.page.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]  # one of the roles
        self.page.keyboard.press("Enter")

    def types(self, field: str, text: str) -> None:
        self.goes_to(self.page.locator(f"[name={field}]"))
        self.page.keyboard.type(text)

    def ticks(self, box: str) -> None:
        self.goes_to(self.page.locator(f"input[name={box}]"))
        self.page.keyboard.press("Space")

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.looks()

    def looks(self) -> None:
        """Nothing is wider than the screen, nothing is kept on the device, and axe finds nothing."""
        width = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], self.page.url
        assert self.page.context.cookies() == []
        if self.scripts:
            axe(self.page)


# Every language on every device with scripts, and each of them at least once without; the whole product is in soak.
SOME = [*product(["de", "en"], ["phone", "desktop"], [True]), ("de", "phone", False), ("en", "desktop", False)]
ALL = list(product(["de", "en"], ["phone", "desktop"], [True, False]))


def test_every_way_on_every_device(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    _every_way(scene, open_page, shot, SOME)


@pytest.mark.soak
def test_every_way_in_every_combination(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    _every_way(scene, open_page, shot, ALL)


def _every_way(scene: Scene, open_page: OpenPage, shot: Shot, ways: list[tuple[str, str, bool]]) -> None:
    for number, (language, device, scripts) in enumerate(ways):
        page = open_page(device, language=language, javascript=scripts, dark=number % 3 == 2)
        prospect = Prospect(page, scripts)
        name = f"{language}-{device}{'-dark' if number % 3 == 2 else ''}"
        words = WORDS[language]
        _orders_says_a_word_and_consents(scene, prospect, words, language, shot, name)
        _orders_later_and_withdraws(scene, prospect, words, language, shot, name)
        page.context.close()


def _orders_says_a_word_and_consents(
    scene: Scene, prospect: Prospect, words: Words, language: str, shot: Shot, name: str
) -> None:
    page = prospect.page
    _, link = scene.send(language, "several")
    page.goto(link)
    prospect.looks()
    for box in page.locator("input[type=checkbox]").all():
        expect(box).not_to_be_checked()
    above = page.locator("form.gate .offer")
    expect(above).to_contain_text("%")
    button = page.get_by_role("button", name=ORDER[language])
    # What is owed stands directly above the button: nothing comes between the last offer and it.
    assert button.evaluate("button => button.previousElementSibling.matches('.offer')")
    shot(page, f"recipient-several-{name}", full=True)
    prospect.ticks("begin_early")
    prospect.ticks("knows_loss")
    prospect.types("name", "Mara Berger")
    prospect.presses(ORDER[language])
    expect(page.locator("article.expose")).to_have_count(2)
    prospect.looks()
    prospect.types("note", "Samstag passt mir gut.")
    shot(page, f"recipient-next-{name}")
    prospect.presses(words.viewing)
    prospect.sees(words.arrived)
    page.go_back()
    prospect.ticks("offers")
    known = sum(mail.subject.startswith(words.consent_mail) for mail in scene.mails.mails())
    if known < 2:  # who has been asked twice is not asked again
        page.keyboard.press("Enter")
        mail = scene.mail(known, words.consent_mail)
        page.goto(next(link for link in mail.links if "/einwilligung/" in link))
        prospect.looks()
        shot(page, f"recipient-consent-{name}")
        prospect.presses(words.yes)
        prospect.sees(words.consented)
        prospect.presses(words.take_back)
        prospect.sees(words.no_offers)


def _orders_later_and_withdraws(
    scene: Scene, prospect: Prospect, words: Words, language: str, shot: Shot, name: str
) -> None:
    page = prospect.page
    _, link = scene.send(language)
    page.goto(link)
    prospect.types("name", "Mara Berger")
    prospect.presses(ORDER[language])
    prospect.sees(words.thanks)
    shot(page, f"recipient-waiting-{name}", full=True)
    assert scene.server.get(f"{urlsplit(link).path}expose.pdf").status == 403
    known = sum(mail.subject.startswith(words.acknowledged) for mail in scene.mails.mails())
    prospect.presses(words.withdraw, "link")
    prospect.sees(words.withdraw)
    shot(page, f"recipient-withdraw-{name}")
    prospect.presses(words.confirm)
    prospect.sees(words.withdrawn)
    acknowledgement = scene.mail(known, words.acknowledged)
    assert "Mara Berger" in acknowledgement.text
    page.goto(link)
    prospect.looks()
    # The public address needs no login either, and stands on every page.
    prospect.presses(words.withdraw, "link")
    prospect.sees(words.withdraw)
    assert urlsplit(page.url).path == "/widerruf/"


def test_a_commission_free_exposé_on_every_device(scene: Scene, open_page: OpenPage) -> None:
    for language, device, scripts in [("de", "phone", True), ("en", "desktop", False), ("en", "phone", True)]:
        _, link = scene.send(language, "free")
        prospect = Prospect(open_page(device, language=language, javascript=scripts), scripts)
        prospect.page.goto(link)
        prospect.looks()
        prospect.presses(WORDS[language].view)
        expect(prospect.page.locator("article.expose")).to_have_count(1)
        prospect.looks()
        prospect.page.context.close()
