"""Kinds of names, and what certificate can be had for each. Dated data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from siegelpost.doctor.live.target import Target
from siegelpost.toolbox.internet import Realm, realm_of
from siegelpost.toolbox.public_suffixes import suffixes


class NameKind(StrEnum):
    PUBLIC = "public"
    DYNAMIC = "dynamic"
    UMLAUT = "umlaut"
    PUBLIC_ADDRESS = "public_address"
    PRIVATE_ADDRESS = "private_address"
    LOCALHOST = "localhost"
    SINGLE_LABEL = "single_label"
    ROUTER = "router"
    MULTICAST = "multicast"
    HOME = "home"
    RESERVED = "reserved"
    UNKNOWN_ENDING = "unknown_ending"

    @property
    def issued(self) -> bool:
        """Whether any public authority issues certificates for such a name or address."""
        return self in (NameKind.PUBLIC, NameKind.DYNAMIC, NameKind.UMLAUT, NameKind.PUBLIC_ADDRESS)

    @property
    def asked_of_machine(self) -> bool:
        """Whether the DNS of the internet cannot know the name, so that this machine's own network is asked."""
        return not self.issued and self is not NameKind.UNKNOWN_ENDING


# Endings under which no public authority issues: RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN (internal, 2024-07-29),
# ICANN's high-risk strings (home, corp, mail), and what routers call themselves.
ENDINGS: Mapping[str, NameKind] = MappingProxyType(
    {
        "localhost": NameKind.LOCALHOST,
        "local": NameKind.MULTICAST,
        "fritz.box": NameKind.ROUTER,
        "speedport.ip": NameKind.ROUTER,
        "o2.box": NameKind.ROUTER,
        "easy.box": NameKind.ROUTER,
        "kabel.box": NameKind.ROUTER,
        "vodafone.box": NameKind.ROUTER,
        "digibox.local": NameKind.ROUTER,
        "lan": NameKind.HOME,
        "home": NameKind.HOME,
        "home.arpa": NameKind.HOME,
        "internal": NameKind.HOME,
        "intern": NameKind.HOME,
        "intra": NameKind.HOME,
        "intranet": NameKind.HOME,
        "private": NameKind.HOME,
        "corp": NameKind.HOME,
        "localdomain": NameKind.HOME,
        "mail": NameKind.HOME,
        "test": NameKind.RESERVED,
        "example": NameKind.RESERVED,
        "invalid": NameKind.RESERVED,
        "onion": NameKind.RESERVED,
        "alt": NameKind.RESERVED,
        "example.com": NameKind.RESERVED,
        "example.net": NameKind.RESERVED,
        "example.org": NameKind.RESERVED,
    }
)

# Providers that lend names for changing addresses; a name below one of these belongs to the provider, not the office.
DYNAMIC_DNS = frozenset(
    """
    dyndns.org dyndns.info dyndns.biz dyndns.tv dyndns.ws dyndns-home.com dyndns-office.com dyndns-server.com
    dyndns-remote.com dyndns-ip.com dyndns-at-home.com dyndns-at-work.com homeip.net homelinux.org homelinux.net
    homelinux.com homeunix.org homeunix.net dnsalias.com dnsalias.net dnsalias.org ath.cx is-a-geek.com
    myfritz.net myfritz.link no-ip.org no-ip.biz no-ip.info no-ip.com noip.me ddns.net hopto.org zapto.org
    sytes.net myftp.org myftp.biz redirectme.net servebeer.com serveftp.com servehttp.com webhop.me bounceme.net
    duckdns.org dynv6.net dns.army dns.navy v6.rocks v6.army selfhost.eu selfhost.de selfhost.bz selfhost.co
    selfhost.it dyn.tips spdns.de spdns.eu spdns.org my-gateway.de my-router.de firewall-gateway.com
    firewall-gateway.de firewall-gateway.net myhome-server.de nsupdate.info ddnss.de ddnss.org dyn.ddnss.de
    dyndns1.de home-webserver.de dyn-ip24.de ipv64.net ipv64.de any64.de eth64.de srv64.de synology.me
    diskstation.me dscloud.biz dscloud.me dscloud.mobi dsmynas.com dsmynas.net dsmynas.org familyds.com
    familyds.net familyds.org i234.me myds.me myqnapcloud.com mycloudnas.com mynascloud.com goip.de goip.net
    freeddns.org freemyip.com dynu.net ddnsfree.com ddnsgeek.com giize.com gleeze.com kozow.com loseyourip.com
    mywire.org ooguy.com theworkpc.com accesscam.org camdvr.org casacam.net afraid.org mooo.com chickenkiller.com
    strangled.net ignorelist.com jumpingcrab.com changeip.com dns-dynamic.net dyn.dynstatic.de securepoint.de
    spdyn.de tplinkdns.com asuscomm.com keenetic.link mikrotik-ddns.com sn.mynetname.net feste-ip.net dnshome.de
    """.split()  # noqa: SIM905 - a list of words is easier to read and to keep
)


_OF_ADDRESSES = {Realm.PUBLIC: NameKind.PUBLIC_ADDRESS, Realm.LOOPBACK: NameKind.LOCALHOST}


def kind_of(target: Target) -> NameKind:
    """Which kind of name this is; of several that fit, the one that matters more for a certificate."""
    if target.address:
        return _OF_ADDRESSES.get(realm_of(target.address), NameKind.PRIVATE_ADDRESS)
    labels = target.name.rstrip(".").split(".")
    tails = [".".join(labels[start:]) for start in range(len(labels))]
    for tail in tails:
        if tail in ENDINGS:
            return ENDINGS[tail]
    if len(labels) == 1:
        return NameKind.SINGLE_LABEL
    if any(tail in DYNAMIC_DNS for tail in tails[1:]):
        return NameKind.DYNAMIC
    if suffixes(accept_unknown=False).publicsuffix(target.name.rstrip(".")) is None:
        return NameKind.UNKNOWN_ENDING
    return NameKind.UMLAUT if any(label.startswith("xn--") for label in labels) else NameKind.PUBLIC


def provider_of(target: Target) -> str | None:
    """The ending that a dynamic-DNS provider lends, if the name stands below one."""
    labels = target.name.rstrip(".").split(".")
    tails = (".".join(labels[start:]) for start in range(1, len(labels)))
    return next((tail for tail in tails if tail in DYNAMIC_DNS), None)


def host_and_scheme(location: str) -> tuple[str | None, str | None]:
    """Host and scheme of a Location header; None for what it leaves out or cannot be read."""
    try:
        parts = urlsplit(location[:2048])
        return parts.hostname, parts.scheme.lower() or None
    except ValueError:
        return None, None
