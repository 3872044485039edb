"""A small office for tests: its texts, an agent, a prospect, a property; and a guard that has said yes."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from siegelpost.contacts.models import Activity, Appointment, Card, Contact
from siegelpost.dispatch import resend
from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_receipt, withdrawals
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import BrowserWarning, GuardVerdict
from siegelpost.dispatch.send.send import send
from siegelpost.dispatch.states import Act, DispatchState, after
from siegelpost.estates.imports import upload
from siegelpost.estates.kinds import Kind, Status
from siegelpost.estates.models import Estate, Import
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.mail.models import OutgoingMail
from siegelpost.office import texts
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language, Office, Role


def an_office(**fields: Any) -> Office:
    """The office with a name, an address and its default texts."""
    office = the_office()
    given = {
        "name": "Immobilien Lindenhof",
        "street": "Marktplatz 3",
        "postal_code": "73728",
        "city": "Esslingen",
        "phone": "+49 711 555 01 20",
        "email": "post@lindenhof.test",
        "mail_from": "post@lindenhof.test",
        "smtp_host": "127.0.0.1",
        **fields,
    }
    for name, value in given.items():
        setattr(office, name, value)
    office.save()
    texts.publish_defaults(office)
    return office


def an_agent(**fields: Any) -> Agent:
    """Somebody who may send; ``card=False`` leaves out the contact card without which an agent may not."""
    with_card = fields.pop("card", True)
    given = {"email": f"{uuid.uuid4().hex[:8]}@lindenhof.test", "name": "Jana Roth", "outside_access": True, **fields}
    agent = Agent.objects.create_user(**given)
    if with_card and agent.role == Role.AGENT:
        first_name, _, last_name = agent.name.rpartition(" ")
        contact = Contact.objects.create(first_name=first_name, last_name=last_name, email=agent.email)
        Card.objects.create(agent=agent, contact=contact)
    return agent


def a_contact(**fields: Any) -> Contact:
    """A consumer with an e-mail address."""
    given = {"salutation": "ms", "first_name": "Mara", "last_name": "Berger", "email": "mara@berger.test", **fields}
    return Contact.objects.create(**given)


def an_activity(**fields: Any) -> Activity:
    """A note about a contact, of just now."""
    return Activity.objects.create(**{"agent": fields.get("agent") or an_agent(), "text": "Rückruf erbeten", **fields})


def an_appointment(**fields: Any) -> Appointment:
    """A viewing in two hours, not invited to."""
    begin = fields.pop("starts_at", timezone.now() + timedelta(hours=2))
    given = {
        "agent": fields.get("agent") or an_agent(),
        "title": "Besichtigung Gartenstraße",
        "starts_at": begin,
        "ends_at": begin + timedelta(minutes=45),
        "place": "Gartenstraße 5, 73728 Esslingen",
        **fields,
    }
    return Appointment.objects.create(**given)


def an_estate(**fields: Any) -> Estate:
    """A flat for sale, with a buyer's commission."""
    given = {
        "title": "Helle Altbauwohnung",
        "kind": Kind.FLAT,
        "status": Status.ACTIVE,
        "street": "Gartenstraße",
        "house_no": "5",
        "postal_code": "73728",
        "city": "Esslingen",
        "price": Decimal(420000),
        "living_area": Decimal(92),
        "rooms": Decimal(3),
        "buyer_commission_due": True,
        "buyer_commission": "3,57 % inkl. MwSt.",
        "buyer_commission_rate": Decimal("3.57"),
        "seller_commission_rate": Decimal("3.57"),
        **fields,
    }
    return Estate.objects.create(**given)


def an_import(agent: Agent | None = None, content: bytes = b"<openimmo/>", name: str = "objekte.xml") -> Import:
    """A file that was just uploaded, and that the jobs process has not looked at."""
    return upload.begin([content], name, agent=agent or an_agent())


def a_letter(**fields: Any) -> Letter:
    """A letter about one flat to one consumer, in German."""
    given = {
        "estates": fields.get("estates") or [an_estate()],
        "contact": fields.get("contact") or a_contact(),
        "subject": "Ihre Anfrage: Altbauwohnung",
        "message": "schön, dass Sie sich für die Wohnung interessieren.",
        "language": Language.GERMAN,
    }
    return Letter(**{**given, **fields})


def the_guard_says(ok: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer for the certificate doctor, which asks a real server; the journeys let it ask one."""
    problem = BrowserWarning(
        "chromium",
        "ERR_CERT_AUTHORITY_INVALID",
        {"de": "Kein Browser kennt den Aussteller.", "en": "No browser knows the issuer."},
        {"de": ["Holen Sie ein Zertifikat."], "en": ["Get a certificate."]},
    )

    def answer(address: str) -> GuardVerdict:
        return GuardVerdict(ok, address, timezone.now(), [] if ok else [problem])

    monkeypatch.setattr(guard, "_ask", answer)
    cache.clear()


def a_dispatch(agent: Agent | None = None, **fields: Any) -> Dispatch:
    """A dispatch, sent; the guard must have said yes."""
    return send(agent or an_agent(), a_letter(**fields), public_id=uuid.uuid4())


def sent_again(dispatch: Dispatch) -> Dispatch:
    """A dispatch in the place of this one."""
    return send(dispatch.agent, resend.letter_of(dispatch), public_id=uuid.uuid4())


@transaction.atomic
def sent_again_as_it_was(dispatch: Dispatch) -> Dispatch:
    """The notice once more, of the very same dispatch, as earlier versions did it: their ledgers are there."""
    dispatch.refresh_from_db()
    dispatch.state = after(DispatchState(dispatch.state), Act.RETRY)
    renewed = way_of(dispatch).renew(dispatch)
    dispatch.save()
    append(EventKind.DISPATCH_SENT_AGAIN, subject=str(dispatch.public_id), data=renewed)
    way_of(dispatch).notify(dispatch)
    return dispatch


def a_withdrawal(**fields: Any) -> Withdrawal:
    """A withdrawal that came in without a link, and belongs to no dispatch yet."""
    given = {"name": "Mara Berger", "email": "mara@berger.test", "contract": "Maklervertrag", "way": "public", **fields}
    return Withdrawal.objects.create(made_at=timezone.now(), **given)


def withdrawn(**said: Any) -> Withdrawal:
    """A withdrawal by the function, and its acknowledgement, as its page does both one after the other."""
    made = withdrawals.withdraw(**said)
    withdrawal_receipt.acknowledge(made)
    return made


def confirmation_token_of(withdrawal: Withdrawal) -> str:
    """The secret token in the newest acknowledgement by which its address says which contract is meant."""
    mail = OutgoingMail.objects.filter(about=str(withdrawal.public_id)).order_by("pk").first()
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",)) if mail else None
    found = re.search(r"/widerruf/([\w-]+)/", body.get_content()) if body else None
    assert found, "the mail has no link"
    return found[1]


def token_of(dispatch: Dispatch) -> str:
    """The secret token of the dispatch's newest mail that has a link, as its recipient finds it there."""
    for mail in OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).order_by("-pk"):
        message = BytesParser(policy=policy.default).parsebytes(mail.mime())
        body = message.get_body(("plain",))
        if body is not None and (found := re.search(r"/s/([\w-]+)/", body.get_content())):
            return found[1]
    raise AssertionError("no mail has a link")
