"""Who reads strangers' bytes, and what that may cost: one row for each function."""

from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

_MIB = 1024 * 1024


class Lane(Enum):
    """Those that wait for each other; no lane holds up another.

    Mails are read by the jobs process, the rest while somebody waits for a page.
    """

    MAILS = auto()
    FILES = auto()
    PICTURES = auto()
    IMPORTS = auto()


# How many of a lane are read at once: a picture takes much memory.
AT_ONCE = MappingProxyType({Lane.MAILS: 2, Lane.FILES: 2, Lane.PICTURES: 1, Lane.IMPORTS: 1})
# So many threads of one process may wait for a lane: of a worker's eight some always stay for everybody else.
MOST_CALLS = MappingProxyType({Lane.MAILS: 6, Lane.FILES: 3, Lane.PICTURES: 2, Lane.IMPORTS: 1})


@dataclass(frozen=True, slots=True)
class Reader:
    """A function that reads strangers' bytes, and where it is stopped.

    Args:
        function: where it stands, as ``module:name``. Its module imports no models and keeps nothing between two calls.
        lane: with which others it shares places.
        cpu: seconds of processor time.
        wall: seconds altogether, waiting included.
        memory: bytes, beyond what a process needs that does nothing.
        answer: bytes of what it gives back.
        answers_of: modules whose dataclasses, enumerations and errors may be in its answer.
        warm: modules, or functions as ``module:name``, that are loaded or called once before; children share it.
    """

    function: str
    lane: Lane
    cpu: int = 5
    wall: float = 15
    memory: int = 256 * _MIB
    answer: int = 16 * _MIB
    answers_of: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()


_OPENIMMO = "siegelpost.estates.openimmo"
_DOCTOR = "siegelpost.doctor"
_PICTURES = "siegelpost.estates.pictures"
_OF_MEDIA = "siegelpost.estates.media_faults"
_MAIL = "siegelpost.mail.incoming"
_OF_MAILS = (
    *("siegelpost.mail.reader", f"{_MAIL}.contents", f"{_MAIL}.bounces", f"{_MAIL}.automatic_mail", f"{_MAIL}.answer"),
)
_SUFFIXES = "siegelpost.toolbox.public_suffixes:suffixes"
# What could be read within the first row's time can be read once more in the others'.
_AGAIN = 15

READERS: tuple[Reader, ...] = (
    Reader(f"{_MAIL}.contents:read", Lane.MAILS, answers_of=_OF_MAILS, warm=("lxml.html", _SUFFIXES)),
    Reader(f"{_MAIL}.contents:own_words", Lane.MAILS, cpu=_AGAIN, wall=30),
    Reader(f"{_MAIL}.contents:answer_text", Lane.MAILS, cpu=_AGAIN, wall=30, answers_of=_OF_MAILS),
    Reader(
        "siegelpost.mail.outgoing.redaction:redacted",
        Lane.MAILS,
        cpu=_AGAIN,
        wall=30,
        answers_of=("siegelpost.mail.outgoing.redaction",),
    ),
    # Forty million pixels in four colours take 160 MB, and are held twice.
    Reader(
        f"{_PICTURES}:draw",
        Lane.PICTURES,
        cpu=20,
        wall=60,
        memory=640 * _MIB,
        answer=48 * _MIB,
        answers_of=(_PICTURES, _OF_MEDIA),
        warm=("PIL.AvifImagePlugin", "PIL.WebPImagePlugin", "PIL.Image:init"),
    ),
    # Many small ones together; what that does not reach is asked for alone.
    Reader(
        f"{_PICTURES}:draw_all",
        Lane.PICTURES,
        cpu=20,
        wall=60,
        memory=640 * _MIB,
        answer=192 * _MIB,
        answers_of=(_PICTURES, _OF_MEDIA),
    ),
    Reader(
        f"{_PICTURES}:look_all", Lane.PICTURES, cpu=20, wall=60, memory=640 * _MIB, answers_of=(_PICTURES, _OF_MEDIA)
    ),
    Reader(f"{_PICTURES}:look", Lane.PICTURES, cpu=20, wall=60, memory=640 * _MIB, answers_of=(_PICTURES, _OF_MEDIA)),
    Reader(
        "siegelpost.estates.documents:clean",
        Lane.PICTURES,
        cpu=20,
        wall=60,
        memory=512 * _MIB,
        answer=64 * _MIB,
        answers_of=("siegelpost.estates.documents", _OF_MEDIA),
    ),
    Reader(
        "siegelpost.estates.marking:mark",
        Lane.FILES,
        cpu=20,
        wall=60,
        memory=512 * _MIB,
        answer=64 * _MIB,
        answers_of=("siegelpost.estates.marking",),
    ),
    Reader(
        f"{_OPENIMMO}.file:parts",
        Lane.IMPORTS,
        cpu=120,
        wall=300,
        memory=768 * _MIB,
        answer=256 * _MIB,
        answers_of=(
            f"{_OPENIMMO}.file",
            f"{_OPENIMMO}.values",
            f"{_OPENIMMO}.messages",
            f"{_OPENIMMO}.keys",
            f"{_OPENIMMO}.left",
        ),
    ),
    # Two gigabytes unpack in less than a minute.
    Reader("siegelpost.estates.intake.wholeness:is_whole_zip", Lane.IMPORTS, cpu=120, wall=300),
    Reader(
        "siegelpost.office.logo:draw",
        Lane.PICTURES,
        wall=30,
        memory=384 * _MIB,
        answers_of=("siegelpost.office.logo", "siegelpost.office.pictures"),
    ),
    Reader(
        "siegelpost.office.photo:draw",
        Lane.PICTURES,
        wall=30,
        memory=384 * _MIB,
        answers_of=("siegelpost.office.pictures",),
    ),
    Reader(
        "siegelpost.doctor.judge:judge",
        Lane.FILES,
        answers_of=(
            f"{_DOCTOR}.judgement",
            f"{_DOCTOR}.policy.rule",
            f"{_DOCTOR}.policy.cause",
            f"{_DOCTOR}.x509.weak_keys",
            f"{_DOCTOR}.x509.chain",
        ),
    ),
    Reader(
        "siegelpost.contacts.vcard_reader:unpack",
        Lane.FILES,
        cpu=60,
        wall=120,
        memory=1024 * _MIB,
        answer=64 * _MIB,
        answers_of=("siegelpost.contacts.vcard_reader", "siegelpost.contacts.ways"),
    ),
    Reader(
        "siegelpost.contacts.address_books.tables:unpack",
        Lane.FILES,
        cpu=60,
        wall=120,
        memory=1024 * _MIB,
        answer=128 * _MIB,
        answers_of=("siegelpost.contacts.address_books.tables", "siegelpost.contacts.vcard_reader"),
    ),
    Reader(
        "siegelpost.tls.bought:unpack",
        Lane.FILES,
        cpu=10,
        wall=20,
        answers_of=("siegelpost.tls.bought", "siegelpost.tls.refusals"),
    ),
)

BY_FUNCTION = {reader.function: reader for reader in READERS}
