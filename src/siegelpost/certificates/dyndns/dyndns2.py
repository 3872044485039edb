"""DynDNS2, the protocol of dynamic DNS services (help.dyn.com, "Remote Access API", "Return Codes").

The address to ask is the office's to name, with the placeholders that routers use: ``<ipaddr>``, ``<ip6addr>``,
``<domain>``, ``<username>``, ``<pass>``. So what a service's help says for the FRITZ!Box can be copied.
"""

import base64
import re
from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import quote

from siegelpost.certificates.dyndns.api import Endpoint, only
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, RecordType, Written
from siegelpost.toolbox.outgoing import Reply

PLACES: Mapping[RecordType, str] = MappingProxyType({RecordType.A: "<ipaddr>", RecordType.AAAA: "<ip6addr>"})
_ANSWERS: Mapping[str, Written | Fault] = MappingProxyType(
    {
        "good": Written.CHANGED,
        "nochg": Written.SAME,
        "badauth": Fault.BAD_LOGIN,
        "unauth": Fault.BAD_LOGIN,
        "nohost": Fault.NO_HOST,
        "notfqdn": Fault.NO_HOST,
        "!yours": Fault.NO_HOST,
        "notdyn": Fault.NO_HOST,
        "abuse": Fault.BLOCKED,
        "blocked": Fault.BLOCKED,
        "!donator": Fault.REFUSED,
        "numhost": Fault.REFUSED,
        "badagent": Fault.REFUSED,
        "badsys": Fault.REFUSED,
        "dnserr": Fault.DNS_ERROR,
        "911": Fault.OUTAGE,
    }
)


def sets_both(options: Mapping[str, str]) -> bool:
    """Whether one request says the addresses of both families."""
    return all(place in options["url"] for place in PLACES.values())


def write(at: Endpoint, change: Change, *, probe: bool = False) -> Written:
    """One request. A probe is one, too: whoever calls it says what stands already.

    Raises:
        DnsWriteError: also where it is not known what the other family says, and the request would have to say it.
    """
    del probe
    options = at.access.options
    headers = {}
    if "<pass>" not in options["url"] and options.get("password"):
        login = f"{options.get('username', '')}:{options['password']}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
    reply = at.send("GET", _filled(options, change), headers)
    words = reply.body.decode("utf-8", "replace").split()
    said = _ANSWERS.get(words[0].lower().rstrip(":.,")) if words else None
    if said is None:
        _by_status(at, reply)
    if isinstance(said, Fault):
        raise DnsWriteError(said, at.access.scrubbed(" ".join(words)))
    return _of_ours(said or Written.SAME, words[1:], change)


def _filled(options: Mapping[str, str], change: Change) -> str:
    values = {
        "<domain>": change.name,
        "<username>": options.get("username", ""),
        "<pass>": options.get("password", ""),
    }
    for kind, place in PLACES.items():
        if place in options["url"]:
            values[place] = str(change.address) if kind is change.kind else _beside(change)
    url = options["url"]
    for place, value in values.items():
        url = url.replace(place, quote(value, safe=":"))
    return re.sub(r",(?=&|$)|(?<==),", "", url)


def _beside(change: Change) -> str:
    """The other family's address, as it is to stay; empty where it has none."""
    if change.beside is None:
        raise DnsWriteError(Fault.NO_ZONE)
    stays = only(sorted(change.beside))
    return str(stays) if stays else ""


def _by_status(at: Endpoint, reply: Reply) -> None:
    """No word of the protocol: the status may say why. What is not understood is not taken for done."""
    at.must_be_good(reply)
    raise DnsWriteError(Fault.NOT_UNDERSTOOD, at.access.scrubbed(reply.body.decode("utf-8", "replace")))


def _of_ours(said: Written, rest: list[str], change: Change) -> Written:
    """The same, unless it names another address than ours; 127.0.0.1 is how a program is turned away."""
    named = set()
    for each in ",".join(rest).split(","):
        try:
            named.add(ip_address(each))
        except ValueError:
            continue
    if named and change.address not in named:
        turned_away = any(each.is_loopback for each in named)
        fault = Fault.REFUSED if turned_away else Fault.NOT_UNDERSTOOD
        raise DnsWriteError(fault, ", ".join(map(str, named)))
    return said
