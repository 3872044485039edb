"""Fill a data folder for measuring: ``python -m bench.fill LINKS EVENTS`` with ``SIEGELPOST_DATA`` set.

Prints the links' tokens. May be called again with more events, which are added.
"""

import sys
import uuid
from datetime import timedelta
from decimal import Decimal

from siegelpost.cli.common import start_django

_CHUNK = 20_000


def main(links: int, events: int) -> None:
    """Make the office with its dispatches once, and add events up to the number asked for."""
    from siegelpost.dispatch.models import Link
    from siegelpost.server import logs
    from siegelpost.server.prepare import prepare
    from siegelpost.settings import load

    logs.configure(load())  # to standard error: standard output is for the tokens
    prepare(load())
    if not Link.objects.exists():
        for token in make_links(links):
            sys.stdout.write(token + "\n")
    add_events(events)


def make_links(count: int) -> list[str]:
    """An office, an agent, one flat, and so many dispatches of it to one contact; their tokens."""
    from django.utils import timezone

    from siegelpost.contacts.models import Contact
    from siegelpost.dispatch import links
    from siegelpost.dispatch.frozen.pages import first_html
    from siegelpost.dispatch.frozen.snapshot import freeze
    from siegelpost.dispatch.letter import Letter
    from siegelpost.dispatch.models import Dispatch
    from siegelpost.dispatch.models import Kind as Way
    from siegelpost.dispatch.states import DispatchState
    from siegelpost.estates.kinds import Kind, Status
    from siegelpost.estates.models import Estate
    from siegelpost.office import texts
    from siegelpost.office.current import the_office
    from siegelpost.office.models import Agent, Language

    office = the_office()
    office.name, office.street, office.email = "Immobilien Lindenhof", "Marktplatz 3", "post@lindenhof.test"
    office.postal_code, office.city, office.phone = "73728", "Esslingen", "+49 711 555 01 20"
    office.mail_from, office.smtp_host = office.email, "127.0.0.1"
    office.save()
    texts.publish_defaults(office)
    agent = Agent.objects.create_user(email="roth@lindenhof.test", name="Jana Roth")
    contact = Contact.objects.create(salutation="ms", first_name="Mara", last_name="Berger", email="mara@berger.test")
    estate = Estate.objects.create(
        title="Helle Altbauwohnung",
        kind=Kind.FLAT,
        status=Status.ACTIVE,
        street="Gartenstraße",
        house_no="5",
        postal_code="73728",
        city="Esslingen",
        price=Decimal(420000),
        living_area=Decimal(92),
        rooms=Decimal(3),
        buyer_commission_due=True,
        buyer_commission="3,57 % inkl. MwSt.",
        seller_commission="3,57 % inkl. MwSt.",
    )
    letter = Letter([estate], contact, "Ihre Anfrage: Altbauwohnung", "schön, dass Sie fragen.", Language.GERMAN)
    frozen = freeze(office, agent, letter)
    made, expires_at = [], timezone.now() + timedelta(days=30)
    for _ in range(count):
        public_id = uuid.uuid4()
        dispatch = Dispatch.objects.create(
            public_id=public_id,
            gate_html=first_html(Way.SECURE_EXPOSE, str(public_id), frozen.page, expires_at),
            agent=agent,
            contact=contact,
            state=DispatchState.NOTIFIED,
            subject=letter.subject,
            gate_row=frozen.row.key,
            page=frozen.page,
            content=frozen.content,
            pdf_sha256="0" * 64,
            expires_at=expires_at,
        )
        made.append(links.new_link(dispatch)[1])
    return made


def add_events(count: int) -> None:
    """Add openings of other dispatches until the ledger holds so many, and seal them."""
    from django.db import connection, transaction

    from siegelpost.dispatch.recipient import openings
    from siegelpost.dispatch.states import DispatchState
    from siegelpost.ledger.log import INSERT_SQL
    from siegelpost.ledger.models import Event
    from siegelpost.ledger.sequencer import seal

    sql = INSERT_SQL[connection.vendor].replace("?", "%s")
    missing = count - Event.objects.count()
    while missing > 0:
        rows = [
            openings.record(
                str(uuid.uuid4()),
                state=DispatchState.NOTIFIED,
                ip="192.0.2.1",
                user_agent=b"Mozilla/5.0",
                method="GET",
                shown="0" * 64,
            )
            for _ in range(min(_CHUNK, missing))
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, rows)
        missing -= len(rows)
    while seal() is not None:
        pass


if __name__ == "__main__":
    start_django()
    main(int(sys.argv[1]), int(sys.argv[2]))
