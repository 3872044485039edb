"""An office with something on every page, made inside a journey's installation after ``diary_office.py``.

Prints, as JSON, what the addresses of its pages need.
"""

import hashlib
import io
import json
import re
import time
import uuid
from datetime import datetime, timedelta
from datetime import time as clock
from email import policy
from email.parser import BytesParser
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)
from PIL import Image, ImageDraw

from siegelpost.certificates import actions, partner_link
from siegelpost.certificates.models import WatchedHost
from siegelpost.certificates.watched.services import SERVICES, Service
from siegelpost.contacts import viewing_times
from siegelpost.contacts.address_books import books, work
from siegelpost.contacts.models import Activity, Appointment, Card, Contact
from siegelpost.demo_data import package
from siegelpost.dispatch import links, text_modules
from siegelpost.dispatch.contract import main_contract
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import Letter, RegisteredLetter
from siegelpost.dispatch.models import CodeBy, TextModule
from siegelpost.dispatch.recipient import declarations, withdrawals
from siegelpost.dispatch.send import guard, registered, send
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.estates.imports import job, upload
from siegelpost.estates.intake import accounts as intake_accounts
from siegelpost.estates.intake import reasons
from siegelpost.estates.models import Arrival, Estate, Import, IntakeAccount
from siegelpost.mail.accounts import registration
from siegelpost.mail.models import MailboxSettings, MailSignIn, OutgoingMail
from siegelpost.office.current import the_office
from siegelpost.office.editor import save
from siegelpost.office.logo import Logo
from siegelpost.office.models import Agent, Language, Role
from siegelpost.settings import load
from siegelpost.tls.csr import RequestKey

PASSWORD = "vier Wörter sind genug"
HOST = "office.test"
drawn, out = Image.new("RGBA", (112, 112)), io.BytesIO()
pen = ImageDraw.Draw(drawn)
pen.rounded_rectangle((0, 0, 111, 111), 26, fill="#1f4d3f")
pen.polygon([(56, 20), (96, 56), (16, 56)], fill="#f3efe4")
pen.rectangle((28, 56, 84, 90), fill="#f3efe4")
pen.rectangle((48, 66, 64, 90), fill="#c8794f")
drawn.save(out, "PNG")
save(the_office(), logo=Logo(out.getvalue(), *drawn.size))
guard._ask = lambda address: GuardVerdict(True, address, timezone.now(), [])
jana = Agent.objects.get(email="jana@lindenhof.test")
jana.role, jana.language = Role.ADMINISTRATOR, Language.GERMAN
jana.save()
rose = Agent.objects.create_user(
    email="rose@lindenhof.test",
    password=PASSWORD,
    name="Rose Hill",
    outside_access=True,
    role=Role.ADMINISTRATOR,
    language=Language.ENGLISH,
)
Agent.objects.create_user(email="pia@netz.test", name="Pia Netz", role=Role.PARTNER, outside_access=True)
no_card = Agent.objects.create_user(email="timo@lindenhof.test", name="Timo Kern", outside_access=True)
Card.objects.filter(agent=no_card).delete()
# A passkey as a phone would have made it.
public_key = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]  # fido2 publishes it so
    ec.generate_private_key(ec.SECP256R1()).public_key()
)
made = AuthenticatorData.create(
    hashlib.sha256(HOST.encode()).digest(),
    AuthenticatorData.FLAG(0x5D),
    1,
    AttestedCredentialData.create(b"\0" * 16, b"phone", public_key),
)
KEY = dict(
    RegistrationResponse(
        raw_id=b"phone",
        response=AuthenticatorAttestationResponse(
            client_data=CollectedClientData.create("webauthn.create", b"challenge", f"https://{HOST}"),
            attestation_object=AttestationObject.create("none", made, {}),
        ),
    )
)
codes, passkeys = {}, {}
for agent in (jana, rose):
    TOTP.activate(agent, generate_totp_secret())
    codes[agent.language] = RecoveryCodes.activate(agent).get_unused_codes()
    passkeys[agent.language] = Authenticator.objects.create(
        user=agent, type=Authenticator.Type.WEBAUTHN, data={"name": "iPhone", "passwordless": True, "credential": KEY}
    ).pk


