"""Every test here has a database of its own, little patience with mail servers, and hears what is told."""

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support.imap import ImapServer, imap_server
from tests.support.pki import Authority

if TYPE_CHECKING:
    from siegelpost.mail.models import OutgoingMail
    from siegelpost.mail.outgoing.transitions import Change


@pytest.fixture(autouse=True)
def little_patience(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support import mailing

    from siegelpost.mail.outgoing import delivery

    monkeypatch.setattr(delivery, "PATIENCE", mailing.LITTLE_PATIENCE)
    mailing.forget_rest()


@pytest.fixture
def changes() -> "Iterator[list[Change]]":
    """What listeners are told."""
    from siegelpost.mail.outgoing import outbox

    told: list[Change] = []
    listener = outbox.on_change(lambda change: told.append(change))
    yield told
    outbox.forget(listener)


HOUSE = Authority.root("House authority")
PASSWORD = "größer"


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    served = HOUSE.issue("localhost")
    chain = tmp_path / "chain.pem"
    chain.write_text(served.chain_pem + served.key_pem)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(chain)
    return made


@pytest.fixture
def server(context: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    """A mailbox on loopback, which the office reads."""
    root = tmp_path / "house.pem"
    root.write_text(HOUSE.pem)
    with imap_server(context, "buero", PASSWORD) as running:
        given = {
            "TRUST_ROOTS": json.dumps([str(root)]),
            "IMAP_HOST": "localhost",
            "IMAP_PORT": str(running.port),
            "IMAP_USER": "buero",
            "IMAP_PASSWORD": PASSWORD,
        }
        for name, value in given.items():
            monkeypatch.setenv(f"SIEGELPOST_{name}", value)
        _forget_settings()
        yield running
    monkeypatch.undo()
    _forget_settings()


def _forget_settings() -> None:
    from siegelpost.mail.outgoing import smtp
    from siegelpost.settings import load

    load.cache_clear()
    smtp.tls_context.cache_clear()


@pytest.fixture
def accepted() -> "OutgoingMail":
    """A mail of ours that the mail server took, and of which samples tell."""
    from tests.support.mailing import queue, use
    from tests.unit.mail import bounce_samples as samples

    from siegelpost.mail.models import MailState, OutgoingMail

    use(25)
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.ACCEPTED, message_id=samples.OURS, public_id=samples.ENVELOPE
    )
    return mail
