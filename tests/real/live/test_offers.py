"""The ClientHellos that the doctor makes in the browsers' place are those of the browsers that are installed."""

import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support import parts

from siegelpost.doctor.live.client_offers import CHROMIUM, FIREFOX
from siegelpost.doctor.live.hello import Offer, client_hello

pytestmark = [pytest.mark.browser, pytest.mark.real]
PATIENCE = 40.0


def heard(command: list[str], home: Path) -> bytes:
    """The first record that the program sends to the address it is told to open."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        program = subprocess.Popen(
            [*command, url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "HOME": str(home)},
        )
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(PATIENCE)
                data = connection.recv(65_536)
                while len(data) < 5 + int.from_bytes(data[3:5], "big"):
                    data += connection.recv(65_536)
            return data
        finally:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def read(hello: bytes) -> Mapping[str, tuple[int, ...]]:
    """Ciphers, groups, signatures and versions of a ClientHello, without GREASE (RFC 8701)."""
    body = hello[9:]
    at = 35 + body[34]
    size = int.from_bytes(body[at : at + 2], "big")
    found = {"ciphers": numbers(body[at + 2 : at + 2 + size])}
    at += 2 + size
    at += 1 + body[at]
    end = at + 2 + int.from_bytes(body[at : at + 2], "big")
    at += 2
    lists = {10: ("groups", 2), 13: ("signatures", 2), 43: ("versions", 1)}
    while at < end:
        kind, length = int.from_bytes(body[at : at + 2], "big"), int.from_bytes(body[at + 2 : at + 4], "big")
        if kind in lists:
            name, skip = lists[kind]
            found[name] = numbers(body[at + 4 + skip : at + 4 + length])
        at += 4 + length
    return found


def numbers(data: bytes) -> tuple[int, ...]:
    values = (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    return tuple(value for value in values if value & 0x0F0F != 0x0A0A)


def as_table(offer: Offer) -> Mapping[str, tuple[int, ...]]:
    return {
        "ciphers": offer.ciphers,
        "groups": offer.groups,
        "signatures": offer.signatures,
        "versions": offer.versions,
    }


def test_chromium_offers_what_the_table_says(tmp_path: Path) -> None:
    flags = ["--headless", "--no-sandbox", f"--user-data-dir={tmp_path}", "--dump-dom"]
    assert read(heard([str(parts.need("chromium")), *flags], tmp_path)) == as_table(CHROMIUM)


def test_firefox_offers_what_the_table_says(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    flags = ["--headless", "--no-remote", "--profile", str(profile)]
    assert read(heard([str(parts.need("firefox-esr")), *flags], tmp_path)) == as_table(FIREFOX)


@pytest.mark.parametrize("offer", [CHROMIUM, FIREFOX])
def test_our_hello_says_what_the_table_says(offer: Offer) -> None:
    """The reader above and the writer of the doctor agree, so that the two tests above mean something."""
    assert read(client_hello(offer, "expose.test")) == as_table(offer)
