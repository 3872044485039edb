"""A recipient (or a machine) looks: recorded as looked at, never as read."""

import re

from siegelpost.dispatch.states import State
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import Row, prepare

# Security scanners, link previews and libraries that name themselves. Others come as ordinary browsers: that is why
# an opening is never taken for an act of the recipient.
_MACHINES = re.compile(
    rb"bot|crawl|spider|preview|scan|slurp|facebookexternalhit|whatsapp|telegram|skype|slack|teams|proofpoint|mimecast"
    rb"|barracuda|safelinks|urldefense|python|curl|wget|go-http|java/|okhttp|headless|^$",
    re.IGNORECASE,
)


def looks_like_a_machine(user_agent: bytes) -> bool:
    """Whether the visitor names itself as a program; a "no" proves no person."""
    return _MACHINES.search(user_agent) is not None


def record(public_id: str, *, state: str, ip: str, user_agent: bytes, method: str) -> Row:
    """The event of somebody looking at a dispatch's page, to be written before the page is answered."""
    return prepare(
        EventKind.CONTENT_ACCESS_TRACKING if state == State.OPEN else EventKind.NOTIFICATION_ACCESS_TRACKING,
        subject=public_id,
        data={"machine": looks_like_a_machine(user_agent), "method": method},
        personal={"client": f"{ip} {user_agent[:300].decode('latin-1')}"},
    )
