"""Orders at a real authority (Debian's pebble), answered by the real server, from the plan to the page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.acme_servers import Pebble, pebble
from tests.support.name_server import name_server
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

from siegelpost.tls.acme.plan import Challenge, Plan, save_plan
from siegelpost.tls.acme.progress import progress
from siegelpost.tls.store import Store

ADDRESS = "127.0.0.1"


@pytest.fixture
def first_start(serve: Serve) -> Server:
    """A server as it is after its first start, with its self-signed certificate."""
    return serve(certificate=None, workers=2)


@pytest.fixture
def authority_of(first_start: Server, tmp_path: Path) -> Iterator[Pebble]:
    with name_server({(NAME, "A"): (60, (ADDRESS,))}) as resolver:
        server = f"{ADDRESS}:{resolver.port}"
        folder = tmp_path / "pebble"
        ports = first_start.http_port, first_start.port
        with pebble(folder, http_port=ports[0], tls_port=ports[1], name_server=server) as running:
            yield running


@pytest.mark.real
@pytest.mark.parametrize("challenge", [Challenge.HTTP_01, Challenge.TLS_ALPN_01])
def test_a_saved_plan_is_all_it_takes(first_start: Server, authority_of: Pebble, challenge: Challenge) -> None:
    roots = first_start.installation.data.parent / "root.pem"
    roots.write_text(roots.read_text() + authority_of.root())
    store = Store(first_start.installation.data / "tls")
    save_plan(store, Plan((NAME, ADDRESS), (authority_of.authority,), (challenge,)))

    until(lambda: (found := progress(store)) and found.state in {"done", "failed"}, seconds=60)
    found = progress(store)
    assert found
    assert found.state == "done", json.dumps(found.to_json(), indent=1)
    assert set(found.challenges) <= {NAME, ADDRESS}
    first_start.trust = authority_of.root()
    until(lambda: first_start.get("/health/ready").status == 200, seconds=30, forgive=(OSError,))
