"""Addresses of strangers are taken apart before they are decoded, in linear time."""

import time

import pytest

from siegelpost.mail import reader
from siegelpost.mail.reader import Mailbox


def named(value: str) -> list[Mailbox]:
    """Who a From names."""
    return reader.mailboxes(reader.parsed(f"From: {value}\n\n".encode()), "From")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Anna <anna@example.test>", [("Anna", "anna@example.test")]),
        ("anna@example.test", [("", "anna@example.test")]),
        ("anna@example.test (Anna)", [("Anna", "anna@example.test")]),
        ('"Müller, Anna" <anna@example.test>', [("Müller, Anna", "anna@example.test")]),
        ("=?utf-8?q?M=C3=BCller?= <anna@example.test>", [("Müller", "anna@example.test")]),
        # An encoded word is a word, whatever it says: "victim@example.test (" hid the rest in a comment.
        ("=?utf-8?Q?victim=40example=2Etest_=28?= <eve@evil.test>", [("victim@example.test (", "eve@evil.test")]),
        ("=?utf-8?Q?victim=40example=2Etest?=", [("", "=?utf-8?Q?victim=40example=2Etest?=")]),
        ("anna@example.test <eve@evil.test>", [("anna@example.test", "eve@evil.test")]),
        ("anna@example.test, eve@evil.test", [("", "anna@example.test"), ("", "eve@evil.test")]),
        ("Freunde: anna@example.test;", [("Freunde: anna@example.test;", "")]),
        ("<@evil.test:anna@example.test>", [("", "")]),
        ("<anna@example.test> eve@evil.test", [("", "")]),
        ("MAILER-DAEMON <>", [("MAILER-DAEMON", "")]),
        ("(a(b)c) <anna@example.test>", [("a(b)c", "anna@example.test")]),
        ('"open <anna@example.test>', [("", "")]),
        (
            "Vera \u202egnp.exe\u200b\u200b Opfer\u009b31m <v@example.test>",
            [("Vera gnp.exe Opfer 31m", "v@example.test")],
        ),
        ("\u3164\u2800 <v@example.test>", [("", "v@example.test")]),
        ("", []),
    ],
)
def test_who_is_named(value: str, found: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in named(value)] == found


@pytest.mark.parametrize(
    "evil", ["(" * 3000, "(" * 500_000, "<" * 500_000, '"\\' * 200_000, "a," * 200_000, "=?a?q?" * 90_000]
)
def test_no_header_takes_long_or_stops_anything(evil: str) -> None:
    """Three thousand brackets were one step too many for the reader, and the mail came again for ever."""
    began = time.process_time()
    named(evil)
    reader.header(reader.parsed(b"Subject: " + evil.encode() + b"\n\n"), "Subject")
    assert time.process_time() - began < 1
