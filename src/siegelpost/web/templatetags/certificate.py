"""The drawing of a certificate's chain, and the time line of its validity, out of the doctor's JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

# The bars are drawn on a canvas this wide and stretched to the page.
WIDTH = 1000
# Left and right of the server's certificate so much of its length stays visible.
MARGIN = 0.25
TONES = {"ok": "good", "refused": "bad", "unknown": "wait", None: ""}


@dataclass(frozen=True, slots=True)
class Bar:
    """One certificate on the time line: from ``x``, ``width`` wide; ``earlier`` and ``later`` where it goes on."""

    subject: str
    tone: str
    first: datetime
    last: datetime
    x: int
    width: int
    earlier: bool
    later: bool
    left: str


@register.inclusion_tag("certificate/chain.html")
def certificate_chain(path: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The path that was judged, the authority on top; what is missing above it is drawn as a gap."""
    links = [{**link, **_moments(link), "tone": TONES[link["state"]], "role": _role(path, link)} for link in path]
    top = path[-1] if path else None
    missing = top["issuer"] if top and not top["trusted"] and top["subject"] != top["issuer"] else None
    return {"links": links[::-1], "missing": missing}


@register.inclusion_tag("certificate/timeline.html")
def certificate_timeline(path: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """How long each certificate of the path is valid, on a scale that the server's own one sets.

    ``at`` is the moment of the check, and always lies on the time line.
    """
    dated = [link for link in path if link["not_before"] and link["not_after"]]
    if not dated:
        return {}
    own = _moments(dated[0])
    room = max((own["last"] - own["first"]) * MARGIN, timedelta(days=1))
    start, end = min(own["first"], at) - room, max(own["last"], at) + room
    scale = _Scale(start, end)
    return {
        "bars": [_bar(link, scale, at) for link in dated[::-1]],
        "now": scale.place(at),
        "at": at,
        "start": start,
        "end": end,
        "width": WIDTH,
    }


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime

    def place(self, at: datetime) -> int:
        """Where a moment lies on the canvas; what is beyond it, at its edge."""
        return round(min(1.0, max(0.0, (at - self.start) / (self.end - self.start))) * WIDTH)


def _moments(link: Mapping[str, Any]) -> dict[str, datetime]:
    both = {"first": link["not_before"], "last": link["not_after"]}
    return {name: datetime.fromisoformat(text) for name, text in both.items() if text}


def _role(path: Sequence[Mapping[str, Any]], link: Mapping[str, Any]) -> str:
    if link["trusted"]:
        shipped = _("Zertifizierungsstelle, der Browser von Haus aus vertrauen")
        return shipped if link["public"] else _("Zertifizierungsstelle, die auf diesem Rechner eingetragen ist")
    return _("Zertifikat Ihres Servers") if link is path[0] else _("Zwischenzertifikat")


def _bar(link: Mapping[str, Any], scale: _Scale, at: datetime) -> Bar:
    first, last = _moments(link)["first"], _moments(link)["last"]
    x, end = scale.place(first), scale.place(last)
    return Bar(
        subject=link["subject"],
        tone="good" if first <= at <= last else "bad",
        first=first,
        last=last,
        x=x,
        width=max(2, end - x),
        earlier=first < scale.start,
        later=last > scale.end,
        left=_left(first, last, at),
    )


def _left(first: datetime, last: datetime, at: datetime) -> str:
    if at < first:
        days = (first - at).days + 1
        return ngettext("gilt erst in %(n)d Tag", "gilt erst in %(n)d Tagen", days) % {"n": days}
    if at > last:
        days = (at - last).days
        return ngettext("seit %(n)d Tag abgelaufen", "seit %(n)d Tagen abgelaufen", days) % {"n": days}
    days = (last - at).days
    return ngettext("noch %(n)d Tag", "noch %(n)d Tage", days) % {"n": days}
