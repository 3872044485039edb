"""What is to stand in the DNS, and what came of writing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from siegelpost.toolbox.blots import blotted
from siegelpost.toolbox.internet import Address


class RecordType(StrEnum):
    """One for each family of addresses."""

    A = "A"
    AAAA = "AAAA"

    @property
    def family(self) -> type[Address]:
        """The addresses that such a record holds."""
        return IPv4Address if self is RecordType.A else IPv6Address


class Written(StrEnum):
    """What the provider says came of it."""

    CHANGED = "changed"
    SAME = "same"


class Fault(StrEnum):
    """Why a record is not kept up to date; words and what to do stand in ``words``, pace and notice in ``pace``."""

    # The provider refuses: nothing changes by itself.
    BAD_LOGIN = "bad_login"
    NO_HOST = "no_host"
    BLOCKED = "blocked"
    REFUSED = "refused"
    SECOND_FACTOR = "second_factor"
    SEVERAL = "several"
    ALIAS = "alias"
    SEALED = "sealed"
    # It may succeed later.
    OUTAGE = "outage"
    DNS_ERROR = "dns_error"
    TOO_OFTEN = "too_often"
    UNREACHABLE = "unreachable"
    NOT_UNDERSTOOD = "not_understood"
    NO_ZONE = "no_zone"
    NOT_ARRIVED = "not_arrived"
    # There is no address to write.
    NO_ADDRESS = "no_address"
    PRIVATE = "private"
    CARRIER_NAT = "carrier_nat"
    DS_LITE = "ds_lite"


class DnsWriteError(Exception):
    """A record was not written, or nobody can say that it was.

    Args:
        detail: what the provider said, without anything secret; may be empty.
        pause: seconds that it wants to be left alone for; None where it does not say.
    """

    def __init__(self, fault: Fault, detail: str = "", pause: float | None = None) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault, self.detail, self.pause = fault, detail, pause


@dataclass(frozen=True, slots=True)
class Change:
    """One record as it shall be.

    Args:
        name: the host's, ASCII, without the root's dot.
        zone: that it lies in, as the DNS says.
        beside: what the zone's name servers say now of the other family, for services that set both at once; None
            where they do not say it.
    """

    name: str
    kind: RecordType
    address: Address
    zone: str
    beside: frozenset[Address] | None = None

    @property
    def label(self) -> str:
        """The name within its zone; empty for the zone's own."""
        return "" if self.name == self.zone else self.name.removesuffix(f".{self.zone}")


@dataclass(frozen=True, slots=True)
class Access:
    """A service's login: its fields by name; each is a secret."""

    options: Mapping[str, str] = field(repr=False)

    def scrubbed(self, text: str) -> str:
        """One short line of it that can be shown: no login in it, whatever a service repeats."""
        text = blotted(text, self.options)
        return "".join(each if each.isprintable() else " " for each in text)[:200].strip()
