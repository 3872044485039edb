"""Two nodes, each a whole ``siegelpost serve``, share one data folder and one database, and want to renew at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.acme_servers import Pebble, pebble
from tests.support.dynamic_dns import dynamic_dns
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

from siegelpost.tls.acme.plan import Plan, save_plan
from siegelpost.tls.acme.progress import progress
from siegelpost.tls.acme.renewal import request_renewal
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.store import Store

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
# Each time the plan names one more, and so both nodes want a new certificate.
ROUNDS = 4
_OBTAINED = "a new certificate is served"


@pytest.fixture
def nodes(serve: Serve) -> list[Server]:
    """Both after their first start; the second finds what the first has made."""
    return [serve(certificate=None), serve(certificate=None)]


@pytest.fixture
def issuer(nodes: list[Server], tmp_path: Path) -> Iterator[Pebble]:
    """It validates at the first node, whichever of them orders: the answers lie in the shared folder."""
    first = nodes[0]
    with (
        dynamic_dns(NAME) as zone,
        pebble(tmp_path / "pebble", http_port=first.http_port, tls_port=first.port, name_server=zone.server) as running,
    ):
        roots = tmp_path / "root.pem"
        roots.write_text(roots.read_text() + running.root())
        yield running
        for node in nodes:  # before the authority is gone, which they would tell in their logs
            node.stop()


def test_two_nodes_that_want_a_certificate_at_once_place_one_order(nodes: list[Server], issuer: Pebble) -> None:
    store = Store(nodes[0].installation.data / "tls")
    for turn in range(ROUNDS):
        names = (NAME, *(f"{number}.{NAME}" for number in range(turn)))
        save_plan(store, Plan(names, (issuer.authority,)))
        request_renewal(store)
        until(lambda: acme_status(store).served)
        until(lambda: (found := progress(store)) and found.state == "done")
        assert orders(issuer) == turn + 1, [node.log for node in nodes]
    until(lambda: sum(node.log.count(_OBTAINED) for node in nodes) == ROUNDS)
    assert orders(issuer) == ROUNDS
    for node in nodes:
        assert not node.trouble()
        (served,) = acme_status(store).served
        assert set(served.names) == {NAME, *(f"{number}.{NAME}" for number in range(ROUNDS - 1))}


def orders(issuer: Pebble) -> int:
    """Counted where it counts."""
    return issuer.log.read_text().count("Added order")
