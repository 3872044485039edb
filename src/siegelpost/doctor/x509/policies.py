"""Certificate policies along a path (RFC 5280 §6.1), for visitors who ask for none in particular."""

from siegelpost.doctor.der import oid_bytes
from siegelpost.doctor.x509.extensions import Reading

ANY = oid_bytes("2.5.29.32.0")


class PolicyWalk:
    """Goes down a path and keeps which policies are still valid. ``broken`` once one was demanded and none is left."""

    def __init__(self, length: int) -> None:
        self._expected: set[bytes] = set()
        self._any = True
        self._explicit = self._mapping = self._inhibit_any = length + 1
        self.broken = False

    @property
    def _is_empty(self) -> bool:
        return not self._any and not self._expected

    def certificate(self, reading: Reading, *, last: bool) -> None:
        if reading.policies is None:
            self._expected, self._any = set(), False
        elif not self._is_empty:
            self._descend(reading, last=last)
        if self._explicit == 0 and self._is_empty:
            self.broken = True

    def _descend(self, reading: Reading, *, last: bool) -> None:
        stated = set(reading.policies or ())
        kept = {policy for policy in stated - {ANY} if self._any or policy in self._expected}
        any_stays = False
        if ANY in stated and (self._inhibit_any > 0 or (not last and reading.is_self_issued)):
            kept |= self._expected
            any_stays = self._any
        self._expected, self._any = kept, any_stays

    def issuer(self, reading: Reading, *, anchor: bool = False) -> None:
        """What an issuer lays on everything below it."""
        if any(ANY in pair for pair in reading.mappings):
            self._expected, self._any, self.broken = set(), False, True
        else:
            self._map(reading)
        if not anchor and not reading.is_self_issued:
            self._explicit = max(0, self._explicit - 1)
            self._mapping = max(0, self._mapping - 1)
            self._inhibit_any = max(0, self._inhibit_any - 1)
        self._tighten(reading)

    def _map(self, reading: Reading) -> None:
        added = set()
        for upper, lower in reading.mappings:
            if self._mapping and (self._any or upper in self._expected):
                added.add(lower)
        self._expected -= {upper for upper, _lower in reading.mappings}
        self._expected |= added

    def _tighten(self, reading: Reading) -> None:
        if reading.explicit_policy is not None:
            self._explicit = min(self._explicit, reading.explicit_policy)
        if reading.inhibit_mapping is not None:
            self._mapping = min(self._mapping, reading.inhibit_mapping)
        if reading.inhibit_any is not None:
            self._inhibit_any = min(self._inhibit_any, reading.inhibit_any)

    def finish(self, reading: Reading) -> None:
        explicit = max(0, self._explicit - 1)
        if reading.explicit_policy == 0:
            explicit = 0
        if explicit == 0 and self._is_empty:
            self.broken = True
