"""Every reader of foreign bytes, as a function of bytes: true where something was understood, never an exception.

What a reader refuses by its own error is an answer like any other. Modules are imported within the functions, so that
:mod:`tests.fuzz.campaign` can have them instrumented.
"""

import io
import json
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from tests.fuzz import answer_seeds, seeds
from tests.fuzz.answers import (
    acme_answer,
    backup,
    dns_answer,
    dns_service,
    intake_name,
    mailbox,
    proxy_header,
    revocation,
    token_answer,
)
from tests.fuzz.conversations import http_head, lmtp_dialogue, watched_server
from tests.fuzz.files import autoconfig, document, logo, marked, photo, picture, table, vcard, whole_zip

WRITER, OFFICE = "vera@example.org", "buero@office.test"


@dataclass(frozen=True, slots=True)
class Reader:
    """One way into the house.

    Args:
        read: gives whether something was understood; may raise nothing.
        packages: what is watched for paths that were not taken before.
        seeds: sound inputs to begin with, all of them understood.
        longest: bytes of an input.
    """

    read: Callable[[bytes], object]
    packages: tuple[str, ...]
    seeds: Callable[[], Iterable[bytes]]
    longest: int = 8192


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def folder() -> Path:
    return _folder(None)


@cache
def _folder(_: None) -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def mail(data: bytes) -> object:
    """What it is, by every reader that the jobs process has of it; and its form for a proof."""
    from siegelpost.mail import reader
    from siegelpost.mail.incoming import authentication_results, automatic_mail, contents
    from siegelpost.mail.outgoing import redaction

    contents.read(data, ["mx.office.test"])
    with suppress(redaction.SecretLeftError):
        redaction.redacted(data, ["abcdefghijklmnop"])
    message = reader.parsed(data)
    for part in reader.parts(message):
        reader.filename(part)
        reader.content(part)
    senders = [box for name in ("From", "To", "Reply-To") for box in reader.mailboxes(message, name)]
    reader.header(message, "Subject")
    authentication_results.first_server(message)
    automatic_mail.wrote(message)
    automatic_mail.has_no_way_back(message)
    return senders


def bounce(data: bytes) -> object:
    from siegelpost.mail.incoming import bounces

    report = bounces.read(data)
    bounces.answer_of(report)
    report.about(WRITER, OFFICE)
    return report.kind is not bounces.ReportKind.OTHER


def reply(data: bytes) -> object:
    from siegelpost.dispatch.recipient import reply_meaning
    from siegelpost.mail.incoming import contents

    contents.own_words(data, seeds.OURS)
    contents.own_words(data, None)
    found = contents.answer_text(data, seeds.OURS, ["Ihr Exposé"])
    meaning = reply_meaning.meaning(found.texts, reply_meaning.People(("Vera Opfer",), ("Max Makler",)))
    return any(reply_meaning.speaks_of_withdrawal(each) or reply_meaning.asks(each) or meaning for each in found.texts)


def html(data: bytes) -> object:
    from siegelpost.mail.incoming import quoting

    text = text_of(data)
    quoting.marks_in_html(text)
    quoting.links_in_html(text)
    return quoting.text_of_html(text) + quoting.text_of_html(text, quotes=True)


def openimmo(data: bytes) -> object:
    from siegelpost.estates.imports import commission
    from siegelpost.estates.openimmo import OpenImmoError, file
    from siegelpost.estates.openimmo.messages import AttachmentError
    from siegelpost.estates.openimmo.reader import read

    path = folder() / "transfer"
    path.write_bytes(data)
    properties = 0
    with suppress(OpenImmoError), path.open("rb") as opened:
        list(file.parts(opened, "transfer"))
    with suppress(OpenImmoError), read(path) as transfer:
        for each in (one for delivery in transfer.deliveries for one in delivery.properties):
            properties += 1
            commission.terms(each)
            for attachment in each.attachments:
                with suppress(AttachmentError):
                    attachment.read(transfer.files)
    return properties


def key_container(data: bytes) -> object:
    from siegelpost.tls import containers

    try:
        found = containers.read(data, (b"geheim",))
    except containers.UnreadableError:
        return False
    return found.certificates or found.keys


