"""No regular expression of the program costs more than in proportion to the text it is tried on."""

import re

import pytest
from tools.patterns import Found, patterns, worst

# Those that held the server up, as they were, and their relatives.
CRUEL = [
    re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s]{3,450}>)", re.IGNORECASE | re.MULTILINE),
    re.compile(r"^BEGIN:VCARD\s*?$.*?^END:VCARD\s*?$", re.MULTILINE | re.DOTALL | re.IGNORECASE),
    re.compile(r"\s+$"),
    re.compile(r"(?:a+)+b"),
    re.compile(r"(?:\w|\d)+x"),
    re.compile(rb"\d+\d+x"),
    re.compile(r"[^\s@]+@[^\s@]+"),
    re.compile(r"<!--.*?-->", re.DOTALL),
]
KIND = [
    re.compile(r"^[> \t]*Message-ID:", re.MULTILINE),
    re.compile(r"\s+"),
    re.compile(r"(?<!\s)\s++$"),
    re.compile(r"[0-9a-f]{32}"),
    re.compile(r".{0,200}x"),
    re.compile(rb"(?<!a)a++b"),
]
# Judged by a person: place of the pattern, and why it may stay.
JUDGED = {"templating:_INDENTATION": "our own templates, read once"}


@pytest.mark.parametrize("pattern", CRUEL, ids=lambda pattern: str(pattern.pattern))
def test_what_holds_a_server_up_is_found(pattern: re.Pattern[str]) -> None:
    assert worst(Found("", pattern, frozenset({"search"})))


@pytest.mark.parametrize("pattern", KIND, ids=lambda pattern: str(pattern.pattern))
def test_what_costs_in_proportion_is_not(pattern: re.Pattern[str]) -> None:
    assert worst(Found("", pattern, frozenset({"search"}))) is None


@pytest.mark.timeout(300)
def test_no_pattern_of_the_program_does() -> None:
    """Eight did, among them those that look for an order, a price and our own mail in what strangers write."""
    every = list(patterns())
    assert len(every) > 150
    grown = {found.place: growth for found in every if (growth := worst(found))}
    assert grown.keys() == JUDGED.keys(), grown
