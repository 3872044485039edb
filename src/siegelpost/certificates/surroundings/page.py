"""What the page shows of the surroundings: facts in lines, obstacles with their steps, and the routers' advice."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import zip_longest
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from siegelpost.certificates.surroundings.facts import Surroundings
from siegelpost.certificates.surroundings.obstacles import Obstacle, assess
from siegelpost.certificates.surroundings.routers import ROUTERS
from siegelpost.certificates.surroundings.words import WORDS
from siegelpost.doctor.live.lookup import Found, LookupAnswer
from siegelpost.toolbox.internet import Address, is_public

_OF_IPV6 = frozenset({Obstacle.AAAA_STALE, Obstacle.AAAA_MISSING, Obstacle.DS_LITE})


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One check as it came out: ``wrong``, ``hint``, ``good`` or ``unknown``."""

    state: str
    looked_at: str
    text: str = ""
    steps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact; ``value`` is empty where it could not be found out."""

    name: str
    value: str


def facts(found: Surroundings) -> list[FactLine]:
    """What was learnt, and of what nothing was."""
    host = found.dns_host
    servers = ", ".join(found.name_servers or ())
    return [
        FactLine(_("IPv4-Adresse im DNS (A)"), _dns(found.lookup.a)),
        FactLine(_("IPv6-Adresse im DNS (AAAA)"), _dns(found.lookup.aaaa)),
        FactLine(_("Adressen dieses Servers"), "" if found.addresses is None else _list(found.addresses) or _("keine")),
        FactLine(_("Adresse des Routers im Internet"), _router(found)),
        FactLine(_("Von außen gesehen (IPv4)"), str(found.outside.v4.address) if found.outside.v4 else ""),
        FactLine(_("Von außen gesehen (IPv6)"), str(found.outside.v6.address) if found.outside.v6 else ""),
        FactLine(_("Port 443 von außen"), _port(found.outside.port(443))),
        FactLine(_("Port 80 von außen"), _port(found.outside.port(80))),
        FactLine("CAA", _caa(found)),
        FactLine(_("DNS-Anbieter"), f"{host.name} ({servers})" if host else servers),
    ]


def checks(found: Surroundings) -> list[CheckedLine]:
    """Every check: first what stands in the way, then what is unknown or good to know, then what is in order."""
    assessed = assess(found)
    lines = [_line(each, "wrong", found) for each in assessed.obstacles]
    lines += [_line(each, "unknown", found) for each in assessed.unknown]
    lines += [_line(each, "hint", found) for each in assessed.hints]
    return lines + [CheckedLine("good", str(WORDS[each].looked_at)) for each in assessed.fine]


def grouped(lines: Iterable[CheckedLine]) -> list[CheckedLine]:
    """Those that are found out in the same way stand in one line."""
    by_steps: dict[tuple[str, ...], list[CheckedLine]] = {}
    for each in lines:
        by_steps.setdefault(tuple(each.steps), []).append(each)
    return [
        CheckedLine(same[0].state, " · ".join(each.looked_at for each in same), "", list(steps))
        for steps, same in by_steps.items()
    ]


def routers(found: Surroundings) -> list[dict[str, Any]]:
    """Each make with its steps, filled in for this server."""
    inside = [each for each in found.addresses or () if isinstance(each, IPv4Address)]
    address = str(inside[0]) if inside else _("die Adresse dieses Servers im Haus")

    def filled(steps: Iterable[object]) -> list[str]:
        return [with_device_words(str(step).replace("%(address)s", address)) for step in steps]

    return [
        {
            "name": each.name,
            "page": with_device_words(str(each.page)),
            "ports": filled(each.ports),
            "ipv6": filled(each.ipv6),
            "dynamic": filled(each.dynamic),
        }
        for each in ROUTERS
    ]


def with_device_words(text: str) -> SafeString:
    """As HTML; what an English text quotes is what a device shows, in German, and is marked as such."""
    parts = re.split("“([^“”]*)”", text)
    quoted = (format_html("“<span lang='de'>{}</span>”", each) for each in parts[1::2])
    return format_html_join("", "{}{}", zip_longest(parts[::2], quoted, fillvalue=""))


def _line(obstacle: Obstacle, state: str, found: Surroundings) -> CheckedLine:
    words = WORDS[obstacle]
    values = _values(obstacle, found)
    if state == "unknown":
        return CheckedLine(state, str(words.looked_at), "", [with_device_words(str(words.otherwise))])
    return CheckedLine(
        state, str(words.looked_at), str(words.wrong) % values, [str(step) % values for step in words.steps]
    )


def _values(obstacle: Obstacle, found: Surroundings) -> Mapping[str, str]:
    of_6 = list(found.public_6 or ())
    own: list[Address] = of_6 if obstacle in _OF_IPV6 else [found.internet_4] if found.internet_4 else of_6
    said = found.lookup.addresses
    if obstacle in _OF_IPV6:
        said = found.lookup.aaaa.addresses
    elif obstacle is Obstacle.ELSEWHERE:
        said = found.lookup.a.addresses
    elif obstacle is Obstacle.PRIVATE_ADDRESS:
        said = tuple(each for each in said if not is_public(each))
    return {"name": found.name, "own": _list(own) or _("(nicht feststellbar)"), "said": _list(said)}


def _list(addresses: Iterable[object]) -> str:
    return ", ".join(map(str, addresses))


def _dns(answer: Found) -> str:
    if answer.answer is LookupAnswer.FOUND:
        return _list(answer.addresses)
    return _("keine") if answer.answer in (LookupAnswer.NONE, LookupAnswer.NO_SUCH_NAME) else ""


def _router(found: Surroundings) -> str:
    if found.router is None:
        return ""
    return str(found.router.address) if found.router.address else _("keine IPv4-Adresse")


def _port(reached: bool | None) -> str:
    return "" if reached is None else _("erreichbar") if reached else _("nicht erreichbar")


def _caa(found: Surroundings) -> str:
    caa = found.issuance.caa
    if not caa.known:
        return ""
    if caa.at is None:
        return _("kein Eintrag; jede Stelle darf ausstellen")
    return f"{caa.at}: " + (", ".join(caa.authorities) or _("niemand"))
