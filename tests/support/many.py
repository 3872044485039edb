"""A large office, made fast: contacts, properties and activities by the ten thousand, on SQLite and PostgreSQL alike.

The same numbers give the same office: whatever is searched for is there.
"""

import itertools
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from siegelpost.contacts.models import Activity, Contact, ContactKey
from siegelpost.estates.kinds import Kind, Marketing, Status
from siegelpost.estates.models import Estate
from siegelpost.office.models import Agent

FIRST = (
    "Jörg",
    "Mara",
    "Anneliese",
    "Björn",
    "Käthe",
    "Ümit",
    "Jürgen",
    "Sophie",
    "Élodie",
    "Karl-Heinz",
    "Ayşe",
    "Lars",
)
LAST_BEGINS = ("Müller", "Meier", "Groß", "Schäfer", "Köhl", "Linden", "Berg", "Öst", "Stein", "Weiß", "Ahl", "Brück")
LAST_ENDS = ("", "mann", "er", "bach", "hofer", "sen", "feld", "reich", "ler", "berger", "wald", "kamp")
TOWNS = ("Esslingen", "Köln", "Kiel", "Nürnberg", "Görlitz", "Bad Tölz", "Überlingen", "Fürth", "Düren", "Celle")
STREETS = ("Gartenstraße", "Uferweg", "Marktplatz", "Schloßallee", "Am Mühlbach", "Bahnhofstraße", "Lindenweg")
NOTES = ("", "sucht Altbau mit Garten", "Kapitalanleger", "Eigentümer, will verkaufen", "bitte nur abends anrufen")
TEXTS = ("Rückruf erbeten", "Unterlagen der Bank fehlen noch", "war begeistert", "will noch einmal mit Partner kommen")


@dataclass(frozen=True)
class Size:
    """How large an office is."""

    contacts: int
    estates: int
    activities: int


# What the issue asks for, and a tenth of it.
LARGE = Size(50_000, 5_000, 500_000)
SMALL = Size(5_000, 500, 50_000)


def fill(size: Size, agents: Sequence[Agent]) -> None:
    """Make the office; the busiest contact and property have a hundredth of all activities."""
    dice = random.Random(20261123)
    contacts = Contact.objects.bulk_create(_contacts(size.contacts, dice), batch_size=2_000)
    ContactKey.objects.bulk_create(_keys(contacts), batch_size=10_000)
    estates = Estate.objects.bulk_create(_estates(size.estates, dice), batch_size=500)
    _insert(Activity, _activities(size.activities, dice, contacts, estates, agents))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _contacts(count: int, dice: random.Random) -> Iterator[Contact]:
    for number in range(count):
        last = dice.choice(LAST_BEGINS) + dice.choice(LAST_ENDS)
        one = Contact(
            first_name=dice.choice(FIRST),
            last_name=last,
            company=f"{last} GmbH" if number % 9 == 0 else "",
            email=f"kontakt{number}@beispiel.test",
            mobile=f"+49 171 {number:07d}",
            phone=f"0711/{number + 300_000}" if number % 3 else "",
            street=f"{dice.choice(STREETS)} {dice.randrange(1, 200)}",
            postal_code=f"{dice.randrange(10_000, 99_999)}",
            city=dice.choice(TOWNS),
            note=dice.choice(NOTES),
        )
        one.index()
        yield one


def _keys(contacts: Sequence[Contact]) -> Iterator[ContactKey]:
    known: set[tuple[str, str]] = set()
    for one in contacts:
        for kind, value in sorted(one.key_values()):
            yield ContactKey(contact=one, kind=kind, value=value, again=(kind, value) in known)
            known.add((kind, value))


def _estates(count: int, dice: random.Random) -> Iterator[Estate]:
    for number in range(count):
        kind = dice.choice(Kind.values)
        town = dice.choice(TOWNS)
        rent = number % 3 == 0
        one = Estate(
            title=f"{Kind(kind).label} in {town}, {dice.choice(STREETS)}",
            external_no=f"L-{number:05d}",
            kind=kind,
            marketing=Marketing.RENT if rent else Marketing.PURCHASE,
            status=dice.choice((Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.RESERVED, Status.SOLD)),
            street=dice.choice(STREETS),
            house_no=str(dice.randrange(1, 200)),
            postal_code=f"{dice.randrange(10_000, 99_999)}",
            city=town,
            price=None if rent else Decimal(dice.randrange(80, 2_000) * 1_000),
            rent_cold=Decimal(dice.randrange(300, 4_000)) if rent else None,
            rooms=Decimal(dice.randrange(2, 16)) / 2,
            living_area=Decimal(dice.randrange(30, 300)),
            description="Ruhig und hell. " * 60,
        )
        one.index()
        yield one


def _activities(
    count: int, dice: random.Random, contacts: Sequence[Contact], estates: Sequence[Estate], agents: Sequence[Agent]
) -> Iterator[dict[str, Any]]:
    begin, day = datetime(2024, 1, 1, tzinfo=UTC), date(2026, 1, 1)
    for number in range(count):
        busiest = number % 100 == 0
        at = begin + timedelta(seconds=dice.randrange(60_000_000))
        follow_up = day + timedelta(days=dice.randrange(400)) if number % 50 == 0 else None
        yield {
            "public_id": uuid.UUID(int=dice.getrandbits(128), version=4),
            "kind": ("note", "call", "viewing", "mail")[number % 4],
            "at": at,
            "text": TEXTS[number % len(TEXTS)],
            "contact_id": contacts[0].pk if busiest else contacts[number % len(contacts)].pk,
            "estate_id": estates[0].pk if busiest else estates[number % len(estates)].pk if number % 2 else None,
            "agent_id": agents[number % len(agents)].pk,
            "follow_up_on": follow_up,
            "follow_up_done_at": at if follow_up and number % 100 else None,
            "created_at": at,
        }


def _insert(model: type[Activity], rows: Iterator[dict[str, Any]]) -> None:
    """Into the table itself, past Django's objects: half a million of these take a minute."""
    table = model._meta.db_table
    fields = [field for field in model._meta.local_fields if not field.primary_key]
    columns = ", ".join(str(field.column) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([row[field.attname] for field in fields])
            return
        statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - our own names
        while batch := list(itertools.islice(rows, 20_000)):
            prepared = [[field.get_db_prep_value(row[field.attname], connection) for field in fields] for row in batch]
            cursor.executemany(statement, prepared)
