"""What an address book costs: ``python -m bench.address_book [--contacts 10000]``.

Seconds of processor time, this process and the room for strangers' bytes together, for a file of vCards with
photographs and for the same people as a table: reading, comparing with who is known, taking in, finding duplicates,
taking back. All of it has to stay below a minute for ten thousand. Uses a data folder of its own, SQLite.
"""

import argparse
import base64
import os
import resource
import sys
import tempfile
from collections.abc import Callable

from bench.import_ import spent

MOST_SECONDS = 60
PHOTO = base64.b64encode(b"\xff\xd8" * 4_000).decode()


def main() -> int:
    """Measure both, print a table; 1 if it takes too long or makes fewer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000)
    count = parser.parse_args().contacts
    with tempfile.TemporaryDirectory(prefix="siegelpost-bench-") as folder:
        os.environ |= {"SIEGELPOST_DATA": folder, "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        books = {"vCards": vcards(count), "table": table(count)}
        found = [measured(name, content) for name, content in books.items()]
    worst = max(seconds for seconds, _ in found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} contacts: at most {worst:.1f} s of processor time, {peak:.0f} MiB; allowed {MOST_SECONDS} s")
    return int(worst > MOST_SECONDS or any(made != count for _, made in found))


def measured(name: str, content: bytes) -> tuple[float, int]:
    """Bring it in and take it back; gives the seconds altogether, and how many contacts it made."""
    from siegelpost.contacts import duplicates
    from siegelpost.contacts.address_books import books, work
    from siegelpost.contacts.models import AddressBook, Contact
    from siegelpost.office.models import Agent

    agent, _ = Agent.objects.get_or_create(name="Jana Roth", email="roth@bench.test")
    took: dict[str, float] = {}

    def timed(step: str, act: Callable[[], object]) -> None:
        before = cpu()
        act()
        took[step] = cpu() - before

    timed("read", lambda: books.begin(content, f"{name}.csv", agent=agent))
    book = AddressBook.objects.latest("pk")
    if book.state == "mapping":
        books.map_columns(book, book.fields)
    timed("compare", work.round_)
    book.refresh_from_db()
    books.take(book)
    timed("take", work.round_)
    timed("duplicates", duplicates.pairs)
    made = Contact.objects.count()
    book.refresh_from_db()
    books.undo(book)
    timed("take back", work.round_)
    print(
        f"{name:>8} {len(content) / 1e6:>7.1f} MB {made:>7,} made  "
        + "  ".join(f"{k} {v:.1f} s" for k, v in took.items())
    )
    return sum(took.values()), made


def cpu() -> float:
    """Seconds of this process and of the room for strangers' bytes."""
    from siegelpost.foreign import room

    return spent(room.OWN.pid())


def vcards(count: int) -> bytes:
    """Every tenth has somebody else's number."""
    return "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Mustermann{n};Erika;;Dr.;\r\nFN:Dr. Erika Mustermann{n}\r\n"
        f"EMAIL;TYPE=WORK:m{n}@muster.test\r\nEMAIL;TYPE=HOME:privat{n}@muster.test\r\n"
        f"TEL;TYPE=CELL:+49 170 {n - n % 10 // 9:07}\r\nTEL;TYPE=WORK,FAX:040 {n:07}\r\n"
        f"ADR;TYPE=HOME:;;Gartenstraße {n % 200};Lüneburg;;{n % 90_000 + 10_000};Deutschland\r\n"
        f"NOTE:sucht Altbau\\, gern mit Garten\r\nPHOTO;ENCODING=b;TYPE=JPEG:{PHOTO}\r\nEND:VCARD\r\n"
        for n in range(count)
    ).encode()


def table(count: int) -> bytes:
    """As Outlook writes it."""
    rows = (
        f"Erika;Mustermann{n};m{n}@muster.test;0170 {n - n % 10 // 9:07};040 {n:07};Weg 1;{n % 90_000 + 10_000};Ort"
        for n in range(count)
    )
    return "\r\n".join(["Vorname;Nachname;E-Mail;Mobil;Fax;Straße;PLZ;Ort", *rows]).encode("cp1252")


if __name__ == "__main__":
    sys.exit(main())
