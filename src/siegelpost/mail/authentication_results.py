"""What the receiving mail server found out about the sender of a mail (RFC 8601)."""

import re
from email.message import Message
from typing import NotRequired, TypedDict

from siegelpost.mail import reading

_METHOD = re.compile(r"\b(spf|dkim|dmarc|arc)\s{0,3}=\s{0,3}([a-z]{3,12})\b", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_SERVER = re.compile(r"\s*([^\s;]{1,255})")
_LONGEST = 4000
# Best first: of several signatures one that is right is enough.
_RESULTS = ("pass", "fail", "policy", "softfail", "neutral", "temperror", "permerror", "none")


class Findings(TypedDict):
    """``server`` says so of itself; whoever sends a mail can write such a header, too, so only the uppermost counts.

    ``own_dkim`` is what was found out here, where no server said anything (see :mod:`.own_verification`).
    """

    server: str
    spf: str
    dkim: str
    dmarc: str
    own_dkim: NotRequired[str]


def findings(message: Message) -> Findings:
    """The results the uppermost server names; empty texts where it names none."""
    headers = [value[:_LONGEST] for value in reading.headers(message, "Authentication-Results")]
    server = _server(headers[0]) if headers else ""
    named: dict[str, set[str]] = {}
    for value in headers:
        if _server(value) != server:
            break
        for method, result in _METHOD.findall(_COMMENT.sub(" ", value)):
            named.setdefault(method.lower(), set()).add(result.lower())
    best = {method: next((one for one in _RESULTS if one in results), "") for method, results in named.items()}
    return Findings(server=server, spf=best.get("spf", ""), dkim=best.get("dkim", ""), dmarc=best.get("dmarc", ""))


def _server(value: str) -> str:
    found = _SERVER.match(value)
    return found[1].lower() if found else ""
