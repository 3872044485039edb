"""Bodies are taken in whole, within limits that depend on who sends them."""

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from siegelpost.web.body import TooLargeError, spooled


def scope(path: str = "/", **fields: str) -> dict[str, Any]:
    return {
        "path": path,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()],
    }


def read(asked: dict[str, Any], *messages: dict[str, Any]) -> bytes:
    """What an application gets of a request that came in these messages."""
    coming = list(messages)

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def go() -> bytes:
        body = bytearray()
        async with spooled(asked, receive) as again:
            while True:
                message = await again()
                if message["type"] == "http.disconnect":
                    return b"gone"
                body += message["body"]
                if not message["more_body"]:
                    return bytes(body)

    return asyncio.run(go())


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_is_put_together() -> None:
    assert read(scope(content_length="6"), part(b"abc"), part(b"def", False)) == b"abcdef"
    assert read(scope(transfer_encoding="chunked"), part(b"abc"), part(b"", False)) == b"abc"


def large(cookie: str) -> bytes:
    pieces = [part(b"x" * 500_000) for _ in range(8)]
    asked = scope(content_length="4000000", cookie=cookie)
    return read(asked, *pieces[:-1], part(b"x" * 500_000, False))


@pytest.mark.django_db(transaction=True)
def test_a_large_body_of_somebody_signed_in_goes_through_a_file() -> None:
    session = SessionStore()
    session[SESSION_KEY] = "1"
    session.save()
    assert len(large(f"a=b; {settings.SESSION_COOKIE_NAME}={session.session_key}")) == 4_000_000


@pytest.mark.django_db(transaction=True)
def test_a_made_up_cookie_or_an_empty_session_opens_no_larger_door() -> None:
    session = SessionStore()
    session.save()
    for cookie in ("a=b", "__Host-session=1", f"{settings.SESSION_COOKIE_NAME}={session.session_key}"):
        with pytest.raises(TooLargeError):
            large(cookie)


def test_a_request_without_a_body_waits_for_none() -> None:
    assert read(scope(), part(b"", False)) == b""


@pytest.mark.parametrize("path", ["/s/token/", "/widerruf/"])
def test_recipients_send_little(path: str) -> None:
    with pytest.raises(TooLargeError):
        read(scope(path, content_length="70000", cookie="a=b"))


def test_strangers_send_no_more_than_a_form_needs() -> None:
    with pytest.raises(TooLargeError):
        read(scope(content_length="2000000"))


def test_a_length_that_was_not_announced_is_limited_all_the_same() -> None:
    with pytest.raises(TooLargeError):
        read(scope("/s/x/", transfer_encoding="chunked"), *(part(b"x" * 40_000) for _ in range(3)))


def test_a_client_that_goes_in_the_middle_is_seen_to_be_gone() -> None:
    assert read(scope(content_length="6"), part(b"abc"), {"type": "http.disconnect"}) == b"gone"
