"""DNS-01 (RFC 8555 § 8.4): TXT records, written by RFC 2136 or by a provider of dns-lexicon.

Before the authority is told to look, the name servers of the zone are asked until those that can be asked give the
record: an authority that looks too early counts a failure. What this machine cannot see, the authority sees for
itself: nothing that a name server does makes it wait for ever.
"""

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dns.exception
import dns.name
import dns.query
import dns.rcode
import dns.tsig
import dns.tsigkeyring
import dns.update

from siegelpost.tls.acme.challenges import acme_dns, name_servers
from siegelpost.tls.acme.challenges.name_servers import Arrival, NameServer, arrival, host_and_port
from siegelpost.tls.acme.plan import DnsProvider
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.toolbox.blots import blotted

TTL = 60
PROPAGATION = 600.0
# Where nobody can be asked, in seconds: so long most providers take.
UNSEEN = 60.0
# Where only the house's own name servers answer (split DNS), in seconds, and as much longer after each failure: they
# may be the ones that a house's authority asks.
INSIDE = 15.0
# After so many failures the authority is let look although no name server gives the record to this machine: behind
# split DNS it sees others. Until then record and order are kept for a provider that takes its time.
TRUSTED_AFTER = 5
_ASK_EVERY = 1.0
_TIMEOUT = 10.0
_LONGEST_LABEL = 63
_OURS = frozenset({"zone", "alias"})  # options that are not the provider's
_LABEL = "_acme-challenge"


class Records:
    """The TXT records of one order.

    Args:
        provider: who writes them.
        patience: how long to wait for all name servers, in seconds.
        failures: how often the order came to nothing before.
    """

    def __init__(self, provider: DnsProvider, patience: float = PROPAGATION, failures: int = 0) -> None:
        self._provider = provider
        self._patience = patience
        self._failures = failures
        named = provider.name_servers
        self._resolver = name_servers.resolver_of(named) if named else name_servers.system_resolver()
        # By name: place and value of its record, in the order of writing (a name and its wildcard share a place).
        self._written: list[tuple[str, str, str]] = []
        self._lacking: dict[str, str] = {}

    def present(self, name: str, value: str) -> None:
        """Write the record that proves this name.

        Raises:
            AcmeError: ``dns_provider``, with what it said of the place that was tried first.
        """
        refusals: list[AcmeError] = []
        for place in self._places(name.removeprefix("*.")):
            try:
                _write(self._provider, self._zone_of, "create", place, value)
            except AcmeError as error:
                refusals.append(error)
                continue
            self._written.append((name, place, value))
            return
        raise refusals[0]

    def wait(self, alive: Callable[[], None]) -> None:
        """Until every name server that can be asked gives every record, or it is time for the authority to look.

        Args:
            alive: called between looks; may raise to end the waiting.

        Raises:
            AcmeError: ``not_propagated``: none gives it; the records are left for the next try of this order.
        """
        began = time.monotonic()
        for _, place, value in self._written:
            self._await(place, value, began, alive)

    def remove(self) -> None:
        """Take all of them away again; one that cannot be is left: it proves nothing any more."""
        for _, place, value in self._written:
            try:
                _write(self._provider, self._zone_of, "delete", place, value)
            except AcmeError:
                continue
        self._written = []

    def unseen(self, name: str, detail: str) -> tuple[Code, dict[str, object]]:
        """What it means that the authority did not find the record of this name."""
        place = next((place for each, place, _ in self._written if each == name), f"{_LABEL}.{name}")
        if servers := self._lacking.get(place):
            return Code.NOT_PROPAGATED, {"record": place, "server": servers, "minutes": round(self._patience / 60)}
        return Code.RECORD_NOT_SEEN, {"record": place, "detail": detail}

    def _await(self, place: str, value: str, began: float, alive: Callable[[], None]) -> None:
        servers = self._servers(place)
        while True:
            seen = arrival(servers, place, value)
            if seen.everywhere or (seen.unseen and value in name_servers.resolved_texts(place, self._resolver)):
                return
            passed = time.monotonic() - began
            enough = INSIDE * (1 + self._failures) if seen.inside else UNSEEN
            if seen.unseen and passed > min(self._patience, enough):
                return
            if passed > self._patience:
                self._give_up(place, seen)
                return
            if not seen.unseen:  # whoever was silent is not waited for again
                servers = tuple(each for each in servers if each.name not in seen.silent)
            alive()
            time.sleep(_ASK_EVERY)

    def _give_up(self, place: str, seen: Arrival) -> None:
        lacking = self._lacking[place] = ", ".join(seen.lacks)
        if not seen.gives and self._failures < TRUSTED_AFTER:
            self._written = []
            minutes = round(self._patience / 60)
            raise AcmeError(Code.NOT_PROPAGATED, record=place, server=lacking, minutes=minutes)

    def _places(self, name: str) -> list[str]:
        """Where the record may be, the likeliest first.

        In the zone that the office chose for it (option ``alias``), where its own name has to lead there by a CNAME.
        A CNAME may lead to a zone that we can write to (RFC 8555 § 8.4 allows it). One that a wildcard makes
        (``*.office.example`` for a dynamic address) leads to a stranger's zone, and gives way to a record of its own.
        """
        own = f"{_LABEL}.{name}"
        target = name_servers.alias_of(own, self._resolver)
        if place := self._chosen(name):
            if target is not None and target.lower() != place:
                raise AcmeError(Code.ALIAS_MISSING, record=own, target=place, found=target or "–")
            return [place]
        if not target:
            return [own]
        by_wildcard = name_servers.alias_of(f"{_LABEL}-{secrets.token_hex(8)}.{name}", self._resolver) == target
        target = name_servers.followed(target, self._resolver)
        return [own, target] if by_wildcard else [target, own]

    def _chosen(self, name: str) -> str:
        """Where the office wants the record to be; empty where it has not said."""
        options = self._provider.options
        if self._provider.provider == acme_dns.PROVIDER:
            return options["fulldomain"].strip(".").lower()
        return alias_for(name, options["alias"]) if options.get("alias") else ""

    def _zone_of(self, name: str) -> str:
        if zone := self._provider.options.get("zone"):
            return zone.rstrip(".")
        try:
            return name_servers.zone_of(name, self._resolver).to_text(omit_final_dot=True)
        except dns.exception.DNSException as error:
            raise AcmeError(Code.DNS_PROVIDER, provider=self._provider.provider, detail=f"{name}: {error}") from error

    def _servers(self, place: str) -> tuple[NameServer, ...]:
        return name_servers.to_ask(place, self._provider.name_servers, self._resolver)


