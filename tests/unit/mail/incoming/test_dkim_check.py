"""Whether a writer's domain signed an answer, where the office's own mail server proves nothing."""

import time
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples
from tests.unit.mail.incoming.test_routing import DISPATCH, answer

from siegelpost.mail.domain.records import Lookup, NoAnswerError
from siegelpost.mail.incoming import dkim_check, routing
from siegelpost.mail.incoming.dkim_check import own_dkim
from siegelpost.mail.incoming.routing import take_in, unhandled_replies
from siegelpost.mail.models import IncomingMail, MailState, OutgoingMail, Purpose
from siegelpost.mail.reader import parsed, raw_headers


@cache
def pair() -> tuple[bytes, str]:
    """A private key, and the record of its public one."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


@pytest.fixture(autouse=True)
def accepted(transactional_db: None) -> OutgoingMail:
    """A mail of a dispatch that the mail server has taken."""
    use(25)
    mail = queue(purpose=Purpose.CONFIRMATION)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.ACCEPTED, message_id=samples.OURS, dispatch_id=DISPATCH
    )
    return mail


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The DNS has the key of every domain; gives the names that were asked for."""
    names: list[str] = []

    def lookup(name: str, _kind: str) -> list[str]:
        names.append(name)
        return [pair()[1]]

    monkeypatch.setattr(dkim_check, "resolver", lambda: lookup)
    return names


def signed(raw: bytes, domain: str = "example.test", **options: Any) -> bytes:
    return bytes(dkim.sign(raw, b"s1", domain.encode(), pair()[0], **options)) + raw


def found(raw: bytes) -> str | None:
    received = take_in(raw).received
    assert received is not None
    kept = IncomingMail.objects.get(pk=received.pk)
    assert list(unhandled_replies()) == [kept], "it is an answer all the same"
    value: str | None = kept.authentication.get("own_dkim")
    assert kept.authentication.get("proven", "") == ("own_dkim" if value == "pass" else "")
    return value


def test_the_writers_domain_has_signed(asked: list[str]) -> None:
    assert found(signed(answer("Ja."))) == "pass"
    assert asked == ["s1._domainkey.example.test"]


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (lambda: signed(answer("Ja.")).replace(b"Ja.", b"Nein."), "fail"),
        (lambda: signed(answer("Ja.")).replace(b"Subject: AW", b"Subject: FW"), "fail"),
        (lambda: signed(signed(answer("Ja.")), "liste.test"), "pass"),
        (lambda: signed(answer("Ja.")).replace(b"b=", b"b=AA", 1), "fail"),
        # Nobody who speaks for the writer has signed: nothing is said.
        (lambda: answer("Ja."), ""),
        (lambda: signed(answer("Ja."), "liste.test"), ""),
        (lambda: signed(answer("Ja."), "other.example.test"), ""),
        (lambda: signed(answer("Ja."), "ample.test"), ""),
        (lambda: signed(answer("Ja."), include_headers=[b"from"]), "pass"),
        (lambda: signed(answer("Ja."), include_headers=[b"from"]).replace(b"h=from", b"h=to", 1), ""),
        (lambda: signed(answer("Ja."), length=True), ""),
        (lambda: b"DKIM-Signature: " + b"\xff;=;" * 50 + b"\r\n" + answer("Ja."), ""),
    ],
    ids=[
        "another text",
        "another subject",
        "a list has signed besides",
        "a broken signature",
        "not signed",
        "by a list",
        "by a stranger",
        "by a part of the name",
        "only the sender",
        "not the sender",
        "only the beginning",
        "nonsense",
    ],
)
def test_what_counts_as_a_signature(raw: Callable[[], bytes], result: str, asked: list[str]) -> None:
    assert found(raw()) == result


def test_a_silent_dns_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(name: str, _kind: str) -> list[str]:
        raise NoAnswerError(name)

    lookup: Lookup = silent
    monkeypatch.setattr(dkim_check, "resolver", lambda: lookup)
    assert found(signed(answer("Ja."))) == "temperror"


def test_where_the_offices_server_has_proven_it_nothing_is_asked(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "trusted_servers", lambda: {"mx.office.test"})
    raw = b"Authentication-Results: mx.office.test; dmarc=pass header.from=example.test\r\n" + signed(answer("Ja."))
    received = take_in(raw).received
    assert received is not None
    assert received.authentication["proven"] == "dmarc"
    assert "own_dkim" not in received.authentication
    assert asked == []


def test_a_domain_above_speaks_for_one_below_but_no_registry_does(asked: list[str]) -> None:
    raw = signed(answer("Ja.", sender="anna@mail.example.test"))
    assert own_dkim(raw, raw_headers(parsed(raw), "DKIM-Signature"), "anna@mail.example.test") == "pass"
    raw = signed(answer("Ja.", sender="anna@example.co.uk"), "co.uk")
    assert own_dkim(raw, raw_headers(parsed(raw), "DKIM-Signature"), "anna@example.co.uk") == ""


def test_only_what_the_recipient_may_have_written_is_looked_up(asked: list[str]) -> None:
    """The key, and so the work, is chosen by whoever writes."""
    assert found(signed(answer("Ja.", sender="eve@evil.test"), "evil.test")) is None
    assert asked == []


@pytest.mark.parametrize("body", [" " * 300_000, " \t" * 100_000 + "\n", "\n" * 100_000 + "x", "a " * 100_000])
def test_no_body_takes_long(body: str, asked: list[str]) -> None:
    """Blanks before a line's end were looked for from each of them on: a stranger's mail took minutes."""
    began = time.process_time()
    found(signed(answer("Ja."), "example.test") + body.encode())
    assert time.process_time() - began < 5


def test_bytes_that_two_readers_read_in_two_ways_prove_nothing(asked: list[str]) -> None:
    """A lone carriage return ends a line for us and not for the signature: words could be put above the signed ones."""
    hidden = b"X-A: a\r\rJa, ich bestelle zahlungspflichtig.\r\nTo: buero"
    raw = signed(answer("Nein.")).replace(b"To: buero", hidden, 1)
    assert found(raw) == ""
