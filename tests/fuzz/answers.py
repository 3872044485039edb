"""Readers of what others answer this server, and of what is said to it before HTTP, mail or files begin.

As :mod:`tests.fuzz.readers` has them: whatever the bytes, the answer is read or refused by an error of its own.
"""

import imaplib
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from tests.fuzz import answer_seeds


def revocation(data: bytes) -> object:
    """A list of what an authority took back; once as if it were signed, so that what stands behind is read as well."""
    from siegelpost.doctor.live import revocation as lists
    from siegelpost.doctor.live.revocation_words import as_json, lines

    understood = False
    for trusting in (False, True):
        with patch.object(lists, "_is_signed", lambda *_: True) if trusting else nullcontext():
            found = lists.ask(answer_seeds.served(), lambda _url: data, at=datetime.now(UTC))
        for language in ("de", "en"):
            lines(found, language)
            json.dumps(as_json(found, language))
        understood |= any(each.why not in {lists.Why.UNREADABLE, lists.Why.NO_ISSUER} for each in found)
    return understood


def proxy_header(data: bytes) -> object:
    """What a balancer says first on each connection."""
    from siegelpost.tls.front.client_hello import MalformedError
    from siegelpost.tls.front.proxy_header import Announced, parse

    try:
        return isinstance(parse(data), Announced)
    except MalformedError:
        return False


class _Mute:
    """A socket at which everything may be said."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args, **_options: None


def mailbox(data: bytes) -> object:
    """What a mailbox's server says from its greeting on; the tags of the commands are always the same."""
    from siegelpost.mail.incoming import imap
    from siegelpost.mail.incoming.imap_failures import MailboxError, explain
    from siegelpost.mail.incoming.imap_line import Line
    from siegelpost.mail.incoming.mailbox_settings import ImapMailbox

    def opened(wire: Any, *_where: object) -> None:
        wire.sock, wire.file = _Mute(), io.BufferedReader(io.BytesIO(data))

    known = ImapMailbox("imap.test", 993, "büro", "geheim", "Inbox.Anfragen")
    with (
        patch.object(imaplib.IMAP4, "open", opened),
        patch.object(imaplib, "random", SimpleNamespace(randint=lambda *_: 4096)),
        patch.object(Line, "socket", lambda _line: _Mute()),
    ):
        try:
            with imap.opened(known) as line:
                imap.latest_headers(line)
                imap._arrival(line, 1)
                return imap._fetch(line, 1, 1000)
        except MailboxError as error:
            explain(error.cause, host=known.host, port=known.port, folder=known.folder)
            return False


