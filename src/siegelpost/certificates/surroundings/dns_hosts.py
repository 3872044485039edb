"""Whose name servers these are: dated data (2026-11), by the endings of their names."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DnsHost:
    """A DNS host as its customers call it.

    Args:
        endings: of its name servers' names.
        provider: under which dns-lexicon knows it; empty where records can only be written by hand.
    """

    name: str
    endings: tuple[str, ...]
    provider: str = ""


DNS_HOSTS = (
    DnsHost("IONOS", ("ui-dns.com", "ui-dns.org", "ui-dns.de", "ui-dns.biz"), "ionos"),
    DnsHost("Hetzner", ("ns.hetzner.com", "ns.hetzner.de", "your-server.de", "first-ns.de", "second-ns.de"), "hetzner"),
    DnsHost("INWX", ("inwx.de", "inwx.eu", "inwx.com", "inwx.net"), "inwx"),
    DnsHost("deSEC", ("desec.io", "desec.org"), "desec"),
    DnsHost("netcup", ("netcup.net", "netcup.de"), "netcup"),
    DnsHost("Cloudflare", ("ns.cloudflare.com",), "cloudflare"),
    DnsHost("hosting.de", ("routing.net", "hosting.de"), "hostingde"),
    DnsHost("OVHcloud", ("ovh.net", "ovh.ca", "anycast.me"), "ovh"),
    DnsHost("GoDaddy", ("domaincontrol.com",), "godaddy"),
    DnsHost("Gandi", ("gandi.net",), "gandi"),
    DnsHost("DigitalOcean", ("digitalocean.com",), "digitalocean"),
    DnsHost("Infomaniak", ("infomaniak.ch",), "infomaniak"),
    DnsHost("STRATO", ("rzone.de", "strato.de")),
    DnsHost("ALL-INKL", ("kasserver.com",)),
    DnsHost("DomainFactory", ("namespace4you.de", "ispgateway.de")),
    DnsHost("united-domains", ("udag.de", "udag.net", "udag.org", "udagdns.net")),
    DnsHost("Host Europe", ("hosteurope.com",)),
    DnsHost("Telekom", ("t-ipnet.de", "telekom.de")),
    DnsHost("Checkdomain", ("checkdomain.de",)),
)


def host_of(name_servers: Iterable[str]) -> DnsHost | None:
    """Whose these are; None where nobody known has them."""
    names = [each.lower().rstrip(".") for each in name_servers]
    return next(
        (
            host
            for host in DNS_HOSTS
            if any(name == ending or name.endswith(f".{ending}") for name in names for ending in host.endings)
        ),
        None,
    )
