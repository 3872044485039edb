"""How long after a fault the next try comes, whether there is one at all, and when a person is told: a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.certificates.dyndns.record import Fault

# Between two looks that found all in order, in seconds; also between two writes.
USUAL = 300.0
LONGEST = 6 * 3600.0
# How long a change may take until every name server gives it, in seconds.
ARRIVAL = 3600.0
_HOUR, _DAY = 3600.0, 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Of one fault, in seconds.

    Args:
        stops: no further try can succeed before a person has changed something.
        first: until the second try; each further pause is twice as long.
        longest: of the pauses.
        told_after: how long it has to last until administrators hear of it, once.
    """

    stops: bool = False
    first: float = USUAL
    longest: float = LONGEST
    told_after: float = _DAY


_STOPS = Pace(stops=True, told_after=0)
# What this machine can look at without asking the provider is looked at as usual.
_LOOKED_AT = Pace(longest=USUAL, told_after=_HOUR)
# DynDNS2 asks for half an hour after 911 and dnserr (help.dyn.com, "Return Codes").
_HALF_AN_HOUR = Pace(first=1800)
PACES: Mapping[Fault, Pace] = MappingProxyType(
    {
        Fault.BAD_LOGIN: _STOPS,
        Fault.NO_HOST: _STOPS,
        Fault.BLOCKED: _STOPS,
        Fault.REFUSED: _STOPS,
        Fault.SECOND_FACTOR: _STOPS,
        Fault.SEALED: _STOPS,
        Fault.SEVERAL: Pace(told_after=0),
        Fault.ALIAS: Pace(longest=USUAL, told_after=0),
        Fault.OUTAGE: _HALF_AN_HOUR,
        Fault.DNS_ERROR: _HALF_AN_HOUR,
        Fault.TOO_OFTEN: _HALF_AN_HOUR,
        Fault.NOT_UNDERSTOOD: _HALF_AN_HOUR,
        Fault.UNREACHABLE: Pace(),
        Fault.NO_ZONE: Pace(longest=USUAL),
        Fault.NOT_ARRIVED: Pace(first=ARRIVAL),
        Fault.NO_ADDRESS: Pace(longest=USUAL),
        Fault.PRIVATE: _LOOKED_AT,
        Fault.CARRIER_NAT: _LOOKED_AT,
        Fault.DS_LITE: _LOOKED_AT,
    }
)


def pause(fault: Fault | None, failures: int, wanted: float | None = None) -> float:
    """Seconds until the next look, after so many failures in a row; never less than the provider wants."""
    if fault is None:
        return USUAL
    pace = PACES[fault]
    doubled = pace.first * 2.0 ** min(max(failures - 1, 0), 16)
    return max(min(doubled, pace.longest), wanted or 0.0)
