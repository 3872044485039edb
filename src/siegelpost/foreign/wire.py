"""How a job gets to the process that reads it, and the answer back.

The arguments lie in a file without a name, whose descriptor is handed on; they come from this program and are pickled.
The answer comes from a process that strangers' bytes may have taken over: it is frames of bounded length, and of the
pickle in them only plain values and the listed classes are made.
"""

import enum
import io
import os
import pickle
import struct
from collections.abc import Callable, Collection
from dataclasses import is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

from siegelpost.toolbox.words import Words

HEAD = struct.Struct("!BQ")
# What the host says of a process that has ended: what waitpid(2) says.
VERDICT = struct.Struct("!i")
_PLAIN = {f"{one.__module__}.{one.__qualname__}" for one in (date, datetime, time, timedelta, timezone, Decimal, Words)}


class Frame(IntEnum):
    """What a frame holds."""

    BEGUN = 1  # nothing: somebody has begun to read
    ITEM = 2  # one of many
    RESULT = 3  # all there is
    ERROR = 4  # an exception that is the reader's answer
    FAILED = 5  # where the reader came to its end, as text
    MEMORY = 6
    ANSWER = 7


class BrokenAnswerError(Exception):
    """What came back is no answer."""


def put(call: object, files: list[BinaryIO]) -> int:
    """A file without a name that holds the call, to be handed on; files in it are noted for the other side.

    Returns:
        its descriptor; ``files`` holds those whose descriptors have to be handed on beside it.
    """
    descriptor = os.memfd_create("siegelpost", os.MFD_CLOEXEC)
    with open(descriptor, "wb", closefd=False) as file:
        _Pickler(file, files).dump(call)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def taken(descriptor: int, files: list[int]) -> Any:
    """The call that lies in this file; beside it the descriptors that came along."""
    with open(descriptor, "rb") as file:
        return _Unpickler(file, files).load()


class _Pickler(pickle.Pickler):
    def __init__(self, file: BinaryIO, files: list[BinaryIO]) -> None:
        super().__init__(file, protocol=5)
        self._files = files

    def persistent_id(self, one: object) -> int | None:
        if not isinstance(one, io.BufferedReader):
            return None
        self._files.append(one)
        return len(self._files) - 1


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO, files: list[int]) -> None:
        super().__init__(file)
        self._files = files

    def persistent_load(self, number: Any) -> BinaryIO:
        # Anew by its name: the position of a descriptor that was handed on is shared with whoever has the other one.
        return Path(f"/proc/self/fd/{self._files[number]}").open("rb")


def packed(answer: object, most: int) -> bytes | None:
    """An answer as bytes; None where it is larger than allowed."""
    file = _Bounded(most)
    try:
        pickle.Pickler(cast(BinaryIO, file), protocol=5).dump(answer)
    except _TooMuchError:
        return None
    return file.getvalue()


class _TooMuchError(Exception):
    """The answer is larger than allowed."""


class _Bounded(io.BytesIO):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self._most:
            raise _TooMuchError
        return super().write(data)


def unpacked(answer: bytes, modules: Collection[str]) -> Any:
    """What an answer holds.

    Args:
        answer: from a process that may do anything.
        modules: of which the dataclasses, enumerations and exceptions may be in it.

    Raises:
        BrokenAnswerError: something else is in it, or it is none.
    """
    try:
        return _Admitted(io.BytesIO(answer), modules).load()
    except Exception as error:
        raise BrokenAnswerError from error


class _Admitted(pickle.Unpickler):
    def __init__(self, file: BinaryIO, modules: Collection[str]) -> None:
        super().__init__(file)
        self._modules = modules

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        if f"{module}.{name}" in _PLAIN or module in self._modules:
            found = getattr(import_module(module), name, None)
            if isinstance(found, type) and (module not in self._modules or _is_value(found)):
                return found
        raise BrokenAnswerError(f"{module}.{name}")

    def persistent_load(self, number: Any) -> NoReturn:
        raise BrokenAnswerError


def _is_value(found: type) -> bool:
    """Whether making one does nothing but hold values."""
    return is_dataclass(found) or issubclass(found, enum.Enum | Exception)
