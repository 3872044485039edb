"""Tokens on the wire: as Google's and RFC 7628's examples have them, and what servers answer."""

import base64
import json

import pytest

from siegelpost.mail.sign_in import bearer
from siegelpost.mail.sign_in.bearer import Account


def test_as_the_examples_have_it() -> None:
    google = Account("someuser@example.com", "imap.gmail.com", 993, "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    assert base64.b64encode(bearer.MECHANISMS["XOAUTH2"].says(google)) == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0"
        b"Q2cBAQ=="
    )
    rfc = Account("user@example.com", "server.example.com", 143, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
    assert base64.b64encode(bearer.MECHANISMS["OAUTHBEARER"].says(rfc)) == (
        b"bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52"
        b"YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
    )


@pytest.mark.parametrize(
    ("offered", "name"),
    [
        (["PLAIN", "LOGIN", "XOAUTH2"], "XOAUTH2"),
        (["oauthbearer", "login"], "OAUTHBEARER"),
        (["PLAIN", "LOGIN"], None),
        ([], None),
    ],
)
def test_what_is_chosen(offered: list[str], name: str | None) -> None:
    assert bearer.chosen(offered) == name


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        (base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'), "status: 400"),
        (b'{"status":"invalid_token"}', "status: invalid_token"),
        (b"eyJzdGF0dXMiOiI0MDEifQ==", "status: 401"),
        (b"no JSON \xff", "no JSON"),
        (b"", ""),
        (b"[" * 5000, "[["),
        (json.dumps({"status": {"x": 1}}).encode(), '{"status"'),
    ],
)
def test_what_servers_explain(challenge: bytes, said: str) -> None:
    assert bearer.explanation(challenge).startswith(said)


def test_the_token_is_nowhere_shown() -> None:
    assert "geheim" not in repr(Account("u", "h", 1, "geheim"))
