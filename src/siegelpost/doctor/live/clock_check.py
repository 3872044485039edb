"""Whether this machine's clock is right, as far as one server and its certificate can tell."""

from datetime import datetime, timedelta

from siegelpost.doctor.der import DerError
from siegelpost.doctor.live.client_offers import AS_OF
from siegelpost.doctor.live.findings import FindingId, LiveFinding
from siegelpost.doctor.live.observation import Observation
from siegelpost.doctor.x509.certificate import parse

# Authorities backdate certificates by an hour or so; browsers ask about the clock from about a day.
TOLERANCE = timedelta(minutes=5)


def compare(seen: Observation) -> LiveFinding:
    """The clock against two witnesses: the server's Date header, and what cannot lie in the future.

    A certificate of a public authority that is "not yet valid", or a day before this program was written, makes it
    sure. The header alone says only that one of the two clocks is wrong; over loopback it says nothing.
    """
    read_at = seen.head.read_at if seen.head else None
    there = seen.head.date if seen.head else None
    if read_at is None or there is None:
        return LiveFinding(FindingId.CLOCK_UNKNOWN)
    off = read_at - there
    facts = {"seconds": abs(round(off.total_seconds())), "fast": off > timedelta(0), "here": read_at, "there": there}
    if _impossible(seen, read_at):
        return LiveFinding(FindingId.CLOCK_WRONG, facts)
    if abs(off) > TOLERANCE:
        return LiveFinding(FindingId.CLOCK_DIFFERS, facts)
    return LiveFinding(FindingId.CLOCK_UNKNOWN if seen.same_machine else FindingId.CLOCK_RIGHT, facts)


def _impossible(seen: Observation, now: datetime) -> bool:
    if now.date() < AS_OF:
        return True
    if seen.main is None or seen.main.judgement is None or not seen.main.judgement.public:
        return False
    try:
        dates = parse(seen.main.handshake.chain[0]).dates
    except (DerError, IndexError):
        return False
    return dates is not None and now < dates[0]
