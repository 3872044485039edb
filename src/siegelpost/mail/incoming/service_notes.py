"""What sending services write to the sender about a mail, as JSON in a mail of their own (Amazon SES through SNS).

Read by its signs, not as JSON: mail servers on the way break the one long line of it in two.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_KIND_NAMED = r'\{\s{0,20}"(?:notification|event)Type"\s?:\s?"(\w{1,20})"'
_KIND = re.compile(rf"\s{{0,20}}{_KIND_NAMED}")
_PASSED_ON = re.compile(rf'\s{{0,20}}\{{\s{{0,20}}"Type".{{0,500}}?"Message" ?: ?"{_KIND_NAMED}', re.DOTALL)
_BROKEN = re.compile(r"!\n ")
_ADDRESS = re.compile(r'"emailAddress"\s?:\s?"([^"\\]{3,350})"')
_STATUS = re.compile(r'"status"\s?:\s?"([245]\.\d{1,3}\.\d{1,3})"')
_DIAGNOSTIC = re.compile(r'"diagnosticCode"\s?:\s?"([^"\\]{1,2000})')
_MESSAGE_ID = re.compile(r'"(?:[Mm]essage-I[Dd]"\s?,\s?"value|messageId)"\s?:\s?"(<[^"\s<>]{3,450}>)"')


class Note(StrEnum):
    """What a service tells of a mail."""

    BOUNCE = "Bounce"
    DELAY = "DeliveryDelay"
    DELIVERY = "Delivery"
    COMPLAINT = "Complaint"


@dataclass(frozen=True, slots=True)
class ServiceNote:
    """What is told, of which recipients; ``message_ids`` are ours, not the service's own."""

    kind: Note
    named: tuple[str, ...]
    status: str
    diagnostic: str
    message_ids: tuple[str, ...]


def read(text: str) -> ServiceNote | None:
    """The note that a mail's text is; None where it is something else."""
    text = text.replace('\\"', '"')  # a note within another, as SNS passes it on
    found = _KIND.match(text) or _PASSED_ON.match(text)
    if found is None or found[1] not in set(Note):
        return None
    text = _BROKEN.sub("", text)
    return ServiceNote(
        kind=Note(found[1]),
        named=tuple(dict.fromkeys(_ADDRESS.findall(text)))[:50],
        status=next(iter(_STATUS.findall(text)), ""),
        diagnostic=next(iter(_DIAGNOSTIC.findall(text)), "").removeprefix("smtp; "),
        message_ids=tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:50],
    )
