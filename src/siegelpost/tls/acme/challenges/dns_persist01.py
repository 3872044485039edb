"""dns-persist-01 (draft-ietf-acme-dns-persist-02): one TXT record that the office enters once, and that stays.

It names the authority and our account there, so it proves the name at each renewal, and nobody here needs any access to
the domain's DNS. What it costs: another account, or an end written into it (``persistUntil``), makes it worthless. It
is therefore looked up before each order, and once a day.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import dns.exception
import dns.resolver

from siegelpost.tls.acme.challenges import name_servers

_LABEL = "_validation-persist"
# As the draft has it (§ 3): what names more is malformed.
MOST_ISSUERS = 10
_LONGEST_NAME = 253
_ISSUER = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
# RFC 8659 § 4.2: printable ASCII without blanks and semicolons.
_VALUE = re.compile(r"[\x21-\x3A\x3C-\x7E]*")
_MOMENT = re.compile(r"[0-9]{1,18}")
_LAST_MOMENT = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
# Around what was copied: quotation marks that belong to the provider's form, and not to the record.
_TYPED_IN = " \t\"'`"
_KNOWN_TAGS = ("accounturi", "policy", "persistuntil")


class Standing(StrEnum):
    """How it stands with the record of a name."""

    GOOD = "good"
    # Only some of the zone's name servers give it.
    PARTLY = "partly"
    # None for the name itself, but one for a domain above it that covers it; whether it counts is the authority's word.
    BY_PARENT = "by_parent"
    MISSING = "missing"
    # The provider has put its zone behind the name once more.
    WRONG_PLACE = "wrong_place"
    OTHER_ACCOUNT = "other_account"
    # It does not cover the wildcard.
    NAME_ONLY = "name_only"
    ENDED = "ended"
    UNREADABLE = "unreadable"
    # Nobody could be asked.
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """The record that proves a name.

    Args:
        name: as it stands in the certificate.
        issuers: by any of these the authority may be named.
        account: address of our account there.
        wildcard: it has to cover a wildcard.
    """

    name: str
    issuers: tuple[str, ...]
    account: str
    wildcard: bool = False

    @property
    def host(self) -> str:
        """The name, or the domain whose wildcard it is."""
        return _host_of(self.name)

    @property
    def place(self) -> str:
        """Where it belongs."""
        return place_of(self.name)

    @property
    def value(self) -> str:
        """What it says; the same at each order, whatever the order of the issuers (§ 3: it has no meaning)."""
        policy = "; policy=wildcard" if self.wildcard else ""
        return f"{min(self.issuers)}; accounturi={self.account}{policy}"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look at the DNS came to.

    Args:
        found: the record that it is about, as it stands there; empty where there is none.
        until: the end that stands in it.
        server: which name servers do not give it.
    """

    standing: Standing
    found: str = ""
    until: datetime | None = None
    server: str = ""


def place_of(name: str) -> str:
    """Where the record of a name, or of a wildcard, belongs."""
    return f"{_LABEL}.{_host_of(name)}"


def _host_of(name: str) -> str:
    return name.removeprefix("*.")


def issuers_of(challenge: Any) -> tuple[str, ...]:
    """The names of the authority in a challenge; none where it is malformed, which a client has to refuse (§ 3)."""
    named = getattr(challenge, "issuers", ())
    if not isinstance(named, tuple | list) or not 0 < len(named) <= MOST_ISSUERS:
        return ()
    good = all(isinstance(each, str) and len(each) <= _LONGEST_NAME and _ISSUER.fullmatch(each) for each in named)
    return tuple(named) if good else ()


def judge(wanted: StandingRecord, texts: Iterable[str], now: datetime) -> Sight:
    """What these TXT records are worth; the best of them counts, and others' records are none of ours."""
    found = [sight for text in sorted(texts) if (sight := _weighed(wanted, text, now))]
    return min(found, key=lambda sight: _ORDER.index(sight.standing), default=Sight(Standing.MISSING))


# What is nearest to being right is what the office has to hear of.
_ORDER = (Standing.GOOD, Standing.ENDED, Standing.NAME_ONLY, Standing.OTHER_ACCOUNT, Standing.UNREADABLE)


