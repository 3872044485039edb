"""Somebody had a certificate issued for the office: said of strangers' ones, never of our own.

The monitor is scripted: it answers as crt.sh does, with the fields and forms of its JSON.
"""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.test import Client
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority

from siegelpost.certificates.installed import open_store
from siegelpost.certificates.issued_elsewhere import MonitorError, MonitorFailure, domain_of, look
from siegelpost.office.models import Role
from siegelpost.settings import Settings, load
from siegelpost.tls.store import Source
from siegelpost.web.office import issued as pages

NOW = datetime.now(UTC)


class Monitor(BaseHTTPRequestHandler):
    """Answers what it is told to, and keeps what it was asked."""

    body = b"[]"
    status = 200
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def monitor() -> Iterator[tuple[type[Monitor], str]]:
    kind = type("OneMonitor", (Monitor,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kind, f"http://127.0.0.1:{server.server_port}/?q=%25.{{domain}}&output=json"
    server.shutdown()
    server.server_close()


def entry(serial: int, names: str = "www.lindenhof.de", ends: timedelta = timedelta(days=60), **turned: Any) -> Any:
    return {
        "issuer_ca_id": 295814,
        "issuer_name": "C=US, O=Let's Encrypt, CN=R11",
        "common_name": names.split("\n")[0],
        "name_value": names,
        "id": 1,
        "entry_timestamp": "2026-10-01T10:00:00.123",
        "not_before": (NOW - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S"),
        "not_after": (NOW + ends).strftime("%Y-%m-%dT%H:%M:%S"),
        "serial_number": f"{serial:036x}",
        "result_count": 2,
    } | turned


def settings(folder: Path, url: str | None) -> Settings:
    return load().model_copy(
        update={
            "data": folder,
            "public_url": "https://expose.lindenhof.de",
            "ct_monitor": url,
            "private_networks": [ip_network("127.0.0.0/8")],
        }
    )


def test_our_own_is_never_said_and_a_strangers_is(tmp_path: Path, monitor: tuple[type[Monitor], str]) -> None:
    kind, url = monitor
    given = settings(tmp_path, url)
    ours = Authority.root().issue("expose.lindenhof.de")
    open_store(given).add(ours.chain_pem, ours.key_pem, Source.IMPORTED)
    number = x509.load_pem_x509_certificate(ours.chain_pem.encode()).serial_number
    listed = [
        entry(number, "expose.lindenhof.de"),
        entry(number, "expose.lindenhof.de"),  # as promised to the logs, and as issued
        entry(7, "www.lindenhof.de\nlindenhof.de"),
        entry(8, ends=timedelta(days=-1)),
    ]
    kind.body = json.dumps(listed).encode()
    found = look(given)
    assert (found.domain, found.own, found.unread) == ("lindenhof.de", 1, 0)
    [other] = found.others
    assert (other.serial, other.issuer, other.names) == (7, "Let's Encrypt", ("www.lindenhof.de", "lindenhof.de"))
    assert kind.asked == ["/?q=%25.lindenhof.de&output=json"]


@pytest.mark.parametrize(
    "turned",
    [
        {"serial_number": "not hexadecimal"},
        {"not_after": "tomorrow"},
        {"name_value": None},
        {"issuer_name": 7},
    ],
)
def test_what_is_not_understood_is_counted_and_the_rest_is_told(
    tmp_path: Path, monitor: tuple[type[Monitor], str], turned: dict[str, Any]
) -> None:
    kind, url = monitor
    kind.body = json.dumps([entry(7, **turned), entry(9), "no object"]).encode()
    found = look(settings(tmp_path, url))
    assert ([each.serial for each in found.others], found.unread) == ([9], 2)


@pytest.mark.parametrize(
    ("body", "status", "failure"),
    [
        (b"<html>busy</html>", 200, MonitorFailure.NONSENSE),
        (b"[" * 100_000, 200, MonitorFailure.NONSENSE),
        (b'{"error": "x"}', 200, MonitorFailure.NONSENSE),
        (b"[]", 503, MonitorFailure.UNREACHABLE),
    ],
)
def test_a_monitor_that_fails_leaves_it_unknown(
    tmp_path: Path, monitor: tuple[type[Monitor], str], body: bytes, status: int, failure: MonitorFailure
) -> None:
    kind, url = monitor
    kind.body, kind.status = body, status
    with pytest.raises(MonitorError) as caught:
        look(settings(tmp_path, url))
    assert caught.value.failure is failure


def test_nobody_is_asked_unless_named(tmp_path: Path) -> None:
    with pytest.raises(MonitorError) as caught:
        look(settings(tmp_path, None))
    assert caught.value.failure is MonitorFailure.NOT_NAMED
    assert [domain_of(each) for each in ("expose.lindenhof.de", "192.0.2.7", "server")] == ["lindenhof.de", "", ""]


@pytest.mark.django_db
def test_the_page_asks_only_when_told_to(
    tmp_path: Path, monitor: tuple[type[Monitor], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, url = monitor
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    monkeypatch.setattr(pages, "load", lambda: settings(tmp_path, url))
    kind.body = json.dumps([entry(7)]).encode()
    client.get("/certificate/issued/", secure=True)
    assert kind.asked == []
    shown = client.get("/certificate/issued/?look=1", secure=True).content.decode()
    assert "1 gültiges Zertifikat ging nicht an diesen Server." in shown
    assert "Let&#x27;s Encrypt" in shown
    kind.body = b"no"
    assert "Nicht feststellbar" in client.get("/certificate/issued/?look=1", secure=True).content.decode()
