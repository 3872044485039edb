"""Whether a file has come whole. What a server says of a transfer's end proves nothing: the file itself has to."""

import re
import zipfile
from typing import BinaryIO

from siegelpost.estates.openimmo import limits
from siegelpost.estates.openimmo.package import EMPTY_ZIP_MAGIC, ZIP_MAGIC
from siegelpost.toolbox.damages import ZIP_DAMAGES

_TAIL = 4096
_CHUNK = 1024 * 1024
# The end of the last element, and behind it nothing but white space and what some programs leave behind.
_END = re.compile(rb"</(?:[^<>\s:]{1,100}:)?openimmo\s*>[\s\0]*\Z", re.IGNORECASE)


def is_zip(file: BinaryIO) -> bool:
    """Whether it begins like a ZIP."""
    file.seek(0)
    return file.read(4) in (ZIP_MAGIC, EMPTY_ZIP_MAGIC)


def ends_as_openimmo(file: BinaryIO) -> bool:
    """Whether it ends with the end of an OpenImmo document, in whatever encoding."""
    file.seek(max(0, file.seek(0, 2) - _TAIL))
    # In UTF-16 every other byte of such letters is zero.
    return bool(_END.search(file.read().replace(b"\0", b"")))


def is_whole_zip(file: BinaryIO) -> bool:
    """Whether a ZIP has its directory, and everything in it unpacks to what the directory says.

    One that passes the limits of :mod:`siegelpost.estates.openimmo.limits` is not unpacked: its reader refuses it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > limits.ZIP_ENTRIES or sum(each.file_size for each in entries) > limits.ZIP_BYTES:
                return True
            if any(each.flag_bits & 1 for each in entries):
                return True
            for entry in entries:
                with archive.open(entry) as content:
                    while content.read(_CHUNK):
                        pass
    except NotImplementedError:
        return True  # a method that nobody here knows, which is said by whoever reads it
    except ZIP_DAMAGES:
        return False
    return True
