"""Who the office is, for the lane's pages that belong to no dispatch: whoever meets one may need to call somebody."""

import asyncio
import time
from math import inf

import structlog
from django.db import DatabaseError, connection

from siegelpost.office.current import office_shown
from siegelpost.office.models import Office

log = structlog.get_logger(__name__)

KEPT = 60  # seconds: such pages are asked for by strangers, as often as they like
AGAIN = 5  # and so soon after it could not be read


class OfficeAddress:
    """The office's name and address as recipients read it, read from the database at most once a minute."""

    def __init__(self) -> None:
        self._reads_at = -inf
        self._shown: dict[str, str] | None = None
        self._reading = asyncio.Lock()

    async def shown(self) -> dict[str, str] | None:
        """As a page takes it; none while the office has no name, or as long as the database has never answered.

        What was read before stands while it cannot be read.
        """
        async with self._reading:
            if time.monotonic() >= self._reads_at:
                try:
                    self._shown = await asyncio.to_thread(_read)
                    self._reads_at = time.monotonic() + KEPT
                except DatabaseError:
                    log.exception("the office's address could not be read")
                    self._reads_at = time.monotonic() + AGAIN
            return self._shown


def _read() -> dict[str, str] | None:
    try:
        office = Office.objects.exclude(name="").first()
        return office_shown(office) if office else None
    finally:
        connection.close()  # of a thread that nobody else would tidy up
