"""One question to the real browsers: a chain, the name it is asked for, the roots that are known; and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.real.browsers.servers import CannotServeError, context_for
from tests.support import der
from tests.support.pki import Authority, Certificate, Extension, extension

HOST = "a.test"
NOW = datetime.now(UTC).replace(microsecond=0)
Shape = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    name: str
    host: str
    served: Certificate
    roots: tuple[bytes, ...]

    @property
    def can_be_served(self) -> bool:
        """Whether a browser can be asked about it: OpenSSL loads it, or the plain server can sign with its key."""
        if self.served.key.kind == "p256":
            return True
        try:
            context_for(self.served)
        except CannotServeError:
            return False
        return True


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def only(name: str, value: bytes, *, critical: bool = False) -> Shape:
    """A shape that differs in one extension."""
    return {"extensions": {name: extension(name, value, critical=critical)}}


def without(*names: str) -> Shape:
    return {"extensions": dict.fromkeys(names)}


def more(*extensions: Extension) -> Shape:
    return {"more_extensions": extensions}


def spoiled(signature: bytes) -> bytes:
    return signature[:-1] + bytes([signature[-1] ^ 1])


UNKNOWN_OID = "1.3.6.1.4.1.55555.1"
UNKNOWN = Extension(UNKNOWN_OID, der.null())
CRITICAL = Extension(UNKNOWN_OID, der.null(), critical=True)
EXPIRED: Shape = {"not_before": ago(100), "days": 50}
FUTURE: Shape = {"not_before": NOW + timedelta(days=10)}
MUST_STAPLE = der.sequence(der.integer(5))
BROKEN = b"\x30\x05\x01"


class Pki:
    """Names that no other case has: browsers remember what they have seen under a name."""

    def __init__(self, case: str) -> None:
        self._case = case

    def root(self, **shape: Any) -> Authority:
        return Authority.root(**{"name": f"Root {self._case}"[:64]} | shape)

    def under(self, issuer: Authority, level: int = 1, **shape: Any) -> Authority:
        return issuer.intermediate(**{"name": f"Issuer {level} {self._case}"[:64]} | shape)
