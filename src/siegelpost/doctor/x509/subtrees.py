"""Sets of constraints, each made once for all names that are held to it: to ask costs one look, not one for each.

A certificate of 64 KiB holds thousands of constraints, another thousands of names. What a match means differs from
browser to browser and is said where these are asked.
"""

from collections.abc import Hashable, Iterable


class Suffixes:
    """Texts by which others may end."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._texts = frozenset(texts)
        self._lengths = sorted({len(text) for text in self._texts})

    def end(self, text: bytes) -> bool:
        """Whether one of them stands at the end, with something before it."""
        for length in self._lengths:
            if length >= len(text):
                return False
            if text[len(text) - length :] in self._texts:
                return True
        return False

    def end_after_dot(self, text: bytes) -> bool:
        """Whether one of them is what follows one of the dots."""
        for length in self._lengths:
            if length >= len(text):
                return False
            if text[-length - 1] == ord(".") and text[len(text) - length :] in self._texts:
                return True
        return False


class Prefixes:
    """Rows with which others may begin."""

    def __init__(self, rows: Iterable[tuple[Hashable, ...]]) -> None:
        self._rows = frozenset(rows)
        self._lengths = sorted({len(row) for row in self._rows})

    def begin(self, row: tuple[Hashable, ...]) -> bool:
        """Whether one of them is this row or stands at its beginning."""
        return any(row[:length] in self._rows for length in self._lengths if length <= len(row))


class Networks:
    """Ranges of addresses: each an address and a mask of the same length, one after the other."""

    def __init__(self, ranges: Iterable[bytes]) -> None:
        self._by_mask: dict[tuple[int, int], set[int]] = {}
        for one in ranges:
            half = len(one) // 2
            mask = int.from_bytes(one[half:], "big")
            self._by_mask.setdefault((half, mask), set()).add(int.from_bytes(one[:half], "big") & mask)

    @property
    def looks(self) -> int:
        """What one question costs: a look for each mask."""
        return len(self._by_mask)

    def contain(self, address: bytes) -> bool:
        number, size = int.from_bytes(address, "big"), len(address)
        return any(number & mask in found for (half, mask), found in self._by_mask.items() if half == size)


class Hosts:
    """Hosts with all that stands under them; one with a dot before it is not itself among them, an empty one is all."""

    def __init__(self, bases: Iterable[bytes], *, excluding: bool) -> None:
        bases = [base.lower() for base in bases]
        self._every = b"" in bases
        self._whole = frozenset(base.removesuffix(b".") for base in bases if base)
        self._under = Suffixes(base.removeprefix(b".") for base in self._whole)
        # A wildcard stands for excluded hosts beside it, too.
        self._parents = frozenset(base.partition(b".")[2] for base in self._whole if excluding and b"." in base)

    def contain(self, content: bytes) -> bool:
        name = content.lower().removesuffix(b".")
        return (
            self._every
            or name in self._whole
            or self._under.end_after_dot(name)
            or (name.startswith(b"*.") and name[2:] in self._parents)
        )
