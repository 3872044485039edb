"""Every way from a server's certificate up to an authority, in the order in which Chromium tries them.

A server may send its certificates in any order, twice, with strangers among them, or with several that carry
one name (cross-signed authorities). So a path is searched, not walked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError
from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.extensions import Reading, read
from siegelpost.doctor.x509.trust import Trust

# Real chains take a dozen steps. A hostile one (many certificates under one name) is given up after these.
MOST_STEPS = 2000
LONGEST_PATH = 20


@dataclass(frozen=True, slots=True)
class Path:
    """Readings from the server's certificate upwards. ``trusted`` says whether the last one is an authority's.

    ``given_up`` marks a search that was stopped before all ways were tried.
    """

    readings: tuple[Reading, ...]
    trusted: bool
    given_up: bool = False


def readable(certificates: Sequence[Certificate]) -> list[Reading]:
    """Those of the certificates that can be read at all."""
    found = []
    for certificate in certificates:
        try:
            found.append(read(certificate))
        except DerError:
            continue
    return found


def search(leaf: Reading, sent: Sequence[Reading], trust: Trust) -> Iterator[Path]:
    """All paths: those that end in an authority, and those that end nowhere."""
    return _Search(sent, trust).paths(leaf)


class _Search:
    def __init__(self, sent: Sequence[Reading], trust: Trust) -> None:
        self._sent: dict[object, list[Reading]] = {}
        for reading in sent:
            self._sent.setdefault(reading.subject, []).append(reading)
        self._trust = trust
        self._steps = 0

    def paths(self, leaf: Reading) -> Iterator[Path]:
        yield from self._above((leaf,), frozenset({_identity(leaf)}))

    def _above(self, path: tuple[Reading, ...], seen: frozenset[object]) -> Iterator[Path]:
        issuers = self._issuers(path[-1])
        tried = False
        for issuer in issuers:
            self._steps += 1
            if self._steps > MOST_STEPS:
                yield Path(path, trusted=False, given_up=True)
                return
            if self._trust.holds(issuer.certificate):
                tried = True
                yield Path((*path, issuer), trusted=True)
            elif (identity := _identity(issuer)) not in seen and len(path) < LONGEST_PATH:
                tried = True
                yield from self._above((*path, issuer), seen | {identity})
                if self._steps > MOST_STEPS:
                    return
        if not tried:
            yield Path(path, trusted=False)

    def _issuers(self, reading: Reading) -> list[Reading]:
        known = self._trust.by_name(reading.issuer, reading.certificate.issuer)
        # With a serial number in another form than the shortest, an authority is believed, but not found.
        roots = readable([root for root in known if der.is_integer(root.serial)])
        found = {each.certificate.whole: each for each in (*self._sent.get(reading.issuer, ()), *roots)}
        return sorted(found.values(), key=lambda issuer: self._order(reading, issuer))

    def _order(self, child: Reading, issuer: Reading) -> tuple[int, bool, float, float]:
        trusted = self._trust.holds(issuer.certificate)
        wanted, own = child.authority_key_id, issuer.subject_key_id
        if wanted is None or own is None:
            rank = 1 if trusted else 3
        elif wanted == own:
            rank = 0 if trusted else 2
        else:
            rank = 4 if trusted else 5
        return rank, not issuer.is_self_issued, -issuer.not_before.timestamp(), -issuer.not_after.timestamp()


def _identity(reading: Reading) -> object:
    return reading.subject, reading.alternative, reading.certificate.key_info
