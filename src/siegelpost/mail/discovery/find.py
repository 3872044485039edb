"""From a mail address to the servers behind it: a table, the DNS, and what the domain itself says.

In this order, the first that names both directions wins: whose own domain it is; whose mail exchangers it has; its SRV
records (RFC 6186, RFC 8314); its file. Nothing of it is used before a person has seen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import dns.exception
import dns.resolver

from siegelpost.mail.discovery import autoconfig, presets
from siegelpost.mail.discovery.autoconfig import NamedServer
from siegelpost.mail.discovery.presets import THE_MX, Hint, Preset, UserName
from siegelpost.office.models import SmtpSecurity
from siegelpost.toolbox.addresses import checked
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import HostError, read_host

# Seconds, for everything; somebody waits in front of the page.
ALL, EACH = 12.0, 3.0
IMAPS = 993
_MOST_RECORDS = 20


class Origin(StrEnum):
    """Where it is from."""

    DOMAIN = "domain"
    MX = "mx"
    SRV = "srv"
    AUTOCONFIG = "autoconfig"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Settings:
    """What was found for an address; a server that is None was not named.

    Args:
        where: the name that said so: a mail exchanger, a record, an address on the web.
        provider: its name, where it is a known one; ``source`` whose word the table has, ``sure`` whether it is.
        sign_in_with: ``microsoft`` or ``google``, where one signs in on their page; else empty: by password.
        behind_filter: a filter stands in front of the mailbox, so that its provider cannot be seen.
        elsewhere: servers that are not of the address's domain, by the word of the DNS or of a file alone.
        complete: False where the DNS did not answer everything: there may be more.
    """

    address: str
    origin: Origin = Origin.NOWHERE
    where: str = ""
    smtp: NamedServer | None = None
    imap: NamedServer | None = None
    provider: str = ""
    source: str = ""
    sure: bool = True
    hints: tuple[Hint, ...] = ()
    sign_in_with: str = ""
    behind_filter: bool = False
    elsewhere: tuple[str, ...] = ()
    complete: bool = True


class _Dns:
    """The name servers of this machine; a question that got no answer is remembered."""

    def __init__(self, resolver: dns.resolver.Resolver | None, deadline: Deadline) -> None:
        self.resolver, self.deadline, self.silent = resolver, deadline, False

    def ask(self, name: str, kind: str) -> list[Any]:
        try:
            using = self.resolver or dns.resolver.Resolver()
            seconds = max(self.deadline.at_most(EACH).left(), 0.01)
            return list(using.resolve(f"{name}.", kind, lifetime=seconds, search=False))[:_MOST_RECORDS]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError):
            self.silent = True
            return []


def settings_of(address: str, resolver: dns.resolver.Resolver | None = None) -> Settings:
    """The servers behind a mail address; takes some seconds.

    Raises:
        siegelpost.toolbox.addresses.AddressError: it is none.
    """
    found = checked(address)
    domain, address = found.domain, found.addr_spec
    if preset := presets.by_domain(domain):
        return _by_table(preset, address, Origin.DOMAIN, domain)
    deadline = Deadline(ALL)
    names = _Dns(resolver, deadline)
    servers = [each.exchange.to_text(omit_final_dot=True).lower() for each in _sorted(names.ask(domain, "MX"))]
    for server in servers:
        if preset := presets.by_mx(server):
            return _by_table(preset, address, Origin.MX, server)
    filtered = any(presets.is_filter(server) for server in servers)
    said = _by_srv(names, address, domain)
    if not (said.smtp and said.imap) and (config := autoconfig.ask(domain, address, deadline)):
        smtp, imap = config.smtp or said.smtp, config.imap or said.imap
        said = Settings(address, Origin.AUTOCONFIG, config.url, smtp, imap)
    hosts = {server.host for server in (said.smtp, said.imap) if server}
    return replace(
        said,
        behind_filter=filtered,
        elsewhere=tuple(sorted(host for host in hosts if not f".{host}".endswith(f".{domain}"))),
        complete=not names.silent,
    )


def _by_table(preset: Preset, address: str, origin: Origin, where: str) -> Settings:
    user = address.rpartition("@")[0] if preset.user is UserName.LOCAL_PART else address
    host, port, security = preset.smtp
    smtp = NamedServer(where if host == THE_MX else host, port, security, user)
    imap = NamedServer(where if preset.imap == THE_MX else preset.imap, IMAPS, SmtpSecurity.TLS, user)
    return Settings(
        address,
        origin,
        where,
        smtp,
        imap,
        preset.name,
        preset.source,
        preset.sure,
        preset.hints,
        preset.sign_in_with,
    )


def _by_srv(names: _Dns, address: str, domain: str) -> Settings:
    """By the domain's SRV records; TLS from the start before STARTTLS (RFC 8314, 5.1)."""
    found: dict[str, NamedServer] = {}
    for service, direction, security in (
        ("_submissions", "smtp", SmtpSecurity.TLS),
        ("_submission", "smtp", SmtpSecurity.STARTTLS),
        ("_imaps", "imap", SmtpSecurity.TLS),
    ):
        if direction not in found and (target := _target(names.ask(f"{service}._tcp.{domain}", "SRV"))):
            found[direction] = NamedServer(*target, security, address)
    if not found:
        return Settings(address)
    return Settings(address, Origin.SRV, f"_tcp.{domain}", found.get("smtp"), found.get("imap"))


def _target(records: Sequence[Any]) -> tuple[str, int] | None:
    """Host and port of the record that comes first (RFC 2782); "." says that there is no such service."""
    for record in sorted(records, key=lambda each: (each.priority, -each.weight)):
        try:
            host = str(read_host(record.target.to_text(omit_final_dot=True)))
        except HostError:
            continue
        if "." in host.strip(".") and record.port:
            return host, int(record.port)
    return None


def _sorted(records: Sequence[Any]) -> list[Any]:
    return sorted(records, key=lambda each: int(each.preference))
