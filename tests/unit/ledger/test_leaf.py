"""Leaves: one way to write each, commitments that hold, nothing that another reader would read otherwise."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.ledger import leaf
from siegelpost.ledger.leaf import LeafError, Opening, canonical, commit, make, openings_bytes, read, read_openings
from siegelpost.ledger.verify import check_openings

URI = "urn:siegelpost:event:GateOpened"
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-leaf.MAX_INT, leaf.MAX_INT) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
DATA = st.dictionaries(NAMES, VALUES, max_size=5)


@given(DATA, st.dictionaries(NAMES, TEXT, max_size=4), TEXT, st.datetimes(timezones=st.just(UTC)))
def test_a_leaf_says_what_was_put_in(
    data: dict[str, Any], personal: dict[str, Any], subject: str, at: datetime
) -> None:
    raw, openings = make(URI, subject=subject, at=at, data=data, personal=personal)
    found = read(raw)
    assert (found.event, found.subject, found.at, found.data) == (URI, subject, at, data)
    assert {name: opening.value for name, opening in openings.items()} == personal
    check_openings(found.personal, openings)
    assert read_openings(openings_bytes(openings)) == openings


@given(DATA)
def test_the_bytes_are_those_of_a_plain_canonical_encoder(data: dict[str, Any]) -> None:
    raw, _ = make(URI, subject="s", at=AT, data=data, personal={"name": "x"})
    again = json.dumps(json.loads(raw), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert again.encode() == raw


def test_times_are_written_in_utc() -> None:
    raw, _ = make(URI, subject="s", at=AT.astimezone(timezone(timedelta(hours=5))), data={}, personal={})
    assert raw.startswith(b'{"at":"2026-11-23T12:00:00.000000Z",')
    with pytest.raises(LeafError, match="time zone"):
        make(URI, subject="s", at=datetime(2026, 11, 23), data={}, personal={})  # noqa: DTZ001 - that is the point


def test_equal_events_have_unequal_leaves_and_commitments() -> None:
    first, ours = make(URI, subject="s", at=AT, data={}, personal={"name": "Anna"})
    second, theirs = make(URI, subject="s", at=AT, data={}, personal={"name": "Anna"})
    assert first != second
    assert ours["name"].salt != theirs["name"].salt
    assert b"Anna" not in first


def test_a_commitment_is_what_the_documentation_says() -> None:
    # printf '%s\n%s\n%s' 000102030405060708090a0b0c0d0e0f name Anna | sha256sum
    opening = Opening("000102030405060708090a0b0c0d0e0f", "Anna")
    assert commit("name", opening) == "a705d88e2fdc08b3c9bcbe2169c50aa1e409ab992179e3c1c1fc9014bd4d01d6"


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), 2**53, -(2**53), b"bytes", {1: "x"}, {"ä": 1}, {"": 1}, {"x" * 101: 1}, "\ud800", {"a": [1.0]}],
)
def test_what_readers_disagree_on_cannot_stand_in_a_leaf(value: Any) -> None:
    with pytest.raises(LeafError):
        canonical({"value": value})


def test_deep_nesting_is_refused_when_written_and_when_read() -> None:
    value: list[Any] = []
    for _ in range(40):
        value = [value]
    with pytest.raises(LeafError, match="deeper"):
        canonical(value)
    with pytest.raises(LeafError):
        read(b"[" * 60_000)
    with pytest.raises(LeafError):
        read(b'{"data":' + b"[" * 5000 + b"]" * 5000 + b"}")


def test_a_leaf_has_a_limit() -> None:
    with pytest.raises(LeafError, match="bytes"):
        make(URI, subject="s", at=AT, data={"text": "x" * leaf.MAX_LEAF}, personal={})
    with pytest.raises(LeafError, match="bytes"):
        read(b" " * (leaf.MAX_LEAF + 1))


def _changed(**members: object) -> bytes:
    raw, _ = make(URI, subject="s", at=AT, data={"n": 1}, personal={"name": "x"})
    whole = json.loads(raw) | members
    return json.dumps(
        {name: value for name, value in whole.items() if value != "drop"},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


@pytest.mark.parametrize(
    "members",
    [
        {"v": 2},
        {"v": True},
        {"v": 1.0},
        {"v": "1"},
        {"extra": 1},
        {"data": "drop"},
        {"data": []},
        {"personal": {"name": "short"}},
        {"personal": {"name": 5}},
        {"nonce": "A" * 32},
        {"nonce": "0" * 31},
        {"at": "2026-11-23T12:00:00Z"},
        {"at": "2026-13-23T12:00:00.000000Z"},
        {"at": "2026-11-23T12:00:00.000000+00:00"},
        {"at": "２026-11-23T12:00:00.000000Z"},
    ],
)
def test_other_members_are_refused(members: dict[str, object]) -> None:
    read(_changed())
    with pytest.raises(LeafError):
        read(_changed(**members))


def test_other_spellings_of_the_same_are_refused() -> None:
    raw = _changed()
    for other in (
        raw + b"\n",
        b" " + raw,
        raw.replace(b'"n"', b'"\\u006e"'),
        raw.replace(b'{"n":1}', b'{"n": 1}'),
        raw[:-1],
    ):
        assert other != raw
        with pytest.raises(LeafError):
            read(other)
    with pytest.raises(LeafError):
        read(raw.replace(b'"v":1', b'"v":1,"v":1'))
    with pytest.raises(LeafError):
        read(raw.decode().encode("utf-16"))


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{} ", b'{"a":["00"]}', b'{"a":["0123456789abcdef0123456789abcdef",1]}', b'{"a":"x"}', b"\xff"],
)
def test_malformed_openings_are_refused(raw: bytes) -> None:
    with pytest.raises(LeafError):
        read_openings(raw)


def test_a_false_or_foreign_opening_is_refused() -> None:
    raw, openings = make(URI, subject="s", at=AT, data={}, personal={"name": "Anna", "ip": "::1"})
    personal = read(raw).personal
    check_openings(personal, {"name": openings["name"]})
    for false in (
        {"name": openings["name"]._replace(value="Anne")},
        {"name": openings["ip"]},
        {"nobody": openings["name"]},
    ):
        with pytest.raises(LeafError):
            check_openings(personal, false)
