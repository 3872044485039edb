"""An office with every fate that a dispatch can have, made by the product's own functions and a real mail server.

Nothing is put into a table by hand, so whatever checks the whole must find nothing here. Time goes by as it does:
what was sent a hundred days ago was, as far as rows and events can tell.
"""

import datetime as dt
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image
from tests.support import lane, mailing
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_letter,
    an_agent,
    an_estate,
    an_office,
    confirmation_token_of,
    sent_again,
    sent_again_as_it_was,
    the_guard_says,
    token_of,
    withdrawn,
)
from tests.support.smtp import Fault, Mailbox, mailbox
from tests.unit.estates import transfers

from siegelpost import storage, web
from siegelpost.cases import erasure
from siegelpost.contacts import consents, merge
from siegelpost.dispatch import links, resend, schedule
from siegelpost.dispatch.attachments import take_in
from siegelpost.dispatch.contract import main_contract, seller_payment
from siegelpost.dispatch.contract.seller_payment import Paid
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import CodeBy, Dispatch, Way, Withdrawal
from siegelpost.dispatch.recipient import interest, withdrawal_confirmation, withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.recipient.withdrawal_desk import Received
from siegelpost.dispatch.registered import decision, second_factor
from siegelpost.dispatch.send import registered, replacement, send
from siegelpost.estates import editor
from siegelpost.estates.imports.apply import import_file
from siegelpost.ledger import installation, log
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import delivery, outbox
from siegelpost.office import sign_in, texts
from siegelpost.office.current import set_test_operation
from siegelpost.office.models import Agent, Language, TextKind
from siegelpost.settings import MAILS, configure

CLIENT = Client("203.0.113.7", "Mozilla/5.0")
ALL = frozenset(DeclarationKind)
ORDER = "Ja, ich bestelle zahlungspflichtig."
_NOW: Callable[[], dt.datetime] = timezone.now


