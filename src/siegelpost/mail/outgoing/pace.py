"""How fast mails go to one mail server: not faster than the office allows, and slower once the server asks for it.

The server's wish is learned from its answers: 421, or a temporary refusal that speaks of rates and limits. Greylisting
is about one recipient and slows nobody else. What was learned fades while all goes well.
"""

import re
import time
from dataclasses import dataclass, field
from threading import Event

from siegelpost.mail.outgoing.server_settings import Server
from siegelpost.mail.outgoing.transitions import Answer

# Seconds between two mails: after the first complaint, at most, and below which it no longer counts.
FIRST_GAP, LONGEST_GAP, SHORTEST_GAP = 0.5, 60.0, 0.05
_GROWS, _FADES = 2.0, 0.97

_TEMPORARY = frozenset({421, 450, 451, 452, 454})
_ABOUT_PACE = re.compile(
    r"\brate|too (many|much|fast)|throttl|limit|quota|slow down|exceed|\bdefer.{0,40}(load|volume)|try .{0,20}slower"
    r"|zu (viele|schnell)|überschritten|begrenz",
    re.IGNORECASE,
)


# Some providers say it as if it were for ever: "550 5.7.1 Send quota exceeded" (T-Online), "554 ... sending limit".
_SENT_TOO_MUCH = re.compile(
    r"send(ing)? (quota|limit)|(quota|limit) for (sending|outgoing)|outgoing (message|mail) (quota|limit)"
    r"|daily (sending|message|user) (quota|limit)|5\.4\.5\b|zu viele mails (ver|ge)sen",
    re.IGNORECASE,
)


def sent_too_much(answer: Answer) -> bool:
    """Is it about how much was sent from here? Then the mail is as good tomorrow as the code is permanent."""
    return answer.code is not None and answer.code >= 400 and _SENT_TOO_MUCH.search(answer.text) is not None


def asks_to_slow_down(answer: Answer) -> bool:
    """Does the server complain about how fast mails come, and not about this one?"""
    if answer.code == 421 or sent_too_much(answer):
        return True
    return answer.code in _TEMPORARY and _ABOUT_PACE.search(answer.text) is not None


@dataclass(slots=True)
class Pace:
    """The pace to one server, within one process; ``per_minute`` is what the office allows, 0 is no limit."""

    server: Server | None = None
    per_minute: int = 0
    learned: float = 0.0
    _last: float = field(default=0.0)

    @property
    def gap(self) -> float:
        """Seconds from one mail to the next."""
        return max(60 / self.per_minute if self.per_minute else 0.0, self.learned)

    def aim(self, server: Server | None, per_minute: int) -> None:
        """Go on to this server; what was learned about another does not count."""
        if server != self.server:
            self.server, self.learned = server, 0.0
        self.per_minute = per_minute

    def learn(self, answer: Answer) -> None:
        """Take the server's answer to a mail into account."""
        if asks_to_slow_down(answer):
            self.learned = min(max(self.learned * _GROWS, FIRST_GAP), LONGEST_GAP)
        elif answer.code is not None and answer.code < 400:
            self.learned = self.learned * _FADES if self.learned > SHORTEST_GAP else 0.0

    def wait(self, until: float, stopping: Event) -> bool:
        """Wait for the next mail's turn; False when that comes after ``until`` (monotonic), or the process ends."""
        turn = self._last + self.gap
        if turn > until:
            return False
        if stopping.wait(max(0.0, turn - time.monotonic())):
            return False
        self._last = time.monotonic()
        return True
