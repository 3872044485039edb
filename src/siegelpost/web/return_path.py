"""The way back to a page after the visitor's own form: that look is no opening, the act itself is in the ledger.

Recipients carry no cookie (decision 0004), so the redirect's address says whose look it is: by a mark that this
server signed, that holds for a minute and counts once, whichever process meets it. Whatever comes with a mark that is
not right, is old or was used before is a look like any other.
"""

import asyncio
import hmac
import secrets
import time
from urllib.parse import parse_qs, urlencode

import structlog
from django.db import DatabaseError, connection

from siegelpost.settings import load
from siegelpost.web import throttle

log = structlog.get_logger(__name__)

HOLDS = 60  # seconds
_NAME = "nach"


def query(token: str) -> str:
    """What to append to the address of a dispatch's page when leading a visitor back to it."""
    made = f"{int(time.time())}.{secrets.token_hex(8)}"
    return f"?{urlencode({_NAME: f'{made}.{_signed(made, token)}'})}"


async def is_after_own_form(query_string: bytes, token: str) -> bool:
    """Whether this look follows the visitor's own form; asking uses the mark up."""
    given = parse_qs(query_string.decode("latin-1")).get(_NAME, [""])[0]
    made, _, signature = given.rpartition(".")
    issued = made.partition(".")[0]
    if not hmac.compare_digest(signature.encode(), _signed(made, token).encode()):
        return False
    if not 0 <= time.time() - int(issued) <= HOLDS:
        return False
    return await asyncio.to_thread(_first_use, given, int(issued))


def _first_use(mark: str, issued: int) -> bool:
    try:
        return throttle.is_first_use(mark, issued)
    except DatabaseError:
        log.exception("a mark could not be used up")
        return False  # then the look is recorded
    finally:
        connection.close()  # of a thread that nobody else would tidy up


def _signed(made: str, token: str) -> str:
    return hmac.new(load().secret("after-form"), f"{made}\n{token}".encode(), "sha256").hexdigest()[:32]
