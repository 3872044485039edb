"""A served office that sends registered mail, and its recipients, who use nothing but the keyboard."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.support.at_work import an_office_process
from tests.support.desk import Scene, Sent
from tests.support.keyboard import Person, Way
from tests.support.serving import Serve
from tests.support.smtp import mailbox


@dataclass(frozen=True)
class SentRegistered(Sent):
    """A registered mail whose notice has arrived."""

    code: str
    batch: str


@dataclass
class RegisteredScene(Scene):
    """The office, and the recipients' mailboxes."""

    _numbers: Iterator[int] = field(default_factory=count)

    def send(self, language: str = "de", recipients: int = 1, **options: Any) -> list[SentRegistered]:
        """Send to recipients of their own; ``options`` are those of the command ``send_registered``."""
        to = [f"mara.{next(self._numbers)}@berger.example" for _ in range(recipients)]
        made = self.ask("send_registered", language, json.dumps({**options, "to": to}))
        return [
            SentRegistered(one["sent"], address, self.mail_to(address), one["code"], one["batch"])
            for one, address in zip(made["all"], to, strict=True)
        ]

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


@dataclass
class Recipient(Person):
    """Of a registered mail: the boxes are never ticked before."""

    @staticmethod
    def in_the_dark(way: Way) -> bool:
        """Among those with scripts, whom axe can look after, are both."""
        return way.language == "en"

    def opens(self, address: str, german: str = "", english: str = "") -> None:
        """Go there, and see this heading."""
        self.page.goto(address)
        self.sees(german, english)

    def looks(self) -> None:
        super().looks()
        assert self.page.locator("input:checked").count() == 0

    def accepts(self, code: str = "") -> None:
        """Give the code where there is one, tick the box and press the button."""
        if code:
            self.types("code", code)
        self.ticks("sure", "form[action$='annehmen/']")
        self.presses("Annehmen", "Accept")

    def refuses(self) -> None:
        """Open what is folded, tick the box and press the button."""
        self.enters(self.page.locator("details.refuse summary"))
        self.ticks("sure", "form[action$='ablehnen/']")
        self.presses("Ablehnen", "Refuse")

    def shot(self, name: str, *, full: bool = True) -> None:
        way = self.way
        look = f"{way.device}{'-dark' if self.in_the_dark(way) else ''}{'' if way.scripts else '-plain'}"
        self.take(self.page, f"registered-{name}-{way.language}-{look}", full=full)
