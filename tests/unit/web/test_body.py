"""Bodies are taken in whole, within limits that depend on who sends them."""

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from siegelpost.toolbox.limits import BODIES_ON_DISK, BODY_ON_DISK, INTAKE_BODY
from siegelpost.toolbox.tally import Tally
from siegelpost.web.body import GoneError, TooLargeError, TooManyError, WaitingRoom, spooled

HERE, NEIGHBOUR, ELSEWHERE = "2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "203.0.113.7"
LARGE = b"x" * 70_000


def scope(path: str = "/", client: str = HERE, **fields: str) -> dict[str, Any]:
    return {
        "path": path,
        "client": (client, 0),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()],
    }


def read(asked: dict[str, Any], *messages: dict[str, Any]) -> bytes:
    """What an application gets of a request that came in these messages."""
    with TemporaryDirectory() as folder:
        return read_in(WaitingRoom(Path(folder), Tally()), asked, *messages)


def read_in(room: WaitingRoom, asked: dict[str, Any], *messages: dict[str, Any]) -> bytes:
    """The same, beside others that wait in this room."""
    coming = list(messages)

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def go() -> bytes:
        body = bytearray()
        async with spooled(asked, receive, room) as again:
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


def test_what_was_cut_off_is_not_taken_for_the_whole() -> None:
    """A form whose sender went in the middle was handed on as far as it had come, a name without its end."""
    with pytest.raises(GoneError):
        read(scope(content_length="6"), part(b"abc"), {"type": "http.disconnect"})


async def wait_in(room: WaitingRoom, stack: AsyncExitStack, body: bytes, *, client: str = HERE, **fields: str) -> None:
    """A body that came and waits for its answer, for as long as the stack stands."""

    async def receive() -> dict[str, Any]:
        return part(body, False)

    asked = scope(client=client, **(fields or {"content_length": str(len(body))}))
    await stack.enter_async_context(spooled(asked, receive, room))


def descriptors(folder: Path) -> int:
    """How many files in this folder this process has open, with a name or without."""
    found = 0
    for handle in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):  # the one that was opened to list them
            found += str(handle.readlink()).startswith(f"{folder}/")
    return found


def test_what_is_larger_than_a_form_waits_on_the_disk_in_a_file_without_a_name(tmp_path: Path) -> None:
    """A stranger's body of up to 1 MiB stayed in memory: 250 connections took 270 MiB."""
    room = WaitingRoom(tmp_path, Tally())

    async def go() -> None:
        async with AsyncExitStack() as stack:
            await wait_in(room, stack, b"x" * 60_000)
            assert descriptors(tmp_path) == 0
            await wait_in(room, stack, LARGE)
            assert descriptors(tmp_path) == 1
            assert list(tmp_path.iterdir()) == []
        assert descriptors(tmp_path) == 0

    asyncio.run(go())


def test_one_source_has_only_so_many_large_bodies_and_everybody_else_is_served(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path, Tally())

    async def go() -> None:
        async with AsyncExitStack() as stack:
            for _ in range(BODY_ON_DISK.most):
                await wait_in(room, stack, LARGE)
            with pytest.raises(TooManyError) as refused:
                await wait_in(room, stack, LARGE, client=NEIGHBOUR)
            assert refused.value.from_here
            await wait_in(room, stack, LARGE, client=ELSEWHERE)
            await wait_in(room, stack, b"name=Vera")
        async with AsyncExitStack() as stack:
            await wait_in(room, stack, LARGE)

    asyncio.run(go())


def test_all_together_have_only_so_many_and_a_form_is_taken_all_the_same(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path, Tally(), 3)

    async def go() -> None:
        async with AsyncExitStack() as stack:
            for number in range(3):
                await wait_in(room, stack, LARGE, client=f"203.0.113.{number}")
            with pytest.raises(TooManyError) as refused:
                await wait_in(room, stack, LARGE, client=ELSEWHERE)
            assert not refused.value.from_here
            await wait_in(room, stack, b"x" * 60_000, client=ELSEWHERE)

    asyncio.run(go())


def test_one_program_has_only_so_many_large_bodies_wherever_they_come_from(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path, Tally())

    async def wait(stack: AsyncExitStack, login: str, client: str) -> None:
        async def receive() -> dict[str, Any]:
            return part(LARGE, False)

        asked = scope(client=client, content_length=str(len(LARGE))) | {"state": {"intake": login}}
        await stack.enter_async_context(spooled(asked, receive, room))

    async def go() -> None:
        async with AsyncExitStack() as stack:
            for number in range(INTAKE_BODY.most):
                await wait(stack, "software-abcde", (HERE, NEIGHBOUR, ELSEWHERE, f"::ffff:{ELSEWHERE}")[number % 4])
            with pytest.raises(TooManyError):
                await wait(stack, "software-abcde", "192.0.2.1")
            await wait(stack, "other-abcde", ELSEWHERE)

    asyncio.run(go())


def test_middling_bodies_of_one_source_have_a_share_of_the_memory_then_the_disk(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path, Tally(), BODIES_ON_DISK.most)

    async def go() -> None:
        async with AsyncExitStack() as stack:
            for _ in range(70):
                await wait_in(room, stack, b"x" * 60_000, transfer_encoding="chunked")
            assert 0 < descriptors(tmp_path) < 10
            before = descriptors(tmp_path)
            await wait_in(room, stack, b"x" * 60_000, client=ELSEWHERE)
            assert descriptors(tmp_path) == before
            await wait_in(room, stack, b"x" * 60_000)
            assert descriptors(tmp_path) == before + 1

    asyncio.run(go())


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_in_is_not_kept_waiting_by_strangers(tmp_path: Path) -> None:
    session = SessionStore()
    session[SESSION_KEY] = "1"
    session.save()
    room = WaitingRoom(tmp_path, Tally(), 0)
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    with pytest.raises(TooManyError):
        read_in(room, scope(content_length="70000"), part(LARGE, False))
    assert read_in(room, scope(content_length="70000", cookie=cookie), part(LARGE, False)) == LARGE
