"""Served offices, somebody at work in them, and the mails that went out; one whose mailbox is watched over IMAP."""

import json
import shlex
import ssl
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.support.at_work import Office, an_office_process
from tests.support.imap import ImapServer, imap_server
from tests.support.pki import Authority
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox, mailbox
from tests.support.waiting import until

from siegelpost.mail.sink import ParsedMail

# The office's own mail server, as it calls itself.
TRUSTED = "mx.lindenhof.example"
PASSWORD = "größer"


@dataclass(frozen=True)
class Sent:
    """A dispatch whose notice has arrived."""

    public_id: str
    address: str
    notice: ParsedMail

    @property
    def link(self) -> str:
        """The secret link in the notice."""
        return link_in(self.notice)


def link_in(mail: ParsedMail) -> str:
    """The secret link in a mail."""
    return next(link for link in mail.links if "/s/" in link)


@dataclass
class Scene:
    """A server, somebody at work in the office, and the mails that went out."""

    server: Server
    office: Office
    mails: Mailbox

    def ask(self, command: str, *arguments: str) -> Any:
        """Have the office's process do something."""
        return self.office.ask(" ".join([command, *map(shlex.quote, arguments)]))

    def mail_to(self, address: str, words: str = "", number: int = 0) -> ParsedMail:
        """The mail to this address with this number, oldest first, once it is there; only subjects with the words."""
        until(lambda: len(self.mails_to(address, words)) > number)
        return self.mails_to(address, words)[number]

    def mails_to(self, address: str, words: str = "") -> list[ParsedMail]:
        """What has arrived there so far."""
        return [mail for mail in self.mails.mails() if address in mail.recipient and words in mail.subject]

    def events(self, public_id: str) -> list[tuple[str, dict[str, Any]]]:
        """What the ledger has of a dispatch."""
        return [(kind, data) for kind, data in self.ask("events", public_id)]

    def kinds(self, public_id: str) -> list[str]:
        """The kinds of what the ledger has of it, in their order."""
        return [kind for kind, _data in self.events(public_id)]


@dataclass
class Desk(Scene):
    """An office without pictures, which is soon set up, and its own mailbox."""

    imap: ImapServer

    def send(self, language: str, **options: Any) -> Sent:
        """Send to a prospect of its own; ``options`` are those of the command ``send_expose``."""
        public_id = str(uuid.uuid4())
        made = self.ask("send_expose", public_id, language, json.dumps(options))
        return Sent(public_id, made["address"], self.mail_to(made["address"]))

    def answer(self, sent: Sent, words: str) -> None:
        """The prospect answers the notice, the words above a full quote, and the answer reaches the mailbox."""
        message = EmailMessage()
        domain = sent.address.rpartition("@")[2]
        message["Authentication-Results"] = f"{TRUSTED}; dmarc=pass header.from={domain}"
        message["From"] = f"Mara Berger <{sent.address}>"
        message["To"] = sent.notice.sender
        message["Subject"] = f"Re: {sent.notice.subject}"
        message["In-Reply-To"] = sent.notice.message_id
        message["Message-ID"] = f"<{uuid.uuid4()}@berger.example>"
        quoted = "\n".join(f"> {line}" for line in sent.notice.text.splitlines())
        message.set_content(f"{words}\n\nAm 25.11.2026 um 10:00 schrieb Lindenhof Immobilien:\n{quoted}\n")
        self.imap.arrive(message.as_bytes())


@pytest.fixture
def desk(serve: Serve, authority: Authority, repository: Path, tmp_path: Path) -> Iterator[Desk]:
    certificate = authority.issue("localhost")
    chain = tmp_path / "imap.pem"
    chain.write_text(certificate.chain_pem + certificate.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with mailbox(tmp_path / "mailbox") as mails, imap_server(context, "buero", PASSWORD, idle=True) as imap:
        reading = {
            "imap_host": "localhost",
            "imap_port": str(imap.port),
            "imap_user": "buero",
            "imap_password": PASSWORD,
            "mail_trusted_servers": json.dumps([TRUSTED]),
        }
        server = serve(smtp_host="127.0.0.1", smtp_port=str(mails.port), smtp_security="none", **reading)
        with an_office_process(server, repository, **reading) as office:
            office.ask("expose_office")
            # What arrives before the mailbox is watched was there before, and is left alone.
            until(lambda: "IDLE" in imap.said)
            yield Desk(server, office, mails, imap)
            server.stop()  # before the mailbox that it watches
