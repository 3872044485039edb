"""Signatures: only once their record is in the DNS, and such that another program finds them right."""

from datetime import timedelta

import dkim
import pytest
from django.utils import timezone
from tests.support.mailing import queue, use

from siegelpost.mail.domain import dkim as own_dkim
from siegelpost.mail.domain.records import Lookup, NoAnswerError
from siegelpost.mail.models import OutgoingMail, SigningKey

pytestmark = pytest.mark.django_db


def dns(key: SigningKey, *, changed: str = "") -> Lookup:
    """A DNS that has the key's record, or another text under its name."""
    return lambda name, kind: [changed or key.record] if (name, kind) == (key.record_name, "TXT") else []


def no_dns(name: str, kind: str) -> list[str]:
    raise NoAnswerError(name)


def verified(mail: OutgoingMail, key: SigningKey) -> bool:
    """What a receiving server makes of the mail."""
    return bool(dkim.verify(mail.mime(), dnsfunc=lambda name, timeout=5: key.record.encode()))


def test_nothing_is_signed_before_the_record_is_seen() -> None:
    use(25)
    key = own_dkim.make_key("office.test")
    assert not own_dkim.start(key, lambda name, kind: [])
    assert b"DKIM-Signature" not in queue().mime()
    assert not own_dkim.start(key, no_dns)
    assert own_dkim.start(key, dns(key))
    mail = queue("größe@example.test", text="Grüße\n.\n\n" + "x" * 500)
    assert mail.mime().startswith(b"DKIM-Signature:")
    assert verified(mail, key)
    own_dkim.stop(key.domain)
    assert b"DKIM-Signature" not in queue().mime()


def test_a_changed_mail_is_found() -> None:
    use(25)
    key = own_dkim.make_key("office.test")
    own_dkim.start(key, dns(key))
    mime = queue().mime()

    def right(raw: bytes) -> bool:
        return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: key.record.encode()))

    assert right(mime)
    assert not right(mime.replace(b"Subject: ", b"Subject: x"))
    assert not right(mime.replace(b"Guten Tag", b"Guten Abend"))


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: Other",
        b"From: a@b.test",
        b"To: a@b.test",
        b"Date: x",
        b"Content-Type: text/html",
        b"Reply-To: a@b.test",
    ],
)
def test_nothing_can_be_put_on_top(header: bytes) -> None:
    """A second Subject on top, which programs show, left the signature right."""
    use(25)
    key = own_dkim.make_key("office.test")
    own_dkim.start(key, dns(key))
    mail = queue()
    assert verified(mail, key)
    raw = header + b"\r\n" + mail.mime()
    assert not dkim.verify(raw, dnsfunc=lambda name, timeout=5: key.record.encode())


def test_what_servers_add_on_the_way_breaks_nothing() -> None:
    """Exchange names a language where none is named, and lists put their own headers on top."""
    use(25)
    key = own_dkim.make_key("office.test")
    own_dkim.start(key, dns(key))
    raw = b"Content-Language: de-DE\r\nList-Id: <a.test>\r\nX-Spam-Status: No\r\n" + queue().mime()
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: key.record.encode())


def test_only_the_senders_domain_signs() -> None:
    use(25)
    key = own_dkim.make_key("elsewhere.test")
    own_dkim.start(key, dns(key))
    assert b"DKIM-Signature" not in queue().mime()


@pytest.mark.parametrize("text", ["v=DKIM1; k=rsa; p=", "v=DKIM1; p=AAAA", "v=spf1 -all", "p"])
def test_another_record_is_not_the_one(text: str) -> None:
    key = own_dkim.make_key("office.test")
    assert own_dkim.is_published(key, dns(key, changed=text)) is False


def test_a_record_that_is_gone_ends_the_signing_and_a_silent_dns_does_not() -> None:
    key = own_dkim.make_key("office.test")
    own_dkim.start(key, dns(key))
    own_dkim.check_again(lambda name, kind: [])
    key.refresh_from_db()
    assert key.signing, "it was looked at just now"
    SigningKey.objects.update(checked_at=timezone.now() - timedelta(days=1))
    own_dkim.check_again(no_dns)
    key.refresh_from_db()
    assert key.signing
    own_dkim.check_again(lambda name, kind: [])
    key.refresh_from_db()
    assert not key.signing


def test_a_new_key_signs_alone_and_stopping_stops_all() -> None:
    use(25)
    old, new = own_dkim.make_key("office.test"), own_dkim.make_key("office.test")
    own_dkim.start(old, dns(old))
    own_dkim.start(new, dns(new))
    assert verified(queue(), new)
    own_dkim.stop(new.domain)
    assert b"DKIM-Signature" not in queue().mime()


def test_looking_again_while_the_dns_is_silent_changes_nothing() -> None:
    use(25)
    key = own_dkim.make_key("office.test")
    own_dkim.start(key, dns(key))
    assert own_dkim.start(key, no_dns) is None
    assert verified(queue(), key)


def test_what_was_stopped_while_the_dns_was_asked_stays_stopped() -> None:
    key = own_dkim.make_key("office.test")
    own_dkim.start(key, dns(key))
    SigningKey.objects.update(checked_at=timezone.now() - timedelta(days=1))

    def slow(name: str, kind: str) -> list[str]:
        own_dkim.stop(key.domain)
        return dns(key)(name, kind)

    own_dkim.check_again(slow)
    key.refresh_from_db()
    assert not key.signing


def test_the_key_lies_sealed() -> None:
    key = own_dkim.make_key("office.test")
    assert b"PRIVATE" not in bytes(key.sealed_private)
    assert len(f'"{key.record}"') < 450, "it fits into what DNS providers take"
