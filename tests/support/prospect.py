"""A served sample office, somebody at work in it, and a prospect who gets its mails."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.at_work import Office, an_office_process
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox, mailbox

from siegelpost.mail.sink import ParsedMail

ARRIVES_WITHIN = 120.0
SUBJECT = {"de": "Ihre Anfrage", "en": "Your inquiry"}
ORDER = {"de": "Zahlungspflichtig bestellen", "en": "Order with obligation to pay"}


@dataclass
class Scene:
    """A served sample office, somebody at work in it, and the prospect's mailbox."""

    server: Server
    office: Office
    mails: Mailbox

    def send(self, language: str = "de", commission: str = "commission") -> tuple[str, str]:
        """Send; gives the dispatch's public id and the link from the mail that has arrived."""
        public_id = str(uuid.uuid4())
        words = SUBJECT[language]
        known = sum(mail.subject.startswith(words) for mail in self.mails.mails())
        self.office.ask(f"send_sample {public_id} {language} {commission}")
        link = next(link for link in self.mail(known, words).links if "/s/" in link)
        return public_id, link

    def mail(self, number: int, words: str) -> ParsedMail:
        """The mail with this number, oldest first, once it has arrived; only subjects that begin so count."""
        until = time.monotonic() + ARRIVES_WITHIN
        while time.monotonic() < until:
            mails = [mail for mail in self.mails.mails() if mail.subject.startswith(words)]
            if len(mails) > number:
                return mails[number]
            time.sleep(0.05)
        pytest.fail(f"the mail did not arrive; the server says:\n{self.server.log[-3000:]}")


@pytest.fixture
def scene(serve: Serve, repository: Path, tmp_path: Path) -> Iterator[Scene]:
    with mailbox(tmp_path / "mailbox") as mails:
        server = serve(smtp_host="127.0.0.1", smtp_port=str(mails.port), smtp_security="none")
        with an_office_process(server, repository) as office:
            office.ask("sample")
            yield Scene(server, office, mails)
