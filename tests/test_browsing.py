"""The browser fixtures themselves, on a small server of their own: they must catch what they are there to catch."""

import ssl
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.support.browsing import OpenPage, Watch, axe, refusal, save_picture
from tests.support.pki import Certificate, self_signed

GOOD = "<!doctype html><html lang=de><title>Gut</title><main><h1>Gut</h1><time>jetzt</time></main></html>"
PAGES = {
    "/": GOOD,
    "/third-party": GOOD.replace("<h1>", "<img src=https://cdn.other.example/x.png alt=x><h1>"),
    "/inline": GOOD.replace("<h1>", "<script>document.title = 'x'</script><h1>"),
    "/low-contrast": GOOD.replace("<h1>", "<h1 style='color:#eee;background:#fff'>"),
    "/broken": GOOD,
}


STATUS = {"/broken": 500, "/gone": 410}


class Quiet(ThreadingHTTPServer):
    block_on_close = False
    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    def __init__(self, policy: str, *arguments: Any) -> None:
        self.policy = policy
        super().__init__(*arguments)

    def do_GET(self) -> None:
        body = PAGES.get(self.path, GOOD).encode()
        self.send_response(STATUS.get(self.path, 200))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing: requests are expected."""


Site = Callable[..., str]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Start a small HTTPS site with this certificate and give its address under ``office.test``."""
    running: list[Quiet] = []

    def start(certificate: Certificate, policy: str = "default-src 'self' 'unsafe-inline' https:") -> str:
        chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
        chain.write_text(certificate.chain_pem)
        key.write_text(certificate.key_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        server = Quiet(("127.0.0.1", 0), partial(Handler, policy))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"https://office.test:{server.server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_trusted_site_opens_without_warning(
    open_page: OpenPage, site: Site, trusted_certificate: Certificate, device: str, javascript: bool
) -> None:
    url = site(trusted_certificate)
    page = open_page(device, javascript=javascript, language="en", dark=True)
    assert refusal(page, url) == ""
    assert page.inner_text("h1") == "Gut"


def test_a_sound_page_has_nothing_for_axe(open_page: OpenPage, site: Site, trusted_certificate: Certificate) -> None:
    page = open_page()
    page.goto(site(trusted_certificate))
    axe(page)


def test_a_self_signed_site_is_refused(open_page: OpenPage, site: Site) -> None:
    assert refusal(open_page(), site(self_signed("office.test"))) == "ERR_CERT_AUTHORITY_INVALID"


def test_a_certificate_for_another_name_is_refused(
    open_page: OpenPage, site: Site, trusted_certificate: Certificate
) -> None:
    url = site(trusted_certificate).replace("office.test", "other.test")
    assert refusal(open_page(), url) == "ERR_CERT_COMMON_NAME_INVALID"


@pytest.mark.parametrize(
    ("path", "policy", "complaint"),
    [
        ("/third-party", "default-src https:", "request to a third party: https://cdn.other.example/x.png"),
        ("/inline", "default-src 'self'", "Content Security Policy"),
        ("/broken", "default-src 'self'", "status 500"),
    ],
)
def test_a_page_that_does_wrong_is_told(
    open_page: OpenPage,
    watch: Watch,
    site: Site,
    trusted_certificate: Certificate,
    path: str,
    policy: str,
    complaint: str,
) -> None:
    open_page().goto(site(trusted_certificate, policy) + path, wait_until="networkidle")
    told, watch.complaints[:] = "\n".join(watch.complaints), []
    assert complaint in told


def test_an_expected_status_is_no_complaint(open_page: OpenPage, site: Site, trusted_certificate: Certificate) -> None:
    response = open_page().goto(site(trusted_certificate) + "/gone")
    assert response
    assert response.status == 410


def test_axe_finds_what_cannot_be_read(open_page: OpenPage, site: Site, trusted_certificate: Certificate) -> None:
    page = open_page()
    page.goto(site(trusted_certificate) + "/low-contrast")
    with pytest.raises(AssertionError, match="color-contrast"):
        axe(page)


def test_pictures_for_the_docs_are_small(
    open_page: OpenPage, site: Site, trusted_certificate: Certificate, tmp_path: Path
) -> None:
    page = open_page("desktop")
    page.goto(site(trusted_certificate))
    save_picture(page.screenshot(), tmp_path / "page.webp")
    assert 0 < (tmp_path / "page.webp").stat().st_size < 150 * 1024
