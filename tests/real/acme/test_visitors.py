"""While an authority validates by TLS-ALPN-01, every ordinary visitor gets the office's own certificate."""

import socket
import ssl
import threading
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from tests.support.acme_office import NAME, Office, office
from tests.support.acme_servers import NORMAL, pebble
from tests.support.dynamic_dns import dynamic_dns

from siegelpost.doctor.x509.chain import from_pem
from siegelpost.tls.acme.plan import Challenge, Plan
from siegelpost.tls.acme.progress import progress

VISITORS = 8
pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]


class Visitors:
    """Ask for the page's certificate again and again, with ALPN as browsers send it, and count what is shown."""

    def __init__(self, an_office: Office) -> None:
        self._office = an_office
        self.shown: Counter[str] = Counter()
        self.during: Counter[str] = Counter()
        self.failed: list[str] = []
        self.ended = threading.Event()
        self._threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(VISITORS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, number: int) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        # Also one who speaks acme-tls/1 beside others, which no authority does.
        context.set_alpn_protocols(["h2", "http/1.1", "acme-tls/1"] if number == 0 else ["h2", "http/1.1"])
        while not self.ended.is_set():
            try:
                with (
                    socket.create_connection(("127.0.0.1", self._office.tls_port), 30) as plain,
                    context.wrap_socket(plain, server_hostname=NAME) as secured,
                ):
                    shown = sha256(secured.getpeercert(binary_form=True) or b"").hexdigest()
            except OSError as error:
                self.failed.append(repr(error))
            else:
                self.shown[shown] += 1
                if (self._office.store.folder / "challenges" / "tls-alpn-01" / f"{NAME}.pem").exists():
                    self.during[shown] += 1


@pytest.mark.parametrize("visits", [2_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_no_ordinary_visitor_gets_the_challenge_certificate(tmp_path: Path, visits: int) -> None:
    with office(tmp_path, processes=2) as an_office, dynamic_dns(NAME) as zone:
        http, https = an_office.http_port, an_office.tls_port
        # Each validation waits up to two seconds: the challenge certificate lies ready for long.
        slow = NORMAL | {"PEBBLE_VA_NOSLEEP": "0", "PEBBLE_VA_SLEEPTIME": "2"}
        server = zone.server
        with pebble(
            tmp_path / "pebble", http_port=http, tls_port=https, name_server=server, environment=slow
        ) as authority:
            an_office.roots = from_pem(authority.root())
            plan = Plan((NAME,), (authority.authority,), (Challenge.TLS_ALPN_01,))
            visitors = Visitors(an_office)
            orders = 0
            until = time.monotonic() + 600
            while (sum(visitors.shown.values()) < visits or orders < 2) and time.monotonic() < until:
                an_office.obtain(plan)
                orders += 1
            visitors.stop()
            found = progress(an_office.store)
    own = {each.fingerprint for each in an_office.store.history()}
    print(f"{sum(visitors.shown.values())} visits, {sum(visitors.during.values())} of them during {orders} validations")
    assert found
    assert found.challenges == {NAME: "tls-alpn-01"}
    assert visitors.failed == []
    assert set(visitors.shown) <= own
    assert sum(visitors.shown.values()) >= visits
    assert sum(visitors.during.values()) > 100, "they came while the challenge certificate lay ready"
