"""Whether a writer's domain signed an answer, where the receiving server says nothing: evidence, never a refusal."""

from base64 import b64encode
from collections.abc import Callable
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples
from tests.unit.mail.test_incoming import DISPATCH, answer

from siegelpost.dispatch.replies import _is_forged
from siegelpost.mail import own_verification
from siegelpost.mail.authentication import Lookup, NoAnswerError
from siegelpost.mail.incoming import take_in, unhandled_replies
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose, State


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
    OutgoingMail.objects.filter(pk=mail.pk).update(state=State.ACCEPTED, message_id=samples.OURS, dispatch_id=DISPATCH)
    return mail


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The DNS has the key of every domain; gives the names that were asked for."""
    names: list[str] = []

    def lookup(name: str, _kind: str) -> list[str]:
        names.append(name)
        return [pair()[1]]

    monkeypatch.setattr(own_verification, "resolver", lambda: lookup)
    return names


def signed(raw: bytes, domain: str = "example.test", **options: bool) -> bytes:
    return bytes(dkim.sign(raw, b"s1", domain.encode(), pair()[0], **options)) + raw


def found(raw: bytes) -> str | None:
    received = take_in(raw).received
    assert received is not None
    kept = IncomingMail.objects.get(pk=received.pk)
    assert not _is_forged(kept)
    assert list(unhandled_replies()) == [kept], "it is an answer all the same"
    value: str | None = kept.authentication.get("own_dkim")
    return value


def test_the_writers_domain_has_signed(asked: list[str]) -> None:
    assert found(signed(answer("Ja."))) == "pass"
    assert asked == ["s1._domainkey.example.test"]


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (lambda: signed(answer("Ja.")).replace(b"Ja.", b"Nein."), "fail"),
        (lambda: signed(answer("Ja.")).replace(b"Subject: AW", b"Subject: FW"), "fail"),
        (lambda: signed(answer("Ja.", sender="anna@mail.example.test")), "pass"),
        (lambda: signed(signed(answer("Ja.")), "liste.test"), "pass"),
        (lambda: signed(answer("Ja.")).replace(b"b=", b"b=AA", 1), "fail"),
        # Nobody who speaks for the writer has signed: nothing is said.
        (lambda: answer("Ja."), ""),
        (lambda: signed(answer("Ja."), "liste.test"), ""),
        (lambda: signed(answer("Ja."), "other.example.test"), ""),
        (lambda: signed(answer("Ja."), "ample.test"), ""),
        (lambda: signed(answer("Ja."), length=True), ""),
        (lambda: b"DKIM-Signature: " + b"\xff;=;" * 50 + b"\r\n" + answer("Ja."), ""),
    ],
)
def test_what_counts_as_a_signature(raw: Callable[[], bytes], result: str, asked: list[str]) -> None:
    assert found(raw()) == result


def test_a_silent_dns_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(name: str, _kind: str) -> list[str]:
        raise NoAnswerError(name)

    lookup: Lookup = silent
    monkeypatch.setattr(own_verification, "resolver", lambda: lookup)
    assert found(signed(answer("Ja."))) == "temperror"


def test_where_the_receiving_server_has_looked_nothing_is_asked(asked: list[str]) -> None:
    raw = b"Authentication-Results: mx.office.test; dkim=fail\r\n" + signed(answer("Ja."))
    assert found(raw) is None
    assert asked == []
