"""An office's machine and the rest of the world, each in a network namespace of its own, joined by one cable.

Addresses are like those of the open internet, because much is decided by that; no packet leaves this machine.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.support import parts
from tests.support.world import AUTHORITY, NAME, UPDATES, ZONE, World

RESOLVER, RESOLVER_6 = "45.9.0.9", "2a0f:9::9"
CA, CA_6 = "45.9.0.14", "2a0f:9::14"
NS1, NS1_6, NS2 = "45.9.0.53", "2a0f:9::53", "45.9.1.53"
OFFICE, OFFICE_6 = "45.8.0.10", "2a0f:8::10"
# The router's on the house's side, and the carrier's machine that many customers share (RFC 6333).
ROUTER, LAN, GATEWAY, GATEWAY_6 = "192.168.178.1", "192.168.178.20", "45.8.0.1", "2a0f:8::1"
CARRIER = "45.7.0.1"
HOUSE = "192.168.178.2"
_WORLD = (RESOLVER, RESOLVER_6, CA, CA_6, NS1, NS1_6, NS2, CARRIER, HOUSE)
_GATEWAYS = (f"{GATEWAY}/24", f"{GATEWAY_6}/64", f"{ROUTER}/24")
_numbers = count()


@dataclass(frozen=True)
class Network:
    """What the office's machine has, and what the world says about it.

    Args:
        addresses: of the machine, with their prefix.
        records: what the world's DNS says about the office's name.
        resolver: whom the machine asks.
        ns2_answers: the second name server lives.
        blocked: selectors of ``ip rule`` for what is swallowed on the way.
        house: what the house's own name server says instead, if the machine asks that one.
        router_says: its address on the internet, by UPnP, if there is a router that answers to it at the resolver.
        written_to: the name server that takes the office's changes.
    """

    addresses: Sequence[str]
    records: Sequence[tuple[str, str]]
    resolver: str = RESOLVER
    ns2_answers: bool = True
    blocked: Sequence[str] = ()
    house: Sequence[tuple[str, str]] = ()
    written_to: str = NS1
    router_says: str = ""

    def world(self) -> World:
        """Both families where the world is concerned: most servers of today have them."""
        common = [(AUTHORITY, "A", CA), (AUTHORITY, "AAAA", CA_6)]
        records = [*common, *((NAME, kind, text) for kind, text in self.records)]
        servers = [
            (f"ns1.{ZONE}", [NS1, NS1_6], [NS1, NS1_6]),
            (f"ns2.{ZONE}", [NS2], [NS2] if self.ns2_answers else []),
        ]
        inside = [*common, *((NAME, kind, text) for kind, text in self.house)] if self.house else []
        resolvers = [RESOLVER, RESOLVER_6, ROUTER, GATEWAY]
        router = self.resolver if self.router_says else ""
        return World(records, servers, resolvers, inside, HOUSE if self.house else "", router, self.router_says)


@dataclass
class Came:
    """To what it came: ``ids`` of certificates, or ``problem``; ``findings`` are what the assistant says."""

    seconds: float
    ids: list[str] = field(default_factory=list)
    problem: dict[str, Any] | None = None
    text: str = ""
    findings: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Of the problem; empty for a certificate."""
        return str(self.problem["code"]) if self.problem else ""


@contextmanager
def networks(network: Network) -> Iterator[tuple[str, str]]:
    """Names of both namespaces, the world's first; gone afterwards, with the cable."""
    if os.geteuid() != 0 or not parts.find("ip"):
        parts.missing("network namespaces (run as root, Debian package iproute2)")
    tag = f"sp{os.getpid()}x{next(_numbers)}"
    world, office = f"{tag}w", f"{tag}o"
    try:
        for each in (world, office):
            _ip("netns", "add", each)
            _ip("-n", each, "link", "set", "lo", "up")
        _ip("link", "add", "cable", "netns", world, "type", "veth", "peer", "name", "cable", "netns", office)
        for address in (*_WORLD, *_GATEWAYS):
            _add(world, "lo" if "/" not in address else "cable", address)
        for address in network.addresses:
            _add(office, "cable", address)
        for each in (world, office):
            _ip("-n", each, "link", "set", "cable", "up")
        for address in network.addresses:
            _route(office, address)
        if network.blocked:  # swallowed on the way in, before anybody there looks whom it is for
            _ip("-n", world, "rule", "add", "pref", "100", "lookup", "local")
            _ip("-n", world, "rule", "del", "pref", "0")
        for selector in network.blocked:
            _ip("-n", world, "rule", "add", "pref", "50", "iif", "cable", *selector.split(), "blackhole")
        yield world, office
    finally:
        for each in (world, office):
            subprocess.run([parts.need("ip"), "netns", "del", each], check=False, capture_output=True)


def _add(namespace: str, device: str, address: str) -> None:
    without_wait = ["nodad"] if ":" in address else []
    _ip("-n", namespace, "addr", "add", address, "dev", device, *without_wait)


def _route(namespace: str, address: str) -> None:
    gateway = GATEWAY_6 if ":" in address else ROUTER if address.startswith("192.168.") else GATEWAY
    _ip("-n", namespace, "route", "add", "default", "via", gateway, "dev", "cable")


def _ip(*arguments: str) -> None:
    done = subprocess.run([parts.need("ip"), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"ip {' '.join(arguments)}: {done.stderr}")


def order(folder: Path, network: Network, challenge: str, patience: float = 120) -> Came:
    """One order from the office's machine, with the product's own times; and what the assistant says of the place."""
    resolv = folder / "resolv.conf"
    resolv.write_text(f"nameserver {network.resolver}\n")
    with networks(network) as (outside, inside), _python(outside, "tests.support.world", str(folder)) as world:
        assert world.stdin
        assert world.stdout
        world.stdin.write(network.world().text() + "\n")
        world.stdin.flush()
        trusted = json.loads(world.stdout.readline())
        plan = {"challenge": challenge, "server": _update_server(network), **trusted}
        shell = f'mount --bind {resolv} /etc/resolv.conf && exec "$@"'
        with _python(inside, "tests.support.machine", str(folder), shell=shell) as machine:
            out, _ = machine.communicate(json.dumps(plan), timeout=patience)
        assert out, "the machine said nothing"
        return Came(**json.loads(out.splitlines()[-1]))


def _update_server(network: Network) -> str:
    """Where changes go: to a port of its own, as a provider's are no questions of the DNS."""
    only_6 = all(":" in each for each in network.addresses)
    return f"[{NS1_6}]:{UPDATES}" if only_6 else f"{network.written_to}:{UPDATES}"


@contextmanager
def _python(namespace: str, *arguments: str, shell: str = "") -> "Iterator[subprocess.Popen[str]]":
    within = ["sh", "-c", shell, "sh"] if shell else []
    command: list[str] = [str(parts.need("ip")), "netns", "exec", namespace, *within, sys.executable, "-m", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
