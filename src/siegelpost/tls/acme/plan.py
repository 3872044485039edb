"""What is to be kept trusted, and by which way."""

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import idna

from siegelpost.tls.acme import waiting
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, write_json
from siegelpost.toolbox.sealing import UnsealableError, seal_with, unseal_with


class Challenge(StrEnum):
    """How the authority convinces itself that a name is ours."""

    HTTP_01 = "http-01"
    TLS_ALPN_01 = "tls-alpn-01"
    DNS_01 = "dns-01"
    # By a record that the office enters once (draft-ietf-acme-dns-persist).
    DNS_PERSIST_01 = "dns-persist-01"

    @property
    def by_dns(self) -> bool:
        """Whether it needs no port of this server, and no address will do."""
        return self in (Challenge.DNS_01, Challenge.DNS_PERSIST_01)


class KeyType(StrEnum):
    """ECDSA P-256 for everybody of today; RSA 2048 beside it for old devices."""

    ECDSA = "ecdsa"
    RSA = "rsa"


@dataclass(frozen=True, slots=True)
class Authority:
    """Where certificates come from.

    Args:
        directory: its ACME directory, an ``https`` address.
        profile: one of the profiles its directory names; empty for its default.
        eab_key_id, eab_hmac: external account binding (RFC 8555 § 7.3.4); ``eab_hmac`` in base64url.
        ca_bundle: PEM of the authorities by which the directory's own HTTPS is trusted; empty for the public ones.
            Whoever runs a directory of their own also sets their own limits: ours are then not kept.
        preferred_chain: of the chains it offers, the one whose last certificate was issued by this common name is
            looked at first; empty for the authority's own choice. Whatever is preferred, browsers must accept it.
    """

    directory: str
    profile: str = ""
    eab_key_id: str = ""
    eab_hmac: str = field(default="", repr=False)
    ca_bundle: str = field(default="", repr=False)
    preferred_chain: str = ""

    @property
    def staging(self) -> str:
        """The directory that issues worthless certificates under the same rules; empty where none is known."""
        return _STAGING.get(self.directory, "")

    @property
    def private(self) -> bool:
        """Run by somebody for themselves."""
        return bool(self.ca_bundle)


LETS_ENCRYPT = Authority("https://acme-v02.api.letsencrypt.org/directory")
SHORT_LIVED = "shortlived"  # the only profile for IP addresses at Let's Encrypt
_STAGING = {
    LETS_ENCRYPT.directory: "https://acme-staging-v02.api.letsencrypt.org/directory",
    "https://dv.acme-v02.api.pki.goog/directory": "https://dv.acme-v02.test-api.pki.goog/directory",
}


