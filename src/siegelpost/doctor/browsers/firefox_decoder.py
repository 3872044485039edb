"""Whether NSS, Firefox' older library, can decode a certificate at all: ``quickder.c``, templates of ``certdb.c``.

Firefox hands each certificate that it looks at to NSS, too. What NSS cannot decode is a failure of the library,
whatever mozilla::pkix thinks of it.
"""

from functools import lru_cache

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader


class QuickReader(Reader):
    """Reads as NSS does: no tag of zero, nothing in what calls itself NULL (of any class), and no empty values."""

    __slots__ = ()

    def element(self) -> tuple[int, bytes, bytes]:
        tag, content, whole = super().element()
        if tag == 0 or (tag & 0x1F == der.NULL and content):
            raise DerError("tag")
        return tag, content, whole

    def sequence(self) -> "QuickReader":
        return QuickReader(self.value(der.SEQUENCE))

    def filled(self, *tags: int) -> bytes:
        tag, content, _whole = self.element()
        if tag not in tags or not content:
            raise DerError("nothing, or something else")
        return content


@lru_cache(maxsize=1024)
def decodes(whole: bytes) -> bool:
    """Whether these bytes are a certificate to NSS."""
    try:
        _certificate(QuickReader(whole))
    except DerError:
        return False
    return True


def _certificate(reader: QuickReader) -> None:
    outer = reader.sequence()
    reader.finish()
    _announcement(outer.sequence())
    _algorithm(outer)
    _bits(outer.filled(der.BIT_STRING))
    outer.finish()


def _announcement(tbs: QuickReader) -> None:
    version = tbs.optional(0xA0)
    if version is not None:
        QuickReader(version).filled(der.INTEGER)
    tbs.filled(der.INTEGER)
    _algorithm(tbs)
    _name(tbs.sequence())
    validity = tbs.sequence()
    for _end in range(2):
        validity.filled(der.UTC_TIME, der.GENERALIZED_TIME)
    validity.finish()
    _name(tbs.sequence())
    key_info = tbs.sequence()
    _algorithm(key_info)
    _bits(key_info.filled(der.BIT_STRING))
    key_info.finish()
    for tag in (0x81, 0x82):
        unique = tbs.optional(tag)
        if unique is not None:
            _bits(unique)
    extensions = tbs.optional(0xA3)
    if extensions is not None:
        _extensions(QuickReader(extensions).sequence())
    tbs.finish()


def _algorithm(reader: QuickReader) -> None:
    algorithm = reader.sequence()
    algorithm.filled(der.OID)
    if not algorithm.at_end():
        algorithm.element()
    algorithm.finish()


def _bits(content: bytes) -> None:
    if not content or content[0] > 7 or (content[0] and len(content) == 1):
        raise DerError("bit string")


def _name(rdns: QuickReader) -> None:
    while not rdns.at_end():
        pairs = QuickReader(rdns.value(der.SET))
        while not pairs.at_end():
            pair = pairs.sequence()
            pair.filled(der.OID)
            pair.element()
            pair.finish()


def _extensions(extensions: QuickReader) -> None:
    while not extensions.at_end():
        extension = extensions.sequence()
        extension.filled(der.OID)
        if extension.peek() == der.BOOLEAN:
            extension.filled(der.BOOLEAN)
        extension.value(der.OCTET_STRING)
        extension.finish()