def alias_for(name: str, zone: str) -> str:
    """Where the record of a name is written in a zone that was chosen for it; ``_acme-challenge.NAME`` leads there."""
    return f"{name.replace('.', '-')[:_LONGEST_LABEL].rstrip('-')}.{zone.strip('.').lower()}"


def _write(provider: DnsProvider, zone_of: Callable[[str], str], action: str, name: str, value: str) -> None:
    with _failures(provider):
        if provider.provider == acme_dns.PROVIDER:
            if action == "create":
                acme_dns.publish(provider.options, value)
        elif provider.provider == "rfc2136":
            _update(provider, zone_of(name), action, name, value)
        else:
            _by_lexicon(provider, zone_of(name), action, name, value)


@contextmanager
def _failures(provider: DnsProvider) -> Iterator[None]:
    try:
        yield
    except AcmeError:
        raise
    # Every provider of lexicon has failures of its own: exceptions of its HTTP library, and plain Exception.
    except Exception as error:
        detail = blotted(f"{type(error).__name__}: {error}", provider.options)
        raise AcmeError(Code.DNS_PROVIDER, provider=provider.provider, detail=detail) from None


def _update(provider: DnsProvider, zone: str, action: str, name: str, value: str) -> None:
    """RFC 2136, signed by TSIG when there is a key (RFC 8945)."""
    options = provider.options
    keyring = None
    if options.get("key_name"):
        keyring = dns.tsigkeyring.from_text({options["key_name"]: options["key_secret"]})
    algorithm = dns.name.from_text(options.get("key_algorithm") or "hmac-sha256")
    update = dns.update.UpdateMessage(zone, keyring=keyring, keyalgorithm=algorithm)
    relative = dns.name.from_text(name).relativize(dns.name.from_text(zone))
    if action == "create":
        update.add(relative, TTL, "TXT", f'"{value}"')
    else:
        update.delete(relative, "TXT", f'"{value}"')
    host, port = host_and_port(options["server"])
    answer = dns.query.tcp(update, _address_of(host), timeout=_TIMEOUT, port=port)
    if answer.rcode() != dns.rcode.NOERROR:
        raise AcmeError(Code.DNS_PROVIDER, provider=provider.provider, detail=dns.rcode.to_text(answer.rcode()))


def _address_of(host: str) -> str:
    return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])


def _by_lexicon(provider: DnsProvider, zone: str, action: str, name: str, value: str) -> None:
    # Imported late: it brings every provider's HTTP library along.
    from lexicon.client import Client
    from lexicon.config import ConfigResolver

    options = {key: option for key, option in provider.options.items() if key not in _OURS}
    resolver: Any = ConfigResolver  # publishes no types
    config = resolver().with_dict(
        {
            "provider_name": provider.provider,
            "domain": zone,
            # Else it would fetch a list of public endings from the network to guess the zone.
            "resolve_zone_name": True,
            "delegated": zone,
            "ttl": TTL,
            provider.provider: options,
        }
    )
    with Client(config) as operations:
        if action == "create":
            operations.create_record("TXT", name, value)
        else:
            operations.delete_record(rtype="TXT", name=name, content=value)
