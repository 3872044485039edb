"""Sets of parameters are called by what stands in them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest
from tests.support.ids import pytest_make_parametrize_id as name_of


class Kind(StrEnum):
    HOME = "home-purchase"


@dataclass
class Facts:
    kind: Kind
    consumer: bool = True
    halved: bool = False
    price: Decimal | None = None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Facts(Kind.HOME), "home-purchase, consumer"),
        (Facts(Kind.HOME, consumer=False, price=Decimal("3.57")), "home-purchase, 3.57"),
        ({"kind": Kind.HOME, "names": ["a.test", "b.test"]}, "kind=home-purchase, names=a.test, b.test"),
        ({"b", "a"}, "a, b"),
        ([], "nothing"),
        ((date(2026, 11, 29), timedelta(days=2)), "2026-11-29, 2 days, 0:00:00"),
        (datetime(2026, 11, 29, 12, tzinfo=UTC), "2026-11-29 12:00"),
        ("Von: Büro\r\n\r\nJa\0", "Von: Büro Ja\\x00"),
        ("x " * 36, "x " * 34 + "x…"),
        ("ab" * 32 + " is its digest", "… is its digest"),
        (["key", "-----BEGIN PRIVATE KEY-----\nMIG"], "key, …"),
        (b"GET / HTTP/1.1\r\n", "GET / HTTP/1.1"),
    ],
)
def test_what_stands_in_it(value: object, name: str) -> None:
    assert name_of(value) == name


@pytest.mark.parametrize("value", [b"\x16\x03", [object()], len, 3, None, str])
def test_what_is_left_to_pytest(value: object) -> None:
    """What it names itself, and what nobody could read."""
    assert name_of(value) is None
