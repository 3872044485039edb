"""What browsers show when they never get as far as a certificate: the doctor's word against the real ones'."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.real.browsers.ask import ask_chromium, ask_firefox
from tests.real.browsers.trust import write_database
from tests.support import parts
from tests.support.pki import Authority
from tests.support.strange_servers import (
    Handler,
    context_for,
    over_tcp,
    over_tls,
    record,
    reset,
    server_hello,
    serving,
)

from siegelpost.doctor.live import LiveReport, check
from siegelpost.doctor.policy import Browser

pytestmark = [pytest.mark.browser, pytest.mark.real]
NAME = "expose.test"
ROOT = Authority.root()
ALERTS = (0, 10, 20, 22, 40, 42, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 90, 109, 110, 112, 113, 115, 116, 120)


def cases() -> dict[str, Handler]:
    issued = ROOT.intermediate()
    return {
        **{f"alert {number}": over_tcp(record(bytes([2, number]), kind=21)) for number in ALERTS},
        "plain HTTP": over_tcp(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        "HTML": over_tcp(b"<!DOCTYPE HTML>\n<html><head>"),
        "SSH": over_tcp(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        "mail": over_tcp(b"220 mail.example ESMTP\r\n"),
        "garbage": over_tcp(bytes(range(200, 256)) * 4),
        "zeros": over_tcp(bytes(100)),
        "close": over_tcp(b""),
        "reset": reset,
        "TLS 1.0": over_tcp(server_hello(version=0x0301, cipher=0xC013)),
        "TLS 1.1": over_tcp(server_hello(version=0x0302, cipher=0xC013)),
        "Ed25519": over_tls(context_for(issued.issue(NAME, key="ed25519"))),
        "P-521": over_tls(context_for(issued.issue(NAME, key="p521"))),
        "sound": over_tls(context_for(issued.issue(NAME))),
        "suites of long ago": over_tls(
            context_for(issued.issue(NAME, key="rsa2048"), ciphers="DHE@SECLEVEL=0", old=True)
        ),
        "no key in common": over_tls(context_for(issued.issue(NAME, key="rsa2048"), ciphers="AES256-SHA256", old=True)),
        "wrong name": over_tls(context_for(issued.issue("other.test"))),
    }


@dataclass(frozen=True)
class Asked:
    reports: Mapping[str, LiveReport]
    chromium: Mapping[str, str]
    firefox: Mapping[str, str]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Every case asked of the doctor and of both browsers, against the same servers."""
    for program in ("chromium", "firefox-esr", "certutil"):
        parts.need(program)
    folder: Path = tmp_path_factory.mktemp("stops")
    write_database(folder / "trust", [ROOT.der])
    with ExitStack() as stack:
        ports = {name: stack.enter_context(serving(handler)).port for name, handler in cases().items()}
        urls = {name: f"https://{NAME}:{port}/" for name, port in ports.items()}
        reports = {name: check(url, resolve={NAME: "127.0.0.1"}, local_roots=[ROOT.pem]) for name, url in urls.items()}
        chromium = asyncio.run(ask_chromium(urls, folder / "chromium", folder / "trust"))
        firefox = asyncio.run(ask_firefox(urls, folder / "firefox", folder / "trust"))
    return Asked(reports, chromium, firefox)


@pytest.mark.parametrize("name", cases())
def test_chromium_says_what_the_doctor_says(asked: Asked, name: str) -> None:
    assert said(asked.reports[name], Browser.CHROMIUM) == asked.chromium[name]


@pytest.mark.parametrize("name", cases())
def test_firefox_says_what_the_doctor_says(asked: Asked, name: str) -> None:
    shown = asked.firefox[name]
    # A connection that just ends has no code of Mozilla's security library, only one of its network library.
    assert said(asked.reports[name], Browser.FIREFOX) == ("NS_ERROR_NET_RESET" if "NET_RESET" in shown else shown)


def said(report: LiveReport, browser: Browser) -> str:
    verdict = report.verdicts[browser]
    return "ok" if verdict.ok else str(verdict.code)


def test_each_answer_came_in_time(asked: Asked) -> None:
    slow = {name: report.duration for name, report in asked.reports.items() if report.duration > 2.0}
    assert not slow


def test_a_dead_server_is_told_in_time() -> None:
    """Nobody answers at all: a clear result within 15 seconds, with the default times."""
    started = time.monotonic()
    with serving(over_tcp(b"", read=True, stay=20)) as server:
        report = check(NAME, connect_to=("127.0.0.1", server.port))
    assert report.ok is None
    assert time.monotonic() - started < 15
