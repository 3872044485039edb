"""Whoever is erased is gone from every byte of every file of the data folder, whatever had been done with them."""

import base64
from pathlib import Path

import pytest
from tests.support.installations import Installation
from tests.support.written_forms import held

ROOT = Path(__file__).parents[2]
SHELL = ("manage", "shell", "--no-imports", "--verbosity", "0", "--command")
NAMES = ["Vörönika", "berger.test", "Mara Berger"]
HEAD = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from siegelpost.server.prepare import prepare
from siegelpost.settings import load
prepare(load())
from siegelpost.cases import erasure
"""
# Looked at while the connection is open: the last one to close takes the log with it.
ERASED = f"""{HEAD}
from tests.support.office import a_contact, an_agent
def held():
    files = sorted(load().data.glob("siegelpost.sqlite3*"))
    return [file.name.rpartition("sqlite3")[2] for file in files if b"Schweigerin" in file.read_bytes()]
agent, contact = an_agent(), a_contact(last_name="Schweigerin")
before = held()
erasure.erase(contact, by=agent)
print("before:", *before, "after:", *held())
"""
# A secure exposé that was ordered, answered, withdrawn from and came back, and a registered mail; with activities, a
# consent, an invitation, a message for the phone, a letter. Then all of their time is over.
EVERYTHING = f"""{HEAD}
import os, time, uuid
import pytest
from datetime import timedelta
from email.message import EmailMessage
from django.db import connection, transaction
from django.utils import timezone
from tests.support import mailing
from tests.support.office import *
from siegelpost.dispatch import links
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Way
from siegelpost.dispatch.recipient import interest, withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.recipient.withdrawal_desk import Received
from siegelpost.dispatch.send import registered
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import MailState, OutgoingMail
from siegelpost.office.models import Language

MARKS = [b"Schweigerin", b"schweigerin", b"Geheimgasse", b"0171 9988776", b"verschwiegen"]

def held():
    folder, found = load().data, set()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content, top = file.read_bytes(), file.relative_to(folder).parts[0]
            found |= {{top.rpartition("sqlite3")[2] or "db" for mark in MARKS if mark in content}}
    return sorted(found)

an_office()
the_guard_says(True, pytest.MonkeyPatch())
agent = an_agent()
contact = a_contact(last_name="Schweigerin", email="vera@schweigerin.test", street="Geheimgasse 1",
                    mobile="0171 9988776", note="verschwiegen", company="Schweigerin GmbH")
an_activity(contact=contact)
an_appointment(contact=contact)
client = Client("203.0.113.7", "Schweigerin/1.0")
dispatch = a_dispatch(agent, contact=contact)
token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
declare(token, Form(stamp, "Vera Schweigerin", frozenset(DeclarationKind), "Firma Schweigerin"), client)
letters.confirm(dispatch.pk)
interest.say(token, stamp, InterestKind.VIEWING, "verschwiegen am Samstag", client)
interest.ask_for_offers(token, stamp, client)
OutgoingMail.objects.update(state=MailState.ACCEPTED, accepted_at=timezone.now())
mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).first()
answer = EmailMessage()
answer["From"], answer["To"] = "Vera Schweigerin <vera@schweigerin.test>", mail.sender
answer["In-Reply-To"] = mail.message_id
answer.set_content("Ich bin verschwiegen.")
assert routing.take_in(answer.as_bytes()).received
assert routing.take_in(mailing.bounce_of(mail)).received
paper = Received(Way.LETTER, timezone.localdate(), "verschwiegen", "Schweigerin.pdf", b"Ich, Vera Schweigerin.")
withdrawal_desk.receive(Dispatch.objects.get(pk=dispatch.pk), paper, by=agent)
said = dict(name="Vera Schweigerin", email="vera@schweigerin.test", contract="verschwiegen", token=None)
stray = withdrawn(**said, client=client)
withdrawal_desk.assign(stray, Dispatch.objects.get(pk=dispatch.pk), by=agent)
letter = RegisteredLetter([contact], "An Frau Schweigerin", "verschwiegen", Language.GERMAN, False, 7, 0)
registered.send(agent, letter, batch=uuid.uuid4())
seal()
before = held()
long_ago = timezone.now() - timedelta(days=366 * 30)
Dispatch.objects.update(created_at=long_ago, expires_at=long_ago)
Dispatch.objects.exclude(declared_at=None).update(declared_at=long_ago)
from siegelpost.dispatch.models import Withdrawal
Withdrawal.objects.update(made_at=long_ago)
assert erasure.erase(contact, by=agent), "something has to be kept"
for file in load().data.joinpath("files").rglob("*"):
    if file.is_file():
        os.utime(file, (time.time() - 86400,) * 2)
while retention.sweep():
    pass
print("before:", *before, "after:", *held())
"""

# Everybody of the office in which each fate was made by the product's own functions: registered mail accepted, refused,
# expired and with a code, a gate that was refused, withdrawals of each sort, what was sent anew or in another's place;
# with a picture and a paper that somebody sent, a push message that waits, and files that wait in the spools.
EVERY_FATE = f"""{HEAD}
import os
from io import BytesIO
from email.message import EmailMessage
from PIL import Image
from tests.support import fates
from tests.support.office import a_contact
from tests.support.written_forms import held
from siegelpost import storage
from siegelpost.cases import clearance, push_news
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import uploads
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_desk
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.push.models import PushDevice, PushMessage