def dns_service(data: bytes) -> object:
    """What a service answers, line by line, through which a record is written; the first byte says which, and how."""
    import dns.message

    from siegelpost.certificates.dyndns import api, rfc2136, services
    from siegelpost.certificates.dyndns.record import Change, DnsWriteError, RecordType
    from siegelpost.settings import load
    from siegelpost.toolbox.outgoing import Reply

    names = list(services.SERVICES)
    chosen, rest = data[:1] or b"\0", data[1:]
    name = names[chosen[0] % len(names)]
    head = {"retry-after": rest[:12].decode("latin-1"), "set-cookie": rest[:80].decode("latin-1")}
    status = (200, 201, 404, 429, 503)[chosen[0] // len(names) % 5]
    replies = chain((Reply(status, line, head) for line in rest.splitlines()), repeat(Reply(status, rest, head)))
    options = {
        **{each.name: "x" for each in services.SERVICES[name].fields},
        "url": "https://dyn.test/?ip=<ipaddr>&six=<ip6addr>",
        "key_secret": "eHh4eA==",
        "key_algorithm": "",
    }
    change = Change("www.office.test", RecordType.A, ip_address("192.0.2.1"), "office.test", frozenset())
    with (
        patch.object(api, "destination", lambda *_, **_options: None),
        patch.object(api, "exchange", lambda *_, **_options: next(replies)),
        patch.object(rfc2136, "_asked", lambda *_: dns.message.from_wire(rest)),
    ):
        try:
            return services.write(name, options, change, load())
        except DnsWriteError:
            return False


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def backup(data: bytes) -> object:
    """A backup that is to be brought back, up to its database."""
    from siegelpost.backup import database, restore
    from siegelpost.backup.manifest import BackupError
    from siegelpost.settings import load

    archive, target = _folder() / "backup.tar.gz", _folder() / "data"
    archive.write_bytes(data)
    shutil.rmtree(target, ignore_errors=True)
    with patch.object(database, "fill", lambda *_: None):
        try:
            return restore.restore_archive(archive, load().model_copy(update={"data": target}))
        except (BackupError, OSError):
            return False


def intake_name(data: bytes) -> object:
    """What a program calls a file that it hands over, as each of the doors gives it on."""
    from siegelpost.estates.intake.box import BadNameError, parts_of

    understood = False
    for text in (data.decode("utf-8", "surrogateescape"), data.decode("utf-8", "replace"), data.decode("latin-1")):
        with suppress(BadNameError):
            parts = parts_of(text)
            assert ".." not in parts
            assert not any("/" in part or "\0" in part for part in parts)
            understood = True
    return understood


def dns_answer(data: bytes) -> object:
    """What name servers say of a name, of who may issue for it, and of its mail."""
    import dns.exception
    import dns.message
    from tests.fuzz.conversations import Answering

    from siegelpost.doctor.live import issuance, lookup
    from siegelpost.mail.domain import records
    from siegelpost.toolbox.deadline import Deadline

    lines = data.decode("utf-8", "replace").splitlines()
    records.examine("example.org", lambda _name, kind: [f"10 {each}." for each in lines] if kind == "MX" else lines)
    records.public_key_in(data.decode("utf-8", "replace"))
    try:
        dns.message.from_wire(data)
    except dns.exception.DNSException:
        return False
    found = [lookup._ask_one("example.org", kind, Answering(data), Deadline(5)) for kind in ("A", "AAAA")]
    read = any(each.answer is not lookup.LookupAnswer.FAILED for each in found)
    return issuance._caa("example.org", Answering(data), Deadline(5)).known or read


def token_answer(data: bytes) -> object:
    """What an authorization server answers, and what mail servers say before they refuse a token."""
    from datetime import UTC, datetime

    from siegelpost.mail.models import MailSignIn
    from siegelpost.mail.sign_in import authority, bearer
    from siegelpost.mail.sign_in.troubles import SignInError, Trouble, named
    from siegelpost.toolbox.outgoing import Reply

    answer, explained = authority._parsed(data), bearer.explanation(data)
    refused = authority._refusal(answer, Reply(400, data), datetime.now(UTC))
    for words in (refused.words, authority.clean(data.decode("utf-8", "replace")), explained):
        named(words)
        words.encode()  # what is kept has to fit into a database
    try:
        return bool(authority._granted(MailSignIn(provider="google"), answer, datetime.now(UTC)).access)
    except SignInError:
        return refused.trouble is not Trouble.NOT_ANSWERED or explained != data.decode("utf-8", "replace")


def acme_answer(data: bytes) -> object:
    """An authority's JSON as each of the things it may be."""
    from datetime import UTC, datetime

    from acme import messages
    from tests.fuzz.conversations import Authoritative

    from siegelpost.tls.acme import ari
    from siegelpost.tls.acme.client import problem_of, told
    from siegelpost.tls.acme.plan import Authority
    from siegelpost.tls.acme.problems import AcmeError

    authority = Authority("https://ca.test/directory")
    understood = False
    for kind in (messages.Directory, messages.Order, messages.Authorization, messages.Registration, messages.Error):
        with suppress(AcmeError), told(authority):
            found = kind.from_json(json.loads(data))
            understood = True
            if isinstance(found, messages.Error):
                problem_of(found)
    with suppress(AcmeError):
        ari.ask(Authoritative(data, authority), "x", None, datetime(2026, 11, 29, tzinfo=UTC))  # type: ignore[arg-type]  # as much of one as it asks
        understood = True
    return understood