def bought(data: bytes) -> object:
    from siegelpost.tls import bought as shop

    try:
        return shop.unpack(tuple(seeds.pieces(data)), (b"geheim",), ())
    except shop.NotImportableError as error:
        error.text("de")
        return False


def chain(data: bytes) -> object:
    """A name, a root, and a row of certificates: once the root is somebody's own, and once one that browsers ship."""
    from datetime import UTC, datetime

    from siegelpost.doctor import judgement_words
    from siegelpost.doctor.judge import judge
    from siegelpost.doctor.policy import knowledge
    from siegelpost.doctor.x509.chain import ChainError
    from siegelpost.doctor.x509.names import UnusableNameError

    name, root, *sent = [*seeds.pieces(data), b"", b""][: max(3, len(seeds.pieces(data)))]
    at, known = datetime(2026, 11, 23, tzinfo=UTC), seeds.known()
    for shipped, added in (((), [root]), ([root], ())):
        try:
            with patch.object(knowledge, "current", lambda: known):
                judgement = judge(list(filter(None, sent)), text_of(name), at=at, roots=shipped, local_roots=added)
        except (ChainError, UnusableNameError):
            return False
        for language in ("de", "en"):
            judgement_words.as_text(judgement, language)
            judgement_words.as_json(judgement, language)
    return True


def handshake(data: bytes) -> object:
    """What a server says that is being checked: hello, certificates, OCSP answer, and its head over HTTP."""
    from siegelpost.doctor.live import flight, hello, staple
    from siegelpost.doctor.live.handshake import certificates_of, spoken
    from siegelpost.doctor.live.web import read_head

    spoken(data)
    for has_context in (True, False):
        for certificate in certificates_of(data, has_context=has_context):
            staple.is_good(certificate, seeds.chain_der())
    flight.status(data)
    with suppress(flight.UnreadableError):
        flight.extensions(data)
    staple.entries(data, seeds.chain_der())
    staple.is_good(data, seeds.chain_der())
    staple.is_good(data, (data, data))
    left = iter((data, b""))
    with suppress(ValueError):
        read_head(lambda: next(left, b""))
    return hello.read_reply(data)


def issuer(data: bytes) -> object:
    """What lies where a certificate says that its issuer lies; and where it says so."""
    from siegelpost.doctor.der import DerError
    from siegelpost.doctor.live import aia
    from siegelpost.doctor.x509.certificate import parse

    with suppress(DerError):
        aia.issuer_url(parse(data))
    try:
        return aia._certificates(data)
    except aia.FetchError:
        return False


def time_stamp(data: bytes) -> object:
    from siegelpost.proof.token import TokenError, check_token, read_roots

    with suppress(TokenError, ValueError):
        read_roots(data)
    try:
        return check_token(data, b"content")
    except TokenError:
        return False


def note(data: bytes) -> object:
    """What is signed, and what stands in it: notes, seals, keys, paths in the tree, leaves, openings, manifests."""
    from siegelpost.ledger import checkpoint, leaf
    from siegelpost.ledger import note as notes
    from siegelpost.proof import known_checkpoints, manifest

    text = text_of(data)
    given: tuple[Callable[[], object], ...] = (
        lambda: notes.Note.parse(data),
        lambda: notes.Verifier.parse(text.strip()),
        lambda: checkpoint.TreeHead.parse(text),
        lambda: leaf.read(data),
        lambda: leaf.read_openings(data),
        lambda: manifest.open_note(data),
        lambda: manifest.Manifest.parse(text),
        lambda: known_checkpoints.checkpoints_in(data),
    )
    understood = False
    for each in given:
        with suppress(notes.NoteError, leaf.LeafError, manifest.ManifestError):
            understood |= each() != []
    return understood


def proof(data: bytes) -> object:
    """A whole proof as a ZIP, and its report in both languages."""
    from siegelpost.proof import report_words
    from siegelpost.proof.report import Check
    from siegelpost.proof.verify import verify

    path = folder() / "proof.zip"
    path.write_bytes(data)
    report = verify(path)
    for language in ("de", "en"):
        report_words.text(report, language)
    json.dumps(report.as_json())
    return Check.CONTAINER not in {each.check for each in report.failures}


