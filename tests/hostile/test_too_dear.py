"""What strangers send and would cost too much: it is ended in time, said in both languages, and nothing is lost."""

import hashlib
import io
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys, pem
from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from PIL import Image
from tests.support.der import integer, octets, oid, sequence
from tests.support.office import a_dispatch, an_agent, an_office, the_guard_says
from tests.support.pki import Authority
from tests.support.reading_room import running
from tests.unit.estates import transfers
from tests.unit.estates.transfers import A_PDF, picture

from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.contacts.vcard_reader import unpack as unpack_cards
from siegelpost.dispatch import schedule
from siegelpost.dispatch.models import Declaration
from siegelpost.doctor.judge import judge
from siegelpost.estates import documents, marking, media, pictures
from siegelpost.estates.import_models import ImportState
from siegelpost.estates.imports import job, upload
from siegelpost.estates.media import MediaError, MediaFault
from siegelpost.estates.models import Estate
from siegelpost.estates.openimmo.file import parts as openimmo_parts
from siegelpost.foreign import room
from siegelpost.foreign.errors import BusyError
from siegelpost.foreign.table import BY_FUNCTION
from siegelpost.ledger.models import Event
from siegelpost.mail.incoming import contents, routing, unread
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose, UnreadMail
from siegelpost.office import logo, photo
from siegelpost.office import pictures as own_pictures
from siegelpost.office.models import Language, Role
from siegelpost.office.pictures import PictureError
from siegelpost.settings import configure
from siegelpost.tls import bought, key_costs
from siegelpost.tls.bought import House, NotImportableError, read_bought, take_in
from siegelpost.tls.refusals import RefusalReason
from siegelpost.tls.store import Store
from siegelpost.web import downloads

KEY = ec.generate_private_key(ec.SECP256R1())
# A report of which the library that takes mails apart makes a part of every empty line.
REPORT = (
    "From: mailer-daemon@x.test\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n{}\n"
    "--b\nContent-Type: message/delivery-status\n\n"
)


@contextmanager
def short_of(function: Callable[..., object], **limits: Any) -> Iterator[None]:
    """The product's readers, one of which may cost less than it otherwise may, so that tests are short."""
    name = f"{function.__module__}:{function.__qualname__}"
    rows = [replace(row, **limits) if row.function == name else row for row in BY_FUNCTION.values()]
    with running(rows):
        yield


def bomb(iterations: int = 40_000_000) -> bytes:
    """A PKCS #12 of 418 bytes that says how often its password is to be hashed."""
    made = asn1_pkcs12.Pfx.load(pkcs12.serialize_key_and_certificates(None, KEY, None, None, _encryption()))
    made["mac_data"]["iterations"] = iterations
    return bytes(made.dump(force=True))


def _encryption() -> serialization.KeySerializationEncryption:
    builder = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1)
    return builder.hmac_hash(SHA256()).build(b"x")


PBKDF2, SCRYPT = "1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"


def dear_pem(hashed_by: str, *costs: int) -> bytes:
    """An encrypted key that says how dear it is to open."""
    hashing = sequence(oid(hashed_by), sequence(octets(b"saltsalt"), *map(integer, costs)))
    cipher = sequence(oid("2.16.840.1.101.3.4.1.42"), octets(b"i" * 16))
    algorithm = sequence(oid("1.2.840.113549.1.5.13"), sequence(hashing, cipher))
    return bytes(pem.armor("ENCRYPTED PRIVATE KEY", sequence(algorithm, octets(b"x" * 64))))


def huge_modulus() -> bytes:
    """A key of 40,000 bits."""
    one = 2**40_000 - 1
    numbers = dict.fromkeys(("modulus", "private_exponent"), one) | {"public_exponent": 65537, "version": 0}
    small = dict.fromkeys(("prime1", "prime2", "exponent1", "exponent2", "coefficient"), 3)
    return bytes(pem.armor("RSA PRIVATE KEY", keys.RSAPrivateKey({**numbers, **small}).dump()))


DEAR = {
    "hashing of a PKCS #12": bomb,
    "hashing of a key": lambda: dear_pem(PBKDF2, 20_000_000),
    "scrypt": lambda: dear_pem(SCRYPT, 2**22, 8, 4),
    "modulus": huge_modulus,
}


@pytest.mark.parametrize("file", DEAR)
def test_what_a_key_would_cost_is_read_before(file: str) -> None:
    """A PKCS #12 of 418 bytes, handed in by a partner's link, held the whole server up for minutes."""
    began = time.thread_time()
    with pytest.raises(NotImportableError) as refused:
        bought.unpack((DEAR[file](),), (b"x",), ())
    assert refused.value.reason is RefusalReason.TOO_DEAR
    assert time.thread_time() - began < 1
    assert "10 Millionen" in refused.value.text("de")
    assert "10 million" in refused.value.text("en")


