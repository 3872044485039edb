"""What goes wrong with files that strangers send, as libraries say it: by many kinds of errors, of no common family."""

import lzma
import struct
import zipfile
import zlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import DuplicateExtension, ExtensionNotFound, InvalidVersion, UnsupportedGeneralNameType

# Of :mod:`zipfile`: a directory that is none, offsets that lead out of the file, names that cannot be decoded, methods
# that are not known, passwords that are missing, content that does not unpack.
ZIP_DAMAGES = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
# Of ``cryptography``, for certificates, keys and all that is made of them.
X509_DAMAGES = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    InvalidSignature,
    InvalidVersion,
    ExtensionNotFound,
    DuplicateExtension,
    UnsupportedGeneralNameType,
)