def client_hello(data: bytes) -> object:
    from siegelpost.tls.front.client_hello import MalformedError, NotTlsError, parse

    try:
        return parse(data)
    except (NotTlsError, MalformedError):
        return False


def plain_http(data: bytes) -> object:
    """The plain port, and what proxies say of the client."""
    from ipaddress import ip_network

    from siegelpost.tls.front import plain, proxies

    head = plain.head_of(data)
    fields = [(name.lower(), value) for name, _, value in (line.partition(b":") for line in data.splitlines())]
    for field in (proxies.X_FORWARDED_FOR, proxies.FORWARDED):
        visitor = proxies.visitor_of("127.0.0.1", fields, [ip_network("127.0.0.0/8")], field)
        proxies.is_private(visitor.address)
        proxies.scheme_of(fields, field)
    return head and plain.answer(head, location=lambda host: f"https://{host}", tokens=lambda token: token)


def form(data: bytes) -> object:
    """A form with files, as Django reads it."""
    from django.conf import settings
    from django.core.exceptions import SuspiciousOperation
    from django.core.files.uploadhandler import MemoryFileUploadHandler
    from django.http.multipartparser import MultiPartParser, MultiPartParserError

    head = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(len(data))}
    handlers = [MemoryFileUploadHandler()]
    try:
        fields, files = MultiPartParser(head, io.BytesIO(data), handlers, settings.DEFAULT_CHARSET).parse()
    except (MultiPartParserError, SuspiciousOperation):
        return False
    return fields or files


def settings_file(data: bytes) -> object:
    """The settings' file; an administrator's words, but nobody shall meet a traceback."""
    import os

    from siegelpost import settings
    from siegelpost.misconfigured import MisconfiguredError

    path = folder() / "siegelpost.toml"
    path.write_bytes(data)
    os.environ["SIEGELPOST_CONFIG"] = str(path)
    settings.load.cache_clear()
    try:
        return settings.load()
    except MisconfiguredError as error:
        return error.text("de") is None
    finally:
        del os.environ["SIEGELPOST_CONFIG"]
        settings.load.cache_clear()


def address(data: bytes) -> object:
    """Addresses that others name: of servers, of push services, of people."""
    from siegelpost.doctor.live.names import kind_of
    from siegelpost.doctor.live.target import TargetError, parse
    from siegelpost.mail.push import wire
    from siegelpost.toolbox import addresses, limits
    from siegelpost.toolbox.outgoing import DestinationRefusedError

    text = text_of(data)
    limits.source(text)
    limits.mailbox(text)
    found = addresses.is_mail_address(text)
    with suppress(TargetError):
        found |= bool(kind_of(parse(text)))
    with suppress(DestinationRefusedError):
        wire.check(text)
        found = True
    return found


def words(data: bytes) -> object:
    """What people type or files say in free words: commissions, names, dates in sentences."""
    from siegelpost.estates import commission_words
    from siegelpost.office import placeholders
    from siegelpost.toolbox import folding

    text = text_of(data)
    for each in (commission_words.fee, commission_words.vat, commission_words.named, commission_words.is_free):
        each(text)
    placeholders.filled(text, {place[1:-1]: "x" for place in placeholders.places_in(text)})
    return folding.fold(text)


