"""The router is asked by UPnP, it alone and nothing else; the router here is scripted after the specification."""

from ipaddress import IPv4Address

import pytest
from tests.support.gateway import gateway
from tests.support.ports import free_port

from siegelpost.certificates.surroundings.router import RouterSays, ask

HERE = IPv4Address("127.0.0.1")


@pytest.mark.parametrize(
    ("says", "heard"),
    [
        ("45.8.0.10", RouterSays(IPv4Address("45.8.0.10"))),
        ("100.72.3.4", RouterSays(IPv4Address("100.72.3.4"))),
        ("0.0.0.0", RouterSays(None)),  # noqa: S104 - what a router says that has none
        ("", RouterSays(None)),
        ("999.1.1.1", None),
        ("<a>", None),
    ],
)
def test_what_it_says_is_heard_and_nonsense_is_nothing(says: str, heard: RouterSays | None) -> None:
    with gateway(says) as port:
        assert ask(HERE, port) == heard


@pytest.mark.parametrize("location", ["http://127.0.0.2:1/igd.xml", "https://127.0.0.1/x", "file:///etc/passwd", "x"])
def test_nobody_else_is_asked_whatever_it_names(location: str) -> None:
    with gateway("45.8.0.10", location=location) as port:
        assert ask(HERE, port) is None


def test_a_router_that_is_silent_has_said_nothing() -> None:
    assert ask(HERE, free_port()) is None
