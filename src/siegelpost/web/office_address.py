"""Who the office is, for the lane's pages that belong to no dispatch: whoever meets one may need to call somebody."""

import asyncio
import time

import structlog
from django.db import DatabaseError, connection

from siegelpost.office.current import office_shown
from siegelpost.office.models import Office

log = structlog.get_logger(__name__)

KEPT = 60  # seconds: such pages are asked for by strangers, as often as they like


class OfficeAddress:
    """The office's name and address as recipients read it, read from the database at most once a minute."""

    def __init__(self) -> None:
        self._read_at = 0.0
        self._shown: dict[str, str] | None = None

    async def shown(self) -> dict[str, str] | None:
        """As a page takes it; none while the office has no name, or the database does not answer."""
        if not self._read_at or time.monotonic() - self._read_at > KEPT:
            self._read_at = time.monotonic()
            self._shown = await asyncio.to_thread(_read)
        return self._shown


def _read() -> dict[str, str] | None:
    try:
        office = Office.objects.exclude(name="").first()
        return office_shown(office) if office else None
    except DatabaseError:
        log.exception("the office's address could not be read")
        return None
    finally:
        connection.close()  # of a thread that nobody else would tidy up
