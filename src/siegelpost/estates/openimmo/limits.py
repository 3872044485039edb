"""How much a file may be: far above what any office sends, far below what hurts this machine."""

MIB = 1024 * 1024

XML_BYTES = 128 * MIB
"""Size of the XML document, pictures embedded in it included."""

ZIP_BYTES = 2048 * MIB
"""Size of the ZIP file, and of all its content unpacked."""

ZIP_ENTRIES = 50_000
ZIP_RATIO = 200
"""An entry that unpacks to more than this many times its size is no picture and no document."""

ZIP_RATIO_COUNTS_FROM = 4 * MIB
"""Small entries may be very regular; a bomb is large when unpacked."""

ATTACHMENT_BYTES = 64 * MIB

DEPTH = 40
"""OpenImmo itself is about eight elements deep."""

ELEMENTS_PER_PROPERTY = 20_000
ATTRIBUTES_PER_ELEMENT = 64
TAG_LENGTH = 200
PROPERTIES = 20_000
ATTACHMENTS_PER_PROPERTY = 200