def imported(name: str, content: bytes, state: str) -> Import:
    """A file on its way to the properties, as far as asked; the server may be quicker than this."""
    one = upload.begin([content], name, agent=jana)
    until = time.monotonic() + 240
    while (one := upload.one(one.public_id)).state != state:
        assert time.monotonic() < until, (one.state, one.problem)
        if one.state == "ready":
            upload.confirm(one, agent=jana)
        job.round_()
        time.sleep(0.2)
    return one


sample = package.write(Path(load().data) / "sample.zip").read_bytes()
changes = (
    package.XML.read_text().replace("489000.00", "475000.00").replace("<aktion/>", '<aktion aktionart="TAUSCH"/>', 1)
)
changes = changes.replace("565000.00", "549000.00").replace("HU-3007", "HU-3008").replace("1102-3007", "1102-3008")
begun = {
    "done": imported("Objekte_2026-11-23.zip", sample, "done"),
    "failed": imported("Objekte_2026-11-24.zip", b"PK\x03\x04 broken", "failed"),
    "ready": imported("Objekte_2026-11-25.xml", changes.encode(), "ready"),
}
program = IntakeAccount(name="onOffice", handling="at_once", techn_email="technik@lindenhof.test")
intake_accounts.create(program, by=jana)
intake_accounts.note_use(program, "ftps", "192.0.2.7")
for number, (state, why, counts) in enumerate(
    (
        ("done", {}, {"created": 2, "changed": 1, "rejected": 1}),
        ("refused", reasons.said(reasons.NOT_WHOLE), {}),
        ("waiting", reasons.said(reasons.FULL_MOST, gone=9, of=12), {}),
    )
):
    Arrival.objects.create(
        account=program,
        name=f"openimmo_2026-11-2{number}.zip",
        way="ftps",
        address="2001:db8:85a3:8d3:1319:8a2e:370:7348",
        size=48_123_456,
        sha256="",
        state=state,
        why=why,
        counts=counts,
        of=begun["ready"] if state == "waiting" else None,
        ended_at=None if state == "waiting" else timezone.now(),
    )
estate = Estate.objects.get(title__startswith="Vier Zimmer")
mara = Contact.objects.get(email="mara@berger.test")
letter = Letter([estate], mara, f"Exposé: {estate.title}", "wie am Telefon besprochen.", Language.GERMAN)
dispatch = send.send(jana, letter, public_id=uuid.uuid4())
batch = uuid.uuid4()
letters = registered.send(
    jana,
    RegisteredLetter(
        contacts=[mara, Contact.objects.get(email="ayse@yilmaz.test")],
        subject="Kündigung des Maklervertrags",
        message="hiermit kündigen wir den Maklervertrag vom 3. März 2026 zum nächstmöglichen Zeitpunkt.",
        language=Language.GERMAN,
        hidden=False,
        days=7,
        remind_every=3,
        code_by=CodeBy.PHONE,
        code_address="",
        attachments=[],
    ),
    batch=batch,
)
ordered = send.send(jana, letter, public_id=uuid.uuid4())
mime = OutgoingMail.objects.get(dispatch_id=str(ordered.public_id)).mime()
body = BytesParser(policy=policy.default).parsebytes(mime).get_body(("plain",))
assert body
[token] = set(re.findall(r"/s/([\w-]+)/", body.get_content()))
form = declarations.Form(links.stamp(str(ordered.public_id), ordered.page), "Mara Berger", frozenset(DeclarationKind))
ordered = declarations.declare(token, form, declarations.Client("203.0.113.7", ""))
main_contract.note(ordered, timezone.localdate(), by=jana)
saturday = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=5), clock(10)))
half = timedelta(minutes=30)
offered = viewing_times.offer(
    viewing_times.split(saturday, saturday + 4 * half, half, timedelta()),
    Appointment(agent=jana, estate=estate, title=f"Besichtigung: {estate.title}", place=estate.address, places=2),
)
viewing_times.add(offered[0], mara)
viewing_times.add(offered[0], Contact.objects.get(email="ayse@yilmaz.test"))
viewing_times.add(offered[2], Contact.objects.get(email="joerg@mueller.test"))
order = actions.order([HOST], RequestKey.P256, "", "", by=str(jana.public_id))
withdrawal = withdrawals.withdraw(
    name="Mara Berger",
    email="mara@post.test",
    contract="Maklervertrag Altbauwohnung",
    token=None,
    client=declarations.Client("203.0.113.7", ""),
)
given, link = partner_link.give("IT-Service Brandt", 3, by=jana)
today = timezone.now()
for service, host, state, days, remarks in (
    ("https", "www.lindenhof.test", "good", 41, []),
    ("smtp", "mail.lindenhof.test", "bad", -3, [["Das Zertifikat ist abgelaufen.", "The certificate has expired."]]),
    ("imaps", "a-very-long-name-of-a-mail-server.lindenhof.test", "unknown", None, [["Niemand da.", "Nobody there."]]),
):
    WatchedHost.objects.create(
        service=service,
        host=host,
        port=SERVICES[Service(service)].port,
        state=state,
        looked_at=today,
        ends=None if days is None else today + timedelta(days=days),
        remarks=remarks,
    )
