"""Times that contradict each other: in the order of the ledger, and against time stamps.

The times of events are those of the office's server. They can be wrong; what is shown here is where they cannot be
right, because something was recorded after what it claims to precede.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from siegelpost.proof import reasons
from siegelpost.proof.manifest import Manifest
from siegelpost.proof.report import Anchor, ProvenEvent
from siegelpost.toolbox.words import Words

# An event bears the time at which its transaction began, and the clocks of two machines differ by seconds.
TOLERANCE = timedelta(minutes=5)


def contradictions(
    events: Sequence[ProvenEvent], stamps: Sequence[tuple[str, Anchor, datetime]], manifest: Manifest | None
) -> Iterator[tuple[str, Words]]:
    """What cannot be: (the file that says it, why).

    Args:
        events: in the order of the ledger.
        stamps: the genuine time stamps: name of the file, what it says, when.
    """
    latest: ProvenEvent | None = None
    for event in events:
        if latest and event.at < latest.at - TOLERANCE:
            yield _file(event), reasons.BEFORE_EARLIER.filled(latest.index)
        if latest is None or event.at > latest.at:
            latest = event
    if manifest and latest and manifest.created < latest.at - TOLERANCE:
        yield "manifest.txt", reasons.MADE_BEFORE.filled(latest.index)
    for name, stamp, at in stamps:
        for event in events:
            if event.index < stamp.size and event.at > at + TOLERANCE:
                yield name, reasons.OLDER_THAN_COVERED.filled(event.index)
                break
        for event in events:
            if event.index >= stamp.size and event.at < at - TOLERANCE:
                yield _file(event), reasons.BEFORE_STAMP.filled(name)


def _file(event: ProvenEvent) -> str:
    return f"events/{event.index:09}.leaf.json"