READERS: dict[str, Reader] = {
    "mail": Reader(
        mail,
        ("siegelpost.mail",),
        seeds.mails,
    ),
    "bounce": Reader(bounce, ("siegelpost.mail",), seeds.bounces),
    "reply": Reader(
        reply,
        ("siegelpost.mail", "siegelpost.dispatch.recipient"),
        seeds.replies,
    ),
    "html": Reader(html, ("siegelpost.mail",), seeds.html),
    "table": Reader(
        table,
        ("siegelpost.contacts.address_books.tables",),
        seeds.tables,
    ),
    "vcard": Reader(
        vcard,
        ("siegelpost.contacts.vcard_reader", "siegelpost.contacts.vcard_lines"),
        seeds.vcards,
    ),
    "openimmo": Reader(openimmo, ("siegelpost.estates",), seeds.openimmo, 65_536),
    "whole_zip": Reader(
        whole_zip,
        ("siegelpost.estates.intake.wholeness", "zipfile"),
        seeds.whole_zips,
        65_536,
    ),
    "picture": Reader(
        picture,
        ("siegelpost.estates.pictures",),
        seeds.pictures,
    ),
    "document": Reader(document, ("siegelpost.estates.documents",), seeds.documents),
    "marked": Reader(marked, ("siegelpost.estates.marking",), seeds.documents),
    "logo": Reader(
        logo,
        ("siegelpost.office.logo", "siegelpost.office.pictures"),
        seeds.logos,
    ),
    "photo": Reader(
        photo,
        ("siegelpost.office.photo", "siegelpost.office.pictures"),
        seeds.logos,
    ),
    "key_container": Reader(key_container, ("siegelpost.tls.containers",), seeds.key_containers),
    "bought": Reader(bought, ("siegelpost.tls",), seeds.bought),
    "chain": Reader(chain, ("siegelpost.doctor",), seeds.chains),
    "handshake": Reader(handshake, ("siegelpost.doctor",), seeds.handshakes),
    "issuer": Reader(issuer, ("siegelpost.doctor",), seeds.issuers),
    "time_stamp": Reader(time_stamp, ("siegelpost.proof", "asn1crypto"), seeds.time_stamps),
    "note": Reader(note, ("siegelpost.ledger", "siegelpost.proof"), seeds.notes),
    "proof": Reader(proof, ("siegelpost.ledger", "siegelpost.proof"), seeds.proofs, 262_144),
    "client_hello": Reader(client_hello, ("siegelpost.tls.front",), seeds.client_hellos),
    "plain_http": Reader(plain_http, ("siegelpost.tls.front",), seeds.requests),
    "http_head": Reader(http_head, ("siegelpost.tls.front", "uvicorn", "django.http"), seeds.requests),
    "token_answer": Reader(token_answer, ("siegelpost.mail.sign_in",), seeds.token_answers),
    "autoconfig": Reader(autoconfig, ("siegelpost.mail.discovery", "siegelpost.toolbox"), seeds.autoconfigs),
    "lmtp_dialogue": Reader(lmtp_dialogue, ("siegelpost.mail.incoming", "aiosmtpd"), seeds.dialogues),
    "form": Reader(form, ("django.http.multipartparser",), seeds.forms),
    "dns_answer": Reader(dns_answer, ("siegelpost.doctor.live", "siegelpost.mail.domain"), seeds.dns_answers, 2048),
    "acme_answer": Reader(acme_answer, ("siegelpost.tls.acme", "acme", "josepy"), seeds.acme_answers),
    "settings_file": Reader(settings_file, ("siegelpost.settings", "siegelpost.misconfigured"), seeds.settings_files),
    "address": Reader(address, ("siegelpost.toolbox", "siegelpost.doctor.live", "idna"), seeds.addresses, 2048),
    "watched_server": Reader(watched_server, ("siegelpost.certificates.watched", "siegelpost.doctor"), seeds.watched),
    "revocation": Reader(revocation, ("siegelpost.doctor",), answer_seeds.revocations),
    "proxy_header": Reader(proxy_header, ("siegelpost.tls.front",), answer_seeds.proxy_headers, 4096),
    "mailbox": Reader(mailbox, ("siegelpost.mail.incoming", "imapclient", "imaplib"), answer_seeds.mailboxes),
    "dns_service": Reader(dns_service, ("siegelpost.certificates.dyndns",), answer_seeds.dns_services, 2048),
    "backup": Reader(backup, ("siegelpost.backup", "tarfile", "gzip"), answer_seeds.backups, 65_536),
    "intake_name": Reader(intake_name, ("siegelpost.estates.intake.box",), answer_seeds.intake_names, 2048),
    "words": Reader(words, ("siegelpost.estates", "siegelpost.toolbox"), seeds.words),
}