def _weighed(wanted: StandingRecord, text: str, now: datetime) -> Sight | None:
    issuer, *parameters = (part.strip(" \t") for part in text.split(";"))
    if issuer.lower().rstrip(".") not in wanted.issuers:
        meant = text.strip(_TYPED_IN).lower().startswith(wanted.issuers)
        return Sight(Standing.UNREADABLE, text) if meant else None
    values = _values(parameters)
    if values is None or not values.get("accounturi"):
        return Sight(Standing.UNREADABLE, text)
    until = None
    if (moment := values.get("persistuntil")) is not None:
        if not _MOMENT.fullmatch(moment):
            return Sight(Standing.UNREADABLE, text)
        until = datetime.fromtimestamp(min(int(moment), _LAST_MOMENT), UTC)
    if values["accounturi"] != wanted.account:
        return Sight(Standing.OTHER_ACCOUNT, text, until)
    if until and now > until:
        return Sight(Standing.ENDED, text, until)
    if wanted.wildcard and values.get("policy", "").lower() != "wildcard":
        return Sight(Standing.NAME_ONLY, text, until)
    return Sight(Standing.GOOD, text, until)


def _values(parameters: Sequence[str]) -> dict[str, str] | None:
    """By tag; None where an authority would not read them: nothing between semicolons, no ``=``, a tag twice."""
    found: dict[str, str] = {}
    for parameter in parameters:
        tag, equals, value = (part.strip(" \t") for part in parameter.partition("="))
        tag = tag.lower()
        if not equals or not tag or not _VALUE.fullmatch(value) or (tag in _KNOWN_TAGS and tag in found):
            return None
        found[tag] = value
    return found


def look(wanted: StandingRecord, named: Sequence[str], now: datetime) -> Sight:
    """Ask the name servers of the zone for it; takes some seconds where one of them is dead.

    Args:
        named: name servers to ask instead of those that the zone names.
    """
    resolver = name_servers.resolver_of(named) if named else name_servers.system_resolver()
    sight = _at(wanted, wanted.place, named, resolver, now)
    if sight.standing is not Standing.MISSING:
        return sight
    for place, zone in _above(wanted, resolver):
        if place.endswith(f".{zone}.{zone}"):
            if name_servers.resolved_texts(place, resolver):
                return replace(sight, standing=Standing.WRONG_PLACE, found=place)
        elif _at(replace(wanted, wildcard=True), place, named, resolver, now).standing is Standing.GOOD:
            return replace(sight, standing=Standing.BY_PARENT, found=place)
    return sight


def _above(wanted: StandingRecord, resolver: dns.resolver.Resolver) -> Iterator[tuple[str, str]]:
    """Other places where it may have been entered, with the zone: twice below it, and at each domain above the name."""
    try:
        zone = name_servers.zone_of(wanted.host, resolver).to_text(omit_final_dot=True)
    except dns.exception.DNSException:
        return
    yield f"{wanted.place}.{zone}", zone
    host = wanted.host
    while host != zone and "." in host:
        host = host.partition(".")[2]
        yield place_of(host), zone


def _at(
    wanted: StandingRecord, place: str, named: Sequence[str], resolver: dns.resolver.Resolver, now: datetime
) -> Sight:
    place = name_servers.followed(place, resolver)
    said = name_servers.texts_of(name_servers.to_ask(place, named, resolver), place)
    sights = {server: judge(wanted, texts, now) for server, texts in said.items() if texts is not None}
    good = [sight for sight in sights.values() if sight.standing is Standing.GOOD]
    bad = {server.name: sight for server, sight in sights.items() if sight not in good and not server.inside}
    if good:
        return replace(good[0], standing=Standing.PARTLY, server=", ".join(bad)) if bad else good[0]
    if bad:
        server, sight = min(bad.items(), key=lambda each: each[1].standing is Standing.MISSING)
        return replace(sight, server=server)
    heard = judge(wanted, name_servers.resolved_texts(place, resolver), now)
    return heard if heard.standing is Standing.GOOD else Sight(Standing.UNSEEN)
