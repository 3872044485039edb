"""Who is here at this moment, by where they come from; in this process alone."""

from collections import Counter

from siegelpost.toolbox.limits import source


class Crowd:
    """Counts connections by source.

    Args:
        each: how many of one source may be here.
        together: how many in all.
    """

    def __init__(self, each: int, together: int) -> None:
        self._each = each
        self._together = together
        self._here: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._here.total()

    def enter(self, address: str, *, brings_others: bool = False) -> bool:
        """Let somebody of this address in, unless too many are here; whether it was done.

        Args:
            brings_others: it is a trusted proxy, from which everybody comes; it keeps its own limits.
        """
        who = source(address)
        if self._here.total() >= self._together or (self._here[who] >= self._each and not brings_others):
            return False
        self._here[who] += 1
        return True

    def leave(self, address: str) -> None:
        """Somebody of this address who was let in has gone."""
        who = source(address)
        self._here[who] -= 1
        if not self._here[who]:
            del self._here[who]