class Fates:
    """The office, its mail server, and what became of each dispatch by the name of its fate."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, mails: Mailbox, folder: Path) -> None:
        self._monkeypatch, self._mails, self._folder = monkeypatch, mails, folder
        self._offset = timedelta()
        self._aside: dict[Path, Path] = {}
        monkeypatch.setattr(timezone, "now", lambda: _NOW() + self._offset)
        moment = type("Shifted", (dt.datetime,), {"now": classmethod(lambda _, tz=None: _NOW() + self._offset)})
        for module in (log, web.lane):
            monkeypatch.setattr(module, "datetime", moment)
        self.agent: Agent = an_agent()
        self.by_fate: dict[str, Dispatch] = {}

    # What time and the machines do

    def days(self, number: float) -> None:
        """Let days go by, and do what is due then."""
        self._offset += timedelta(days=number)
        self.go_on()

    def go_on(self) -> None:
        """The periodic jobs, until no mail is due."""
        schedule.quick()
        schedule.slow()
        schedule.quick()
        while outbox.due().exists():
            delivery.sweep()
            mailing.forget_rest()
        seal()

    # What people do

    def send(self, fate: str, **fields: Any) -> Dispatch:
        """A secure exposé to somebody of their own."""
        name = fate.replace(" ", "-")
        contact = fields.pop("contact", None) or a_contact(last_name=fate.title(), email=f"{name}@berger.test")
        self.by_fate[fate] = a_dispatch(self.agent, contact=contact, **fields)
        return self.by_fate[fate]

    def send_registered(self, fate: str, **fields: Any) -> registered.Sent:
        """A registered mail to somebody of their own."""
        given = {
            "contacts": [a_contact(last_name=fate.title(), email=f"{fate.replace(' ', '-')}@berger.test")],
            "subject": "Kündigung des Maklervertrags",
            "message": "hiermit kündigen wir den Vertrag vom 3. März.",
            "language": Language.GERMAN,
            "hidden": False,
            "days": 7,
            "remind_every": 3,
            "attachments": [take_in("Plan.pdf", b"%PDF-1.7\n" + fate.encode())],
            **fields,
        }
        [sent] = registered.send(self.agent, RegisteredLetter(**given), batch=uuid.uuid4())
        self.by_fate[fate] = sent.dispatch
        return sent

    def declare(self, fate: str, ticked: frozenset[DeclarationKind] = ALL) -> str:
        """Declare on the page of the newest mail; gives its token."""
        dispatch = self.now(fate)
        token = token_of(dispatch)
        declare(token, Form(stamp_of(dispatch), "Mara Berger", ticked), CLIENT)
        return token

    def look(self, token: str, *paths: str) -> None:
        """Look at the page, and what else stands below it, as a browser does."""
        house = lane.a_lane(self._monkeypatch, lane.insert)
        for path in ("", *paths):
            assert lane.see(house, f"/s/{token}/{path}")[0] == 200, path

    def answer(self, fate: str, words: str) -> None:
        """Answer the notice by mail, from the right address, proven."""
        dispatch = self.now(fate)
        mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.NOTICE).latest("pk")
        body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
        assert body
        message = EmailMessage()
        message["From"], message["To"] = f"Mara Berger <{dispatch.contact.email}>", mail.sender
        message["Subject"], message["In-Reply-To"] = f"Re: {mail.subject}", mail.message_id
        message["Message-ID"] = f"<{uuid.uuid4().hex}@web.test>"
        message["Authentication-Results"] = "mx.lindenhof.test; dmarc=pass header.from=berger.test"
        quote = "\n".join(f"> {line}" for line in body.get_content().splitlines())
        message.set_content(f"{words}\n\nAm 25.11.2026 um 10:00 schrieb Lindenhof:\n{quote}\n")
        assert routing.take_in(message.as_bytes()).received

    def bounce(self, fate: str) -> None:
        """The notice comes back after the mail server had taken it."""
        mail = OutgoingMail.objects.filter(dispatch_id=str(self.now(fate).public_id)).latest("pk")
        assert routing.take_in(mailing.bounce_of(mail)).changed

    def withdraw(self, fate: str) -> Withdrawal:
        """By the function on the page."""
        dispatch = self.now(fate)
        return withdrawn(
            name="Mara Berger",
            email=dispatch.contact.email,
            contract=dispatch.subject,
            token=token_of(dispatch),
            client=CLIENT,
            page=b"<html>Widerruf</html>",
        )

    def withdraw_without_a_link(self, name: str) -> Withdrawal:
        """From the public address."""
        address = f"{name.casefold()}@berger.test"
        return withdrawn(name=name, email=address, contract="Maklervertrag", token=None, client=CLIENT)

    def now(self, fate: str) -> Dispatch:
        """The dispatch as it stands."""
        return Dispatch.objects.select_related("contact").get(pk=self.by_fate[fate].pk)

    def lay_aside(self, sha256: str) -> None:
        """Take a stored file away, until :meth:`put_back`."""
        file = storage.path(sha256)
        self._aside[file] = Path(shutil.move(file, self._folder / sha256))

    def put_back(self) -> None:
        """Every file that was laid aside."""
        for file, aside in self._aside.items():
            shutil.move(aside, file)
        self._aside.clear()

    # The walk

    def walk(self) -> None:
        """Everything, from a hundred days ago until today."""
        self._offset = -timedelta(days=100)
        self._guard(True)
        self._before()
        self._sent()
        self.days(1)
        self._acted()
        self.days(1)
        self._went_on()
        self.days(3)
        self.days(20)
        self._late()
        self.days(20)
        self._erased()
        self._offset = timedelta()
        self.go_on()
        self._today()

    def _guard(self, ok: bool) -> None:
        the_guard_says(ok, self._monkeypatch)

    def _before(self) -> None:
        texts.publish(TextKind.TERMS, Language.GERMAN, "Unsere Bedingungen.")
        set_test_operation(True, by="admin")
        self.send("test")
        set_test_operation(False, by="admin")
        sign_in.new_link(self.agent, by=self.agent)
        picture = BytesIO()
        Image.new("RGB", (900, 600), "teal").save(picture, "JPEG")
        self.estate = an_estate(living_area=Decimal(92))
        editor.add_media(self.estate, picture.getvalue(), name="haus.jpg")
        file = self._folder / "objekte.xml"
        file.write_bytes(transfers.document(transfers.provider(transfers.estate("A-1", obid="O-1"))))
        import_file(file, actor=self.agent)

    def _sent(self) -> None:
        self._guard(False)
        for fate in ("held", "released"):
            letter = a_letter(contact=a_contact(last_name=fate, email=f"{fate}@berger.test"))
            self.by_fate[fate] = send.send(self.agent, letter, public_id=uuid.uuid4(), hold=True)
        send.revoke(self.by_fate["held"], by=self.agent)
        self._guard(True)
        for fate in ("free", "at business"):
            self.send(fate, estates=[an_estate(buyer_commission_due=False)])
        for fate in (
            "ordered",
            "waiting",
            "opened by itself",
            "in two steps",
            "withdrawn",
            "by letter",
            "late effective",
        ):
            self.send(fate, estates=[self.estate])
        for fate in (
            "late rejected",
            "assigned",
            "confirmed",
            "released",
            "revoked",
            "never opened",
            "bounced",
            "said yes by mail",
            "said no",
        ):
            self.send(fate)
        for fate in ("asked", "replaced", "in english", "erased", "erased in part", "merged"):
            self.send(fate, estates=[an_estate(living_area=Decimal(90))])
        self._mails.sink.faults.append(Fault("RCPT", "550 5.1.1 unknown", recipient="undeliverable"))
        self._mails.sink.faults.append(Fault("RCPT", "550 5.1.1 unknown", times=1, recipient="resent"))
        self._mails.sink.faults.append(Fault("RCPT", "550 5.1.1 unknown", times=1, recipient="came-back@"))
        self._mails.sink.faults.append(Fault("RCPT", "451 4.7.1 later", times=1, recipient="deferred"))
        for fate in ("undeliverable", "resent", "came back", "deferred"):
            self.send(fate)
        for recipient in ("resent-registered", "came-back-registered"):
            self._mails.sink.faults.append(Fault("RCPT", "550 5.1.1 no", times=1, recipient=recipient))
        for fate in ("accepted", "refused", "expired", "resent registered", "came back registered"):
            self.send_registered(fate, hidden=fate == "refused")
        self.code = self.send_registered("accepted with a code", code_by=CodeBy.PHONE).code
        self.send_registered("code by mail", code_by=CodeBy.MAIL, code_address="zweite@berger.test")

    def _acted(self) -> None:
        self.look(self.declare("free"))
        self.look(self.declare("ordered"), "expose.pdf")
        for fate in ("waiting", "opened by itself", "in two steps"):
            self.look(self.declare(fate, frozenset()))
        for fate in (
            "withdrawn",
            "by letter",
            "late effective",
            "late rejected",
            "assigned",
            "confirmed",
            "released",
            "erased in part",
            "merged",
        ):
            self.declare(fate)
        erased = self.now("erased")
        interest.ask_for_offers(self.declare("erased"), stamp_of(erased), CLIENT)
        for fate, words in (
            ("said yes by mail", ORDER),
            ("said no", "Nein danke."),
            ("asked", "Ist der Keller trocken?"),
        ):
            self.answer(fate, words)
        self.bounce("bounced")
        send.revoke(self.now("revoked"), by=self.agent)
        for fate in ("resent", "resent registered"):
            sent_again_as_it_was(self.now(fate))
        self.by_fate["sent anew"] = sent_again(self.now("came back"))
        anew = replace(resend.registered_letter_of(self.now("came back registered")), message="mit richtiger Anrede.")
        self.by_fate["sent anew registered"] = registered.send(self.agent, anew, batch=uuid.uuid4())[0].dispatch
        self.look(self._accept("accepted"), "einschreiben.eml")
        self._accept("accepted with a code", self.code)
        dispatch = self.now("refused")
        decision.refuse(token_of(dispatch), decision.DecisionInput(stamp_of(dispatch), ticked=True), CLIENT)
        self.look(token_of(self.now("never opened")))
        english = self.now("in english")
        replacement.speak(token_of(english), stamp_of(english), Language.ENGLISH, CLIENT)

    def _accept(self, fate: str, code: str = "") -> str:
        dispatch = self.now(fate)
        answer = decision.DecisionInput(stamp_of(dispatch), ticked=True, code=code)
        return decision.accept(token_of(dispatch), answer, CLIENT)[1]

    def _went_on(self) -> None:
        self.declare("in two steps")
        self.declare("in english")
        self.withdraw("withdrawn")
        letter = Received(
            Way.LETTER, timezone.localdate(), note="Einwurf", file_name="brief.txt", file=b"Ich widerrufe."
        )
        withdrawal_desk.receive(self.now("by letter"), letter, by=self.agent)
        withdrawal_desk.assign(self.withdraw_without_a_link("Assigned"), self.now("assigned"), by=self.agent)
        released = self.withdraw_without_a_link("Released")
        withdrawal_desk.assign(released, self.now("released"), by=self.agent)
        withdrawal_desk.release(released, by=self.agent)
        self.withdraw("released")
        withdrawal_desk.decide(self.now("released").withdrawals.get(), effective=False, by=self.agent)
        own = self.now("confirmed")
        said = withdrawn(name="Mara", email=own.contact.email, contract="das Haus", token=None, client=CLIENT)
        withdrawal_confirmation.confirm(confirmation_token_of(said), own.public_id, CLIENT)
        stray = self.withdraw_without_a_link("Stray")
        withdrawal_desk.set_aside(stray, by=self.agent)
        withdrawal_desk.take_up(stray, by=self.agent)
        withdrawal_desk.set_aside(self.withdraw_without_a_link("Other"), by=self.agent)
        dispatch = self.now("ordered")
        token, stamp = token_of(dispatch), stamp_of(dispatch)
        interest.say(token, stamp, InterestKind.VIEWING, "Samstag ab zehn", CLIENT)
        interest.say(token, stamp, InterestKind.CALL, "", CLIENT)
        interest.ask_for_offers(token, stamp, CLIENT)
        main_contract.note(dispatch, timezone.localdate(), by=self.agent)
        seller_payment.note(self.now("ordered"), Paid(timezone.localdate(), b"%PDF-1.7 Beleg"), by=self.agent)
        consent = consents.of(dispatch.contact).get()
        consents.give(_consent_token(dispatch), CLIENT.personal)
        consents.withdraw(consent, by="recipient")
        estate = self.now("replaced").estates.get()
        estate.living_area = Decimal(88)
        estate.save()
        replacement.replace(self.now("replaced"), by=self.agent)
        merge.merge(a_contact(email="kept@berger.test"), self.now("merged").contact, by=self.agent)

    def _today(self) -> None:
        """What has not come to its end."""
        for fate in ("still waiting", "just sent", "just refused"):
            self.send(fate)
        self.send_registered("asks for a code", code_by=CodeBy.PHONE)
        self._mails.sink.faults.append(Fault("RCPT", "550 5.1.1 unknown", recipient="just-refused"))
        self._mails.sink.faults.append(Fault("RCPT", "451 4.7.1 later", recipient="put-off"))
        self.send("put off")
        self.go_on()
        self.declare("still waiting", frozenset())
        self._guard(False)
        letter = a_letter(contact=a_contact(email="still-held@berger.test"))
        self.by_fate["still held"] = send.send(self.agent, letter, public_id=uuid.uuid4(), hold=True)
        asked = self.now("asks for a code")
        with pytest.raises(second_factor.WrongCodeError):
            decision.accept(token_of(asked), decision.DecisionInput(stamp_of(asked), ticked=True, code="0"), CLIENT)
        self.go_on()
        self._guard(True)
        self.send("not yet tried")
        seal()

    def _late(self) -> None:
        for fate in ("late effective", "late rejected"):
            withdrawal = self.withdraw(fate)
            assert withdrawal.late
            withdrawal_desk.decide(withdrawal, effective=fate == "late effective", by=self.agent)

    def _erased(self) -> None:
        self.answer("erased in part", "Noch eine Frage.")
        self.go_on()
        assert not erasure.erase(self.now("erased in part").contact, by=self.agent)
        with transaction.atomic():
            retention.erase(self.now("erased"))
            retention.erase_withdrawal(Withdrawal.objects.get(name="Other"))
        assert erasure.erase(self.by_fate["erased"].contact, by=self.agent)


def stamp_of(dispatch: Dispatch) -> str:
    """Of the forms on its page."""
    return links.stamp(str(dispatch.public_id), dispatch.page)


def _consent_token(dispatch: Dispatch) -> str:
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.CONSENT).latest("pk")
    return MAILS.unseal(bytes(mail.content.sealed_secrets)).decode()


@contextmanager
def every_fate(folder: Path, whole: type[Fates] = Fates) -> Iterator[Fates]:
    """The office with all of it, or what ``whole`` makes of it, in the test's database."""
    with pytest.MonkeyPatch.context() as monkeypatch, mailbox(folder / "mails") as mails:
        monkeypatch.setenv("SIEGELPOST_MAIL_TRUSTED_SERVERS", '["mx.lindenhof.test"]')
        monkeypatch.setenv("SIEGELPOST_IMAP_HOST", "imap.lindenhof.test")
        configure()
        an_office(smtp_port=mails.port, smtp_security="none")
        mailing.forget_rest()
        installation.settle()
        fates = whole(monkeypatch, mails, folder)
        fates.walk()
        assert not OutgoingMail.objects.filter(state=MailState.SENDING).exists()
        yield fates
    configure()
