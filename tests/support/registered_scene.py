"""A served office that sends registered mail, and its recipients: at each size, in each language, with scripts and
without, by the keyboard alone."""

import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.support.at_work import Office, an_office_process
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.desk import link_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox, mailbox
from tests.support.waiting import until

from siegelpost.mail.sink import ParsedMail

MOST_TABS = 60


@dataclass(frozen=True)
class Sent:
    """A registered mail whose notice has arrived."""

    public_id: str
    address: str
    code: str
    batch: str
    notice: ParsedMail

    @property
    def link(self) -> str:
        """The secret link in the notice."""
        return link_in(self.notice)


@dataclass
class RegisteredScene:
    """The server, somebody at work in the office, and the recipients' mailboxes."""

    server: Server
    office: Office
    mails: Mailbox
    _numbers: Iterator[int] = field(default_factory=count)

    def ask(self, command: str, *arguments: str) -> Any:
        """Have the office's process do something."""
        return self.office.ask(" ".join([command, *map(shlex.quote, arguments)]))

    def send(self, language: str = "de", recipients: int = 1, **options: Any) -> list[Sent]:
        """Send to recipients of their own; ``options`` are those of the command ``send_registered``."""
        to = [f"mara.{next(self._numbers)}@berger.example" for _ in range(recipients)]
        made = self.ask("send_registered", language, json.dumps({**options, "to": to}))
        return [
            Sent(one["sent"], address, one["code"], one["batch"], self.mail_to(address))
            for one, address in zip(made["all"], to, strict=True)
        ]

    def mails_to(self, address: str, words: str = "") -> list[ParsedMail]:
        """What has arrived there so far, the oldest first; only subjects with the words."""
        return [mail for mail in self.mails.mails() if address in mail.recipient and words in mail.subject]

    def mail_to(self, address: str, words: str = "") -> ParsedMail:
        """The first such mail, once it is there."""
        until(lambda: self.mails_to(address, words), seconds=60)
        return self.mails_to(address, words)[0]

    def events(self, sent: Sent) -> list[str]:
        """The kinds of what the ledger has of it, in their order."""
        return [kind for kind, _data in self.ask("events", sent.public_id)]

    def state(self, sent: Sent) -> str:
        """As the installation has it."""
        return str(self.ask("truth")[sent.public_id]["state"])


@pytest.fixture
def registered_scene(serve: Serve, repository: Path, tmp_path: Path) -> Iterator[RegisteredScene]:
    with mailbox(tmp_path / "mailbox") as mails:
        server = serve(smtp_host="127.0.0.1", smtp_port=str(mails.port), smtp_security="none")
        with an_office_process(server, repository) as office:
            office.ask("registered_office")
            yield RegisteredScene(server, office, mails)


@dataclass(frozen=True)
class Combination:
    """How a recipient comes."""

    device: Literal["phone", "desktop"]
    language: Literal["de", "en"]
    scripts: bool

    @property
    def dark(self) -> bool:
        """Among those with scripts, whom axe can look after, are both."""
        return self.language == "en"


def _all_of_them() -> Iterator[Combination]:
    for device, language, scripts in product(("phone", "desktop"), ("de", "en"), (True, False)):
        yield Combination(device, language, scripts)  # type: ignore[arg-type]  # product widens the literals


EVERY = tuple(_all_of_them())
# Two opposites show a line at each size, in each language, with scripts and without. The pairs take turns, so that all
# the lines together meet every combination.
OPPOSITES = tuple(zip(EVERY[:4], reversed(EVERY[4:]), strict=True))


@dataclass
class Recipient:
    """Somebody at a device who uses nothing but the keyboard."""

    page: Page
    how: Combination
    shot: Shot

    def __call__(self, german: str, english: str) -> str:
        """What stands on the page, in this recipient's language."""
        return english if self.how.language == "en" else german

    def opens(self, address: str, german: str, english: str) -> None:
        """Go there, and see this heading."""
        self.page.goto(address)
        self.sees(german, english)

    def sees(self, german: str, english: str) -> None:
        """The heading says this, and nothing is wrong with the page."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self(german, english))
        self.looks()

    def looks(self) -> None:
        """Nothing is wider than the screen, nothing is kept on the device, and axe finds nothing."""
        width = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], self.page.url
        assert self.page.context.cookies() == []
        assert self.page.locator("input:checked").count() == 0
        expect(self.page.locator("html")).to_have_attribute("lang", self.how.language)
        if self.how.scripts:
            axe(self.page)

    def goes_to(self, target: Locator) -> None:
        """Press Tab until it is focused."""
        expect(target).to_have_count(1)
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the keyboard does not get to {target}")

    def presses(self, target: Locator) -> None:
        """Go there and press Enter."""
        self.goes_to(target)
        self.page.keyboard.press("Enter")

    def types(self, field: str, text: str) -> None:
        """Type into the field, over what stands there."""
        self.goes_to(self.page.locator(f"input[name={field}]"))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def accepts(self, code: str = "") -> None:
        """Give the code where there is one, tick the box and press the button."""
        if code:
            self.types("code", code)
        form = self.page.locator("form[action$='annehmen/']")
        self.goes_to(form.locator("input[name=sure]"))
        self.page.keyboard.press("Space")
        self.presses(form.get_by_role("button", name=self("Annehmen", "Accept"), exact=True))

    def refuses(self) -> None:
        """Open what is folded, tick the box and press the button."""
        self.presses(self.page.locator("details.refuse summary"))
        form = self.page.locator("form[action$='ablehnen/']")
        self.goes_to(form.locator("input[name=sure]"))
        self.page.keyboard.press("Space")
        self.presses(form.get_by_role("button", name=self("Ablehnen", "Refuse"), exact=True))

    def picture(self, name: str) -> None:
        """For the docs, where they are wanted."""
        look = f"{self.how.device}{'-dark' if self.how.dark else ''}{'' if self.how.scripts else '-plain'}"
        self.shot(self.page, f"registered-{name}-{self.how.language}-{look}", full=True)


Line = Callable[[RegisteredScene, Recipient], None]


def walk(
    lines: Sequence[Line], scene: RegisteredScene, open_page: OpenPage, shot: Shot, *, every: bool = False
) -> None:
    """Walk through each line in two opposite combinations or in every one.

    In one served office: setting it up costs more than the way.
    """
    for number, line in enumerate(lines):
        for how in EVERY if every else OPPOSITES[number % len(OPPOSITES)]:
            page = open_page(how.device, language=how.language, javascript=how.scripts, dark=how.dark)
            scene.ask("forget_counts")
            try:
                line(scene, Recipient(page, how, shot))
            except BaseException as error:
                error.add_note(f"{line.__name__}: {how}\n{scene.server.log[-2000:]}")
                raise
            page.context.close()
