"""One table of limits and one rule of what is counted as one, and nobody has others."""

import re
from pathlib import Path

import pytest

import siegelpost
from siegelpost.toolbox import limits
from siegelpost.toolbox.limits import Key, Limit, source

SOURCE = Path(siegelpost.__file__).parent
CODE = {path.relative_to(SOURCE).as_posix(): path.read_text() for path in SOURCE.rglob("*.py")}
TABLE = {name: limit for name, limit in vars(limits).items() if isinstance(limit, Limit)}

SAME = [
    ("203.0.113.7", "203.0.113.7", True),
    ("203.0.113.7", "203.0.113.8", False),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:203.0.113.7", "203.0.113.7", True),
    ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
    ("fe80::1%eth0", "fe80::2%eth0", True),
    ("", "unix", False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME, ids=[f"{one} {other}" for one, other, _ in SAME])
def test_one_customer_is_one_source(one: str, other: str, same: bool) -> None:
    """An IPv4 address that a proxy writes as an IPv6 one shared its count with all others that are written so."""
    assert (source(one) == source(other)) is same


def test_what_was_made_a_source_stays_one() -> None:
    for address in ("203.0.113.7", "2001:db8:1:2::1", "::ffff:203.0.113.7", "::1", "nobody"):
        assert source(source(address)) == source(address)


@pytest.mark.parametrize("limit", TABLE.values(), ids=TABLE)
def test_whatever_is_limited_by_source_takes_any_address_of_one_customer_for_one(limit: Limit) -> None:
    """Declarations, links and openings were counted by each of a customer's 18 trillion IPv6 addresses."""
    one, other = (
        limit.key(*(address if key is Key.SOURCE else "the same" for key in limit.by))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2::2")
    )
    assert one == other


def test_a_mailbox_is_one_however_it_is_written() -> None:
    assert limits.WITHDRAW_TO_ADDRESS.key("Mara+1@Berger.test") == limits.WITHDRAW_TO_ADDRESS.key("mara@berger.test")


def test_each_limit_has_a_name_of_its_own_and_is_used() -> None:
    assert len({limit.name for limit in TABLE.values()}) == len(TABLE) > 10
    used = {word for name, text in CODE.items() if name != "toolbox/limits.py" for word in re.findall(r"\w+", text)}
    assert set(TABLE) - used == set()


def test_all_limits_stand_in_the_table() -> None:
    made = re.compile(r"(?<!class )\bLimit\(")
    assert [name for name, text in CODE.items() if made.search(text)] == ["toolbox/limits.py"]


def test_whoever_counts_names_a_limit_of_the_table() -> None:
    counted = {
        f"{name}: {of.rpartition('.')[2]}"
        for name, text in CODE.items()
        for of in re.findall(r"throttle\.(?:spend|give_back)\(([\w.]+)", text)
    }
    others = {each for each in counted if each.partition(": ")[2] not in TABLE}
    assert len(counted) > len(others)
    assert others == {"web/password_guard.py: limit"}  # one of several, which that file takes from the table


def test_nobody_else_has_a_rule_of_what_is_one_customer() -> None:
    rule = re.compile(r"/64\b|IPv6Network\(\(|\bexploded\b|\bprefixlen\b|\bsupernet\b")
    assert [name for name, text in CODE.items() if rule.search(text)] == ["toolbox/limits.py"]
