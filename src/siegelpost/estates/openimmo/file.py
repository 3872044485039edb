"""An OpenImmo file as an office hands it in: read apart from the server (:mod:`siegelpost.foreign`)."""

import pickle
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, overload

from siegelpost.estates.openimmo.messages import Key, OpenImmoError
from siegelpost.estates.openimmo.package import files_of, open_file
from siegelpost.estates.openimmo.reader import read as read_here
from siegelpost.estates.openimmo.values import Delivery, Property, Provider, Rejected, Remark, Transfer
from siegelpost.foreign import room
from siegelpost.foreign.errors import TooExpensiveError


@dataclass(frozen=True, slots=True)
class Head:
    """What a transfer says of itself, see :class:`Transfer`."""

    full: bool
    sender: str
    notices: tuple[Remark, ...]
    stamp: str = ""
    techn_email: str = ""


class Shelf(Sequence[Property]):
    """Properties laid away packed: thousands take less than half their room, each whole only while it is looked at."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []

    def append(self, property_: Property) -> None:
        """Lay one away, after the others."""
        self._packed.append(zlib.compress(pickle.dumps(property_, protocol=5), level=1))

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, place: int) -> Property: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Property]: ...

    def __getitem__(self, place: int | slice) -> Property | Sequence[Property]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        found: Property = pickle.loads(zlib.decompress(self._packed[place]))  # noqa: S301 - packed above
        return found


def parts(file: BinaryIO, name: str) -> Iterator[Head | Provider | Property | Rejected]:
    """Everything a file says, piece by piece: the head, then each provider and what it delivers.

    Raises:
        OpenImmoError: as :func:`read`.
    """
    with read_here(Path(f"/proc/self/fd/{file.fileno()}"), name) as transfer:
        yield Head(transfer.full, transfer.sender, transfer.notices, transfer.stamp, transfer.techn_email)
        for delivery in transfer.deliveries:
            yield delivery.provider
            yield from delivery.properties
            yield from delivery.rejected


def read(path: Path) -> Transfer:
    """Everything the file says. Use it as a context manager: its attachments are read from the open file.

    Raises:
        OpenImmoError: the file as a whole is refused; see :mod:`.messages` for every reason.
        siegelpost.foreign.errors.BusyError: nobody could read it now.
    """
    head = Head(full=False, sender="", notices=())
    delivered: list[tuple[Provider, Shelf, list[Rejected]]] = []
    try:
        with open_file(path) as file:
            for part in room.stream(parts, file, path.name):
                if isinstance(part, Provider):
                    delivered.append((part, Shelf(), []))
                elif isinstance(part, Head):
                    head = part
                elif isinstance(part, Property):
                    delivered[-1][1].append(part)
                else:
                    delivered[-1][2].append(part)
    except TooExpensiveError as error:
        raise OpenImmoError(Key.TOO_DEAR) from error
    deliveries = tuple(Delivery(provider, properties, tuple(rejected)) for provider, properties, rejected in delivered)
    # What is small and of a known form by now: its directory was looked at.
    return Transfer(head.full, deliveries, head.sender, files_of(path), head.notices, head.stamp, head.techn_email)