CARD = "BEGIN:VCARD\nN:Seidel;{}\nEMAIL:{}@seidel.test\nTEL:040 {}\nPHOTO:x\nEND:VCARD\n"
FAMILY = "".join(CARD.format(name, name.lower(), place) for place, name in enumerate(("Karl", "Ute", "Max")))
TABLE = "Nachname;Vorname;E-Mail-Adresse;Kundennummer\nSeidel;Ida;ida@seidel.test;4711\n"
address_books = {
    "mapping": books.begin(TABLE.encode(), "outlook.csv", agent=jana),
    "done": books.begin(FAMILY.encode(), "handy.vcf", agent=jana),
}
work.round_()
books.take(address_books["done"])
work.round_()
address_books["ready"] = books.begin(FAMILY.encode(), "noch-einmal.vcf", agent=jana)
work.round_()
incoming = MailboxSettings.current()
incoming.host, incoming.user = "imap.lindenhof.test", "post@lindenhof.test"
incoming.save()
# An app is registered with Microsoft, and nobody has signed in yet.
registration.save(
    MailSignIn(
        provider="microsoft",
        tenant="lindenhof.test",
        client_id="00001111-aaaa-2222-bbbb-3333cccc4444",
        mailbox="buero@lindenhof.test",
    ),
    secret=None,
)
answer = text_modules.save(
    TextModule(name="Antwort auf Anfrage", subject="{Objekt}, {Ort}", text="hier ist das Exposé, {Anrede} {Nachname}.")
)
text_modules.remove(text_modules.save(TextModule(name="Absage", text="leider schon vergeben.", owner=jana)))
print(
    json.dumps(
        {
            "contacts": str(Contact.objects.get(email="joerg@mueller.test").public_id),
            "twin": str(Contact.objects.get(email="j.mueller@post.test").public_id),
            "mara": str(mara.public_id),
            "estates": str(estate.public_id),
            "intake_account": str(program.public_id),
            "imports": {state: str(one.public_id) for state, one in begun.items()},
            "books": {state: str(one.public_id) for state, one in address_books.items()},
            "dispatches": str(dispatch.public_id),
            "dispatch_withdrawal": str(ordered.public_id),
            "dispatch_seller_payment": str(ordered.public_id),
            "text-modules": str(answer.public_id),
            "registered": str(batch),
            "letter": str(letters[0].dispatch.public_id),
            "settings": str(no_card.public_id),
            "activities": str(Activity.objects.filter(kind="viewing")[0].public_id),
            "appointments": str(Appointment.objects.all()[0].public_id),
            "withdrawals": str(withdrawal.public_id),
            "media": str(estate.media.all()[0].public_id),
            "order": order.id,
            "hand_over": link.rstrip("/").rpartition("/")[2],
            "codes": codes,
            "passkeys": passkeys,
        }
    )
)