def test_what_is_usual_is_bearable() -> None:
    usual = serialization.BestAvailableEncryption(b"x")
    pfx = pkcs12.serialize_key_and_certificates(b"n", KEY, None, None, usual)
    assert key_costs.are_bearable(pfx)
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, usual)
    assert key_costs.are_bearable(KEY.private_bytes(*form))


def test_what_cannot_be_seen_before_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_costs, "MOST_ITERATIONS", 2**40)
    with short_of(bought.unpack, cpu=1), pytest.raises(NotImportableError) as refused:
        read_bought([bomb()], [b"x"])
    assert refused.value.reason is RefusalReason.TOO_DEAR


def test_a_chain_that_costs_too_much_to_judge_is_not_taken_in(tmp_path: Path) -> None:
    """32 KB of certificates with many constraints took 51 s: they are looked up now, and whatever comes next ends."""
    leaf = Authority.root().issue("office.test")
    with short_of(judge, answer=100), pytest.raises(NotImportableError) as refused:
        take_in(Store(tmp_path / "tls"), [leaf.chain_pem.encode(), leaf.key_pem.encode()], (), House("office.test"))
    assert refused.value.reason is RefusalReason.TOO_DEAR


@pytest.mark.django_db
@pytest.mark.parametrize("language", Language)
def test_cards_that_cost_too_much_are_refused_on_the_page(language: Language) -> None:
    """A file of 50 kB froze a whole worker; whatever does so another time is ended, and nothing is taken in."""
    an_office()
    page = Client()
    page.force_login(an_agent(language=language))
    before = Contact.objects.count()
    content = "BEGIN:VCARD\nVERSION:3.0\nN:Müller;Jörg\nEND:VCARD\n" * 400
    with short_of(unpack_cards, answer=100):
        answer = page.post("/contacts/import/", {"file": SimpleUploadedFile("a.vcf", content.encode())}, secure=True)
    assert answer.status_code == 422
    words = "Es wurde nichts übernommen" if language == Language.GERMAN else "Nothing was taken"
    assert words in answer.content.decode()
    assert Contact.objects.count() == before


@pytest.fixture(autouse=True)
def german_again() -> Iterator[None]:
    """A page in English leaves its language behind."""
    yield
    translation.deactivate()


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setenv("SIEGELPOST_IMAP_HOST", "imap.lindenhof.test")
    configure()
    yield
    monkeypatch.undo()
    configure()


def report(about: str) -> bytes:
    return REPORT.format(f"In-Reply-To: {about}\n" if about else "").encode() + b"\n" * 1024 * 1024


@pytest.mark.usefixtures("office")
def test_a_mail_that_costs_too_much_is_kept_and_shown_once() -> None:
    """A delivery report of a megabyte of empty lines took the jobs process twenty seconds.

    It names a mail of ours, so it may be anything, a withdrawal, too: the agent is told at once to look at it, and
    nothing is declared.
    """
    dispatch = a_dispatch()
    notice = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id), purpose=Purpose.NOTICE)
    raw = report(notice.message_id)
    with short_of(contents.read, cpu=1):
        began = time.process_time()
        received = routing.take_in(raw).received
        again = routing.take_in(raw)
        schedule.quick()
        assert time.process_time() - began < 10  # of this process: the other one ends with what it may cost
    assert received is not None
    assert again.received == received
    assert not again.new
    received.refresh_from_db()
    assert received.mime() == raw
    assert received.handled_as == "unread"
    assert received.authentication["unread"] == "time"
    assert not Declaration.objects.exists()
    assert Event.objects.filter(kind="ReplyReceived").count() == 1
    told = OutgoingMail.objects.get(purpose=Purpose.AGENT_NOTICE)
    assert b"nicht lesen" in told.mime().replace(b"=\r\n", b"").replace(b"=\n", b"")


@pytest.mark.usefixtures("office")
def test_a_mail_that_costs_too_much_and_names_nothing_of_ours_is_not_kept_and_told_once(client: Client) -> None:
    """Only a line of the log spoke of it: a withdrawal in an odd mail, not sent as an answer, was seen by nobody."""
    a_dispatch()
    client.force_login(an_agent(role=Role.ADMINISTRATOR, password="vier Wörter sind genug"))
    with short_of(contents.read, cpu=1):
        for _ in range(2):
            assert routing.take_in(report("")).mail is None
        assert routing.take_in(report("")[:-1], handed_back=True).mail is None
    assert not IncomingMail.objects.exists()
    assert [one.handed_back for one in unread.waiting()] == [True, False]
    assert "2 Mails an die Adresse für Antworten" in page_of(client, "/today/now/")
    told = page_of(client, "/settings/mail/in/")
    assert told.count("Sie liegt im Postfach.") == told.count("Sie ging an ihren Absender zurück.") == 1
    client.post("/settings/mail/in/unread/", secure=True, headers={"host": "localhost"})
    with short_of(contents.read, cpu=1):
        routing.take_in(report(""))
    assert "zu aufwendig" not in page_of(client, "/settings/mail/in/") + page_of(client, "/today/now/")


