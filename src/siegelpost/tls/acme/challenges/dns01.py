"""DNS-01 (RFC 8555 § 8.4): TXT records, written by RFC 2136 or by a provider of dns-lexicon.

Before the authority is told to look, every name server of the zone is asked until all of them give the record: an
authority that looks too early counts a failure.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.tsig
import dns.tsigkeyring
import dns.update

from siegelpost.tls.acme.plan import DnsProvider
from siegelpost.tls.acme.problems import AcmeError, Code

TTL = 60
PROPAGATION = 600.0
_ASK_EVERY = 1.0
_TIMEOUT = 10.0
_PORT = 53
_MOST_ALIASES = 8
_LABEL = "_acme-challenge"


class Records:
    """The TXT records of one order.

    Args:
        provider: who writes them.
        patience: how long to wait for all name servers, in seconds.
    """

    def __init__(self, provider: DnsProvider, patience: float = PROPAGATION) -> None:
        self._provider = provider
        self._patience = patience
        self._resolver = _resolver(provider)
        self._written: list[tuple[str, str]] = []

    def present(self, name: str, value: str) -> None:
        """Write the record that proves this name.

        Raises:
            AcmeError: ``dns_provider``, with what it said.
        """
        at = self._place(name.removeprefix("*."))
        self._written.append((at, value))
        _write(self._provider, self._zone_of, "create", at, value)

    def wait(self, alive: Callable[[], None]) -> None:
        """Until every name server gives every record.

        Args:
            alive: called between looks; may raise to end the waiting.

        Raises:
            AcmeError: ``not_propagated``, naming record and server.
        """
        deadline = time.monotonic() + self._patience
        for name, value in self._written:
            while missing := self._missing(name, value):
                if time.monotonic() > deadline:
                    raise AcmeError(
                        Code.NOT_PROPAGATED, record=name, server=missing, minutes=round(self._patience / 60)
                    )
                alive()
                time.sleep(_ASK_EVERY)

    def remove(self) -> None:
        """Take all of them away again; one that cannot be is left: it proves nothing any more."""
        for name, value in self._written:
            try:
                _write(self._provider, self._zone_of, "delete", name, value)
            except AcmeError:
                continue
        self._written = []

    def _place(self, name: str) -> str:
        """Where the record has to be: a CNAME may lead to a zone that we can write to (RFC 8555 § 8.4 allows it)."""
        place = f"{_LABEL}.{name}"
        for _ in range(_MOST_ALIASES):
            try:
                answer = self._resolver.resolve(place, "CNAME")
            except dns.exception.DNSException:
                return place
            place = answer[0].target.to_text(omit_final_dot=True)
        return place

    def _zone_of(self, name: str) -> str:
        if zone := self._provider.options.get("zone"):
            return zone.rstrip(".")
        try:
            zone_name = dns.resolver.zone_for_name(name, resolver=self._resolver)
        except dns.exception.DNSException as error:
            raise AcmeError(Code.DNS_PROVIDER, provider=self._provider.provider, detail=f"{name}: {error}") from error
        return zone_name.to_text(omit_final_dot=True)

    def _missing(self, name: str, value: str) -> str:
        """The first name server that does not give the record; empty when all do."""
        for server, port in self._servers(name):
            query = dns.message.make_query(name, "TXT")
            try:
                answer, _ = dns.query.udp_with_fallback(query, server, timeout=_TIMEOUT, port=port)
            except (dns.exception.DNSException, OSError):
                return server
            texts = {
                b"".join(record.strings).decode("ascii", "replace")
                for rrset in answer.answer
                if rrset.rdtype == dns.rdatatype.TXT
                for record in rrset
            }
            if value not in texts:
                return server
        return ""

    def _servers(self, name: str) -> list[tuple[str, int]]:
        if self._provider.name_servers:
            return [_host_and_port(each) for each in self._provider.name_servers]
        found: list[tuple[str, int]] = []
        try:
            zone = dns.resolver.zone_for_name(name, resolver=self._resolver)
            for record in self._resolver.resolve(zone, "NS"):
                found += [(address, _PORT) for address in self._resolver.resolve_name(record.target).addresses()]
        except dns.exception.DNSException:
            return [(str(server), _PORT) for server in self._resolver.nameservers]
        return found


def _resolver(provider: DnsProvider) -> dns.resolver.Resolver:
    if not provider.name_servers:
        resolver = dns.resolver.Resolver()
    else:
        resolver = dns.resolver.Resolver(configure=False)
        servers = [_host_and_port(each) for each in provider.name_servers]
        resolver.nameservers = [server for server, _ in servers]
        resolver.nameserver_ports = dict(servers)
    # What a name server said before the record was written must not be believed after it.
    resolver.cache = None
    return resolver


def _host_and_port(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if separator and port.isdigit() and (":" not in host or host.startswith("[")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), _PORT


def _write(provider: DnsProvider, zone_of: Callable[[str], str], action: str, name: str, value: str) -> None:
    with _failures(provider):
        if provider.provider == "rfc2136":
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
        detail = f"{type(error).__name__}: {error}"
        for secret in filter(None, provider.options.values()):
            detail = detail.replace(secret, "…")
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
    host, port = _host_and_port(options["server"])
    answer = dns.query.tcp(update, _address_of(host), timeout=_TIMEOUT, port=port)
    if answer.rcode() != dns.rcode.NOERROR:
        raise AcmeError(Code.DNS_PROVIDER, provider=provider.provider, detail=dns.rcode.to_text(answer.rcode()))


def _address_of(host: str) -> str:
    return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])


def _by_lexicon(provider: DnsProvider, zone: str, action: str, name: str, value: str) -> None:
    # Imported late: it brings every provider's HTTP library along.
    from lexicon.client import Client
    from lexicon.config import ConfigResolver

    options = {key: option for key, option in provider.options.items() if key != "zone"}
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