@dataclass(frozen=True, slots=True)
class DnsProvider:
    """Who may write TXT records for us.

    Args:
        provider: ``rfc2136``, or a provider of dns-lexicon (``ionos``, ``hetzner``, ``desec`` …); empty where nobody
            may, and only ``name_servers`` are given.
        options: what it asks for; each value is kept as a secret. For ``rfc2136``: ``server`` (``host`` or
            ``host:port``), ``key_name``, ``key_secret`` (base64), ``key_algorithm`` (default ``hmac-sha256``). For
            each: ``zone``, where it cannot be found out, and ``alias``, a zone of the office's choosing in which the
            records are written instead. For ``acmedns``: see :mod:`siegelpost.tls.acme.challenges.acme_dns`.
        name_servers: addresses (``192.0.2.1`` or ``192.0.2.1:53``) asked whether a record has arrived, instead of
            those the zone names: for split DNS.
    """

    provider: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    name_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be kept trusted.

    Args:
        names: host names (umlauts allowed), wildcards (``*.example.de``), IP addresses; the most important first.
        authorities: asked in this order, the next when one cannot.
        challenges: by which ways a name may be proved, the preferred first; the others are tried after failures.
        dns: its provider is needed for ``dns-01``, its name servers are asked for ``dns-persist-01``, too.
        contact: mail address given to the authority; empty for none.
        key_types: one certificate is kept for each.
        over: the bought certificates that it may take the place of, see :mod:`siegelpost.tls.acme.waiting`.
    """

    names: tuple[str, ...]
    authorities: tuple[Authority, ...] = (LETS_ENCRYPT,)
    challenges: tuple[Challenge, ...] = (Challenge.TLS_ALPN_01, Challenge.HTTP_01)
    dns: DnsProvider | None = None
    contact: str = ""
    key_types: tuple[KeyType, ...] = (KeyType.ECDSA,)
    over: Mapping[str, int | None] = field(default_factory=dict, compare=False)

    def checked(self) -> "Plan":
        """The same with each name as certificates write it, once.

        Raises:
            AcmeError: the plan cannot work; the problem's code says why.
        """
        names = tuple(dict.fromkeys(normal_name(name) for name in self.names))
        if not names:
            raise AcmeError(Code.NO_NAME)
        if not self.authorities or not all(each.directory.startswith("https://") for each in self.authorities):
            raise AcmeError(Code.NO_AUTHORITY)
        if not self.key_types or not self.challenges:
            raise ValueError("a plan needs a key type and a challenge")
        for name in names:
            if name.startswith("*.") and not any(each.by_dns for each in self.challenges):
                raise AcmeError(Code.WILDCARD_NEEDS_DNS, name=name)
            if is_ip_address(name) and all(each.by_dns for each in self.challenges):
                raise AcmeError(Code.ADDRESS_NEEDS_PORT, name=name)
        if Challenge.DNS_01 in self.challenges and not (self.dns and self.dns.provider):
            raise AcmeError(Code.DNS_PROVIDER_MISSING)
        return replace(self, names=names)


def normal_name(name: str) -> str:
    """A name or address as it stands in certificates: ASCII, lower case; an IPv6 address in its short form.

    Raises:
        AcmeError: it is no name an authority could certify.
    """
    name = name.strip().lower().rstrip(".")
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    prefix, host = ("*.", name[2:]) if name.startswith("*.") else ("", name)
    try:
        encoded = idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise AcmeError(Code.BAD_NAME, name=name) from None
    if "." not in encoded or len(prefix + encoded) > 253:
        raise AcmeError(Code.BAD_NAME, name=name)
    return prefix + encoded


def profile_for(authority: Authority, names: Iterable[str], offered: Collection[str]) -> str:
    """Which of the profiles an authority offers an order for these names needs; empty for its default."""
    return SHORT_LIVED if SHORT_LIVED in offered and any(map(is_ip_address, names)) else authority.profile


# Keeping it


def file(store: Store) -> Path:
    """Where it is kept."""
    return store.folder / "acme" / "plan.json"


def save_plan(store: Store, plan: Plan) -> Plan:
    """Keep this plan instead of any earlier one; the jobs process acts on it within seconds.

    Whoever saves one wants it to begin: it waits for no bought certificate that is served already.

    Returns:
        The plan as it was saved, see :meth:`Plan.checked`.

    Raises:
        AcmeError: the plan cannot work; the earlier one is still there.
        OSError: the disk is full; the earlier one is still there.
    """
    plan = plan.checked()
    plan = replace(plan, over=waiting.put_in(store, plan.names))
    content = asdict(plan)
    passphrase = store.passphrase()
    for authority in content["authorities"]:
        authority["eab_hmac"] = seal_with(authority["eab_hmac"], passphrase)
    if content["dns"]:
        content["dns"]["options"] = {
            name: seal_with(value, passphrase) for name, value in content["dns"]["options"].items()
        }
    write_json(file(store), content)
    return plan


def load_plan(store: Store) -> Plan | None:
    """The plan; None when there is none, or its secrets cannot be read with this passphrase."""
    content = read_json(file(store))
    try:
        return _plan(content, store.passphrase()) if content else None
    except (KeyError, TypeError, ValueError, OSError, UnsealableError):
        return None


def forget_plan(store: Store) -> None:
    """No longer renew anything; what is served stays."""
    file(store).unlink(missing_ok=True)


def plan_changed_at(store: Store) -> int:
    """Differs after each :func:`save_plan`; 0 while there is no plan."""
    try:
        return file(store).stat().st_mtime_ns
    except OSError:
        return 0


def _plan(content: dict[str, Any], passphrase: bytes) -> Plan:
    dns = content["dns"]
    return Plan(
        names=tuple(content["names"]),
        authorities=tuple(
            Authority(**each | {"eab_hmac": unseal_with(each["eab_hmac"], passphrase)})
            for each in content["authorities"]
        ),
        challenges=tuple(map(Challenge, content["challenges"])),
        dns=DnsProvider(
            dns["provider"],
            {name: unseal_with(value, passphrase) for name, value in dns["options"].items()},
            tuple(dns["name_servers"]),
        )
        if dns
        else None,
        contact=content["contact"],
        key_types=tuple(map(KeyType, content["key_types"])),
        over=content.get("over", {}),
    )
