"""Name constraints are weighed by look-up; comparing each name with each constraint is the judge of it."""

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

import pytest
from tests.support import der, pki, plain_constraints

from siegelpost.doctor.browsers import firefox_constraints
from siegelpost.doctor.browsers.firefox_constraints import OutOfBoundsError, Subject
from siegelpost.doctor.der import DerError
from siegelpost.doctor.x509 import constraints, names
from siegelpost.doctor.x509.certificate import parse
from siegelpost.doctor.x509.extensions import Constraints, Reading, read

HOSTS = [
    *(b"a.test", b"*.a.test", b".a.test", b"test", b"b.a.test", b"", b".", b"x_y.test", b"A.TEST", b"a.test."),
    *(b"-a.test", b"*.test", b"foo.a.test", b"*.foo.a.test", b"1.2.3.4", b"..", b"a..test"),
]
BOXES = [
    *(b"u@a.test", b"U@a.test", b"u@A.TEST", b"a.test", b".a.test", b"@", b"u@", b"u@b@c", b"", b"u@b.a.test"),
    b".test",
]
ADDRESSES = [bytes(4), b"\x0a\0\0\1", bytes(16), b"\x0a\0\0\2"]
NETWORKS = [b"\x0a\0\0\0\xff\0\0\0", bytes(8), bytes(32), b"\x0a\0\0\2\xff\xff\xff\xff"]
HOLES, SHORT = b"\x0a\0\0\1\xff\0\xff\xff", b"xx"
CONSTRUCTED = {names.OTHER, names.X400, names.DIRECTORY, names.EDI}
EMAIL_ADDRESS = "1.2.840.113549.1.9.1"


@dataclass(frozen=True)
class Draw:
    """Draws what an authority may write."""

    random: Random

    def directory(self) -> bytes:
        kinds, texts, encodings = ("2.5.4.10", "2.5.4.3"), ("A", "B", " a"), (der.utf8, der.printable)
        choose = self.random.choice
        rdns = [
            der.set_of(
                *(
                    der.sequence(der.oid(choose(kinds)), choose(encodings)(choose(texts)))
                    for _ in range(choose([1, 1, 2]))
                )
            )
            for _ in range(self.random.randrange(3))
        ]
        return der.sequence(*rdns)

    def subject(self) -> bytes:
        if self.random.random() < 0.6:
            return self.directory()
        box = self.random.choice([der.ia5, der.ia5, der.utf8])(self.random.choice(["u@a.test", "x@b.test", "q"]))
        name = der.utf8(self.random.choice(["a.test", "10.0.0.1", "Foo Bar", "*.a.test"]))
        pairs = [der.sequence(der.oid(EMAIL_ADDRESS), box), der.sequence(der.oid("2.5.4.3"), name)]
        return der.sequence(*map(der.set_of, pairs))

    def name(self, addresses: list[bytes]) -> tuple[int, bytes]:
        kind = self.random.choice([1, 1, 2, 2, 2, 4, 7, 7, 6, 0, 8])
        if kind == names.DIRECTORY:
            return kind, self.directory()
        return kind, self.random.choice({1: BOXES, 2: HOSTS, 7: addresses}.get(kind, [b"q"]))

    def names(self, addresses: list[bytes], most: int = 3) -> tuple[tuple[int, bytes], ...]:
        return tuple(self.name(addresses) for _ in range(self.random.randrange(most + 1)))


def encoded(name: tuple[int, bytes]) -> bytes:
    kind, content = name
    return der.context(kind, content, constructed=kind in CONSTRUCTED)


READING = read(parse(pki.Authority.root().der))


def reading(subject: bytes, alternative: tuple[tuple[int, bytes], ...] | None) -> Reading:
    return replace(READING, certificate=replace(READING.certificate, subject=subject), alternative=alternative)


@pytest.mark.parametrize("seed", range(3))
def test_chromium_weighs_as_if_each_name_were_compared_with_each_constraint(seed: int) -> None:
    draw, found = Draw(Random(seed)), Counter[bool]()
    for _ in range(1500):
        limits = Constraints(draw.names(NETWORKS), draw.names(NETWORKS), draw.random.random() < 0.5)
        subject = draw.subject()
        alternative = draw.names(ADDRESSES) or None
        wanted = plain_constraints.chromium_permits(limits, subject, alternative)
        assert constraints.permits(limits, reading(subject, alternative)) is wanted, (limits, subject, alternative)
        found[wanted] += 1
    assert min(found[True], found[False]) > 100


def plainly(limits: bytes, subject: Subject) -> type[Exception] | None:
    try:
        plain_constraints.firefox_check(limits, subject)
    except (OutOfBoundsError, DerError) as error:
        return type(error)
    return None


@pytest.mark.parametrize("seed", range(3))
def test_firefox_weighs_as_if_each_name_were_compared_with_each_constraint(seed: int) -> None:
    """Whichever comes first, a name outside or what cannot be read, says the code."""
    draw, found = Draw(Random(seed)), Counter[type[Exception] | None]()
    odd = [der.sequence(encoded((2, b"test")), der.integer(0)), b"\x04\0", der.sequence(b"\x99\0")]
    for _ in range(1500):
        lists = []
        for tag in draw.random.choice([(0,), (1,), (0, 1), (0, 1), (1, 0), ()]):
            trees = [der.sequence(encoded(name)) for name in draw.names([*NETWORKS, HOLES, SHORT], 4)]
            if draw.random.random() < 0.05:
                trees.insert(draw.random.randrange(len(trees) + 1), draw.random.choice(odd))
            lists.append(der.context(tag, *trees))
        limits = der.sequence(*lists)
        alternative = draw.names([*ADDRESSES, b"abc"])
        subject = Subject(
            draw.subject(),
            der.sequence(*map(encoded, alternative)) if alternative else None,
            draw.random.random() < 0.5,
        )
        wanted = plainly(limits, subject)
        assert firefox_constraints.verdict(limits, subject) is wanted, (limits.hex(), subject)
        found[wanted] += 1
    assert min(found[None], found[OutOfBoundsError], found[DerError]) > 100


def test_masks_with_holes_are_given_up_in_time() -> None:
    """Each such mask costs a look for each address, which is all that could still be multiplied."""
    masks = [number.to_bytes(4, "big") for number in range(1, 4000)]
    limits = pki.name_constraints([encoded((7, bytes(4) + mask)) for mask in masks])
    addresses = der.sequence(*(encoded((7, (number << 8).to_bytes(4, "big"))) for number in range(9000)))
    found = firefox_constraints.verdict(limits, Subject(der.sequence(), addresses, True))
    assert found is firefox_constraints.TooManyError
