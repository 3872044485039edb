"""The office's own service is asked by both families, and nobody where none is named; ``tools/outside_service.py``."""

import threading
from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import pytest
from tools.outside_service import Server, Service

from siegelpost.certificates.surroundings.outside import Outside, Seen, ask
from siegelpost.settings import Settings, load


@pytest.fixture
def service() -> Iterator[int]:
    server = Server(("::", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def settings(url: str | None) -> Settings:
    private = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    return load().model_copy(update={"outside_service": url, "private_networks": private})


def test_each_family_is_seen_by_itself_and_its_ports_are_tried(service: int) -> None:
    found = ask(settings(f"http://127.0.0.1:{service}/look"))
    assert found == Outside(asked=True, v4=Seen(ip_address("127.0.0.1"), found.v4.ports if found.v4 else {}))
    assert set(found.v4.ports if found.v4 else ()) == {443, 80}
    assert ask(settings(f"http://[::1]:{service}/look")).v6 is not None


def test_nobody_is_asked_where_no_service_is_named() -> None:
    assert ask(settings(None)) == Outside(asked=False)


def test_a_service_that_is_not_there_leaves_it_unknown(service: int) -> None:
    found = ask(settings("http://127.0.0.1:1/look"))
    assert (found.asked, found.v4, found.v6, found.port(443)) == (True, None, None, None)


def test_no_private_service_is_asked_unless_the_settings_name_its_network(service: int) -> None:
    strict = settings(f"http://127.0.0.1:{service}/").model_copy(update={"private_networks": []})
    assert ask(strict).v4 is None