def page_of(client: Client, path: str) -> str:
    answer = client.get(path, secure=True, headers={"host": "localhost"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_flood_of_mails_that_cost_too_much_has_an_end_and_old_ones_are_forgotten(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "MOST", 3)
    for number in range(5):
        unread.note(b"%d" % number, handed_back=True)
    assert len(unread.waiting()) == 3
    unread.looked_after()
    unread.note(b"after", handed_back=True)  # those somebody has looked after hide no new one
    assert len(unread.waiting()) == 1
    UnreadMail.objects.update(came_at=timezone.now() - unread.KEPT_FOR)
    assert unread.waiting() == []
    unread.note(b"new", handed_back=True)
    assert UnreadMail.objects.count() == 1


def test_a_picture_that_costs_too_much_is_refused_and_not_stored() -> None:
    """By what it answers: memory that the process of the tests has free from before would not count as more."""
    data = picture(size=(911, 701), format_="PNG")
    with short_of(pictures.draw, answer=100), pytest.raises(MediaError) as refused:
        media.prepare(data, "bild.png")
    assert refused.value.reason is MediaFault.TOO_DEAR
    assert "„bild.png“ zu öffnen hätte zu lange gedauert" in refused.value.text("de")
    assert "would have taken too long" in refused.value.text("en")
    assert not storage.path(hashlib.sha256(data).hexdigest()).exists()


def test_a_pdf_that_costs_too_much_is_refused_and_not_stored() -> None:
    """PDFs were kept unseen; now that they are opened, what they cost has an end.

    The store outlives a test, and others store the usual PDF: this one is like no other.
    """
    data = A_PDF + f"\n% {uuid.uuid4()}\n".encode()
    with short_of(documents.clean, answer=100), pytest.raises(MediaError) as refused:
        media.prepare(data, "plan.pdf")
    assert refused.value.reason is MediaFault.TOO_DEAR
    assert not storage.path(hashlib.sha256(data).hexdigest()).exists()
    media.prepare(data, "plan.pdf")
    assert storage.path(hashlib.sha256(data).hexdigest()).exists()


def test_a_pdf_that_costs_too_much_to_be_marked_is_not_handed_out_unmarked() -> None:
    data = A_PDF + f"\n% {uuid.uuid4()}\n".encode()
    marked = downloads.Download("document", storage.put(data), [], "Mara Berger", "de")
    with short_of(marking.mark, answer=100), pytest.raises(downloads.NotNowError):
        marked.fetched()
    assert marked.fetched()[0] != data


def test_the_largest_picture_that_is_allowed_is_drawn() -> None:
    """What is bearable by its size in pixels is bearable by what it takes to draw it, too."""
    image = Image.new("RGBA", (8000, 4999), (200, 30, 30, 128))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    assert media.prepare(out.getvalue(), "gross.png").renditions


@pytest.mark.parametrize("draw", [logo.draw, photo.draw])
def test_a_picture_of_the_office_that_costs_too_much_leaves_the_old_one(draw: Callable[[bytes], object]) -> None:
    chosen = SimpleUploadedFile("logo.png", picture(size=(900, 700), format_="PNG"))
    with short_of(draw, answer=100), pytest.raises(PictureError) as refused:
        own_pictures.drawn(draw, chosen)
    for language, words in (("de", "es blieb bei dem bisherigen"), ("en", "the old one was kept")):
        with translation.override(language):
            assert words in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_a_transfer_that_costs_too_much_is_refused_in_both_languages() -> None:
    estates = "".join(transfers.estate(f"A-{number}") for number in range(200))
    one = upload.begin([transfers.document(transfers.provider(estates))], "bestand.xml", agent=an_agent())
    with short_of(openimmo_parts, answer=10_000):
        job.round_()
    one.refresh_from_db()
    assert one.state == ImportState.FAILED
    assert "Die Datei zu lesen hätte zu lange gedauert" in one.problem["de"]
    assert "Nothing was changed" in one.problem["en"]
    assert not Estate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_waits_while_nobody_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the file: no try is held against it."""
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    one = upload.begin([transfers.document(transfers.provider(transfers.estate()))], "a.xml", agent=an_agent())
    with running(list(BY_FUNCTION.values())) as opened:
        opened.kill()
        with pytest.raises(BusyError):
            job.round_()
        one.refresh_from_db()
        assert (one.state, one.starts) == (ImportState.READING, 0)
        opened.start()
        monkeypatch.undo()
        job.round_()
    one.refresh_from_db()
    assert one.state == ImportState.READY