NAMES = {NAMES!r}
fates.a_contact = lambda **given: a_contact(**{{"first_name": "Vörönika", **given}})

class WithPictures(fates.Fates):
    def _before(self):
        super()._before()
        PushDevice.objects.create(agent=self.agent, name="Handy", endpoint="https://push.test/1", endpoint_sha256="1")
        push_news.round_()

    def answer(self, fate, words):
        super().answer(fate, words)
        mail = OutgoingMail.objects.filter(dispatch_id=str(self.now(fate).public_id)).earliest("pk")
        picture, said = BytesIO(), EmailMessage()
        Image.new("RGB", (90, 60), "teal").save(picture, "JPEG", comment="Vörönika".encode())
        said["From"], said["To"] = f"Vörönika <{{self.now(fate).contact.email}}>", mail.sender
        said["In-Reply-To"] = mail.message_id
        said.set_content("Anbei mein Ausweis, Vörönika", charset="latin-1", cte="quoted-printable")
        said.add_attachment(picture.getvalue(), maintype="image", subtype="jpeg", filename="Vörönika.jpg")
        paper = "Mara Berger".encode("utf-16")
        said.add_attachment(paper, maintype="application", subtype="octet-stream", filename="a.txt")
        assert routing.take_in(said.as_bytes()).received

with fates.every_fate(load().data.parent, WithPictures) as walked:
    push_news.round_()
    told = PushMessage.objects.filter(message__contains="Vörönika").exists()
    spool = load().data / storage.UPLOADS / "waiting"
    spool.mkdir(parents=True, exist_ok=True)
    (spool / "Ausweis.txt").write_text("Vörönika")
    before = held(load().data, NAMES)
    for stray in withdrawal_desk.waiting():
        withdrawal_desk.set_aside(stray, by=walked.agent)
    for contact in Contact.objects.filter(merged_into=None, card=None):
        erasure.erase(contact, by=walked.agent)
    reduced = Contact.objects.filter(card=None).count()
    walked.days(366 * 30)
    erasure.finish()
    clearance.round_()
    walked.days(15)
    clearance.round_()
    for file in (*load().data.joinpath("files").rglob("*"), *spool.iterdir()):
        if file.is_file():
            os.utime(file, (0, 0))
    while retention.sweep():
        pass
    uploads.forget_old()
    left = [table.objects.count() for table in (Dispatch, Withdrawal)] + [Contact.objects.filter(card=None).count()]
    after = held(load().data, NAMES)
print("before:", *sorted({{file.partition("/")[0] for file in before}}), "told:", told, "reduced:", reduced > 30)
print("left:", *left, "after:", *sorted(after))
"""


def test_an_erased_name_is_in_no_file_of_the_database(tmp_path: Path) -> None:
    assert printed_by(ERASED, tmp_path) == "before: -wal after:"


def test_of_who_ordered_answered_and_withdrew_no_byte_is_left(tmp_path: Path) -> None:
    """A deleted contact stood in the index of words twice, and whole in the write-ahead log."""
    said = printed_by(EVERYTHING, tmp_path)
    assert said.startswith("before: "), said
    assert {"-wal", "files"} <= set(said.partition(" after:")[0].split()), "the marks are there to be found"
    assert said.endswith("after:"), said


def test_of_everybody_of_every_fate_no_byte_is_left_in_any_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was shown of an exposé and of a registered mail that nobody had answered, and of a name without umlauts.

    Looked for as UTF-8, UTF-16, Latin-1, quoted-printable, base64, in pages, addresses, JSON and as the index of words
    writes it: in the data folder, in the folder for temporary files, and in what the program said in its log.
    """
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    said = an_installation(tmp_path).run(*SHELL, EVERY_FATE, timeout=300)
    assert said.returncode == 0, said.stderr
    before, after = said.stdout.strip().splitlines()[-2:]
    assert before == "before: files siegelpost.sqlite3 siegelpost.sqlite3-wal uploads told: True reduced: True"
    assert after == "left: 0 0 0 after:"
    (temporary / "log").write_text(said.stdout + said.stderr)
    assert not held(temporary, NAMES)


def test_every_form_of_a_name_is_found(tmp_path: Path) -> None:
    forms = [
        "VÖRÖNIKA".encode(),
        "Vörönika".encode("utf-16"),
        "Vörönika".encode("latin-1"),
        b"V=C3=B6r=C3=B6=\r\nnika",
        b"V=F6r=F6nika",
        b"=?utf-8?q?V=C3=B6r=C3=B6nika?=",
        *(base64.encodebytes(b"x" * shift + "Vörönika Berger".encode()) for shift in range(60)),
        b"V&ouml;r&ouml;nika",
        b"V%C3%B6r%C3%B6nika",
        b"V\\u00f6r\\u00f6nika",
        b"voeroenika",
        b"voronika",
    ]
    for number, form in enumerate(forms):
        (tmp_path / str(number)).write_bytes(b"\0" + form + b"\0")
    assert len(held(tmp_path, ["Vörönika"])) == len(forms)
    assert not held(tmp_path, ["Wilhelmine"])


def printed_by(script: str, folder: Path) -> str:
    return an_installation(folder).python(script, timeout=180).strip().splitlines()[-1]


def an_installation(folder: Path) -> Installation:
    installation = Installation(folder / "data", {"public_url": "https://office.test"})
    installation.data.mkdir(mode=0o700)
    return installation
