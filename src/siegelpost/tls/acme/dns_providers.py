"""Who may write DNS records for us: the providers of dns-lexicon and RFC 2136, and what each of them asks for."""

import argparse
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

RFC2136 = "rfc2136"
ACME_DNS = "acmedns"
# Providers that are no DNS service of their own, or take files of this machine.
_NOT_OFFERED = frozenset({"auto", "localzone"})
_SECRET = re.compile(r"token|pass|secret|psw|info|content|_key$")
_OPEN = re.compile(
    r"user|email|customer_id|server|host|entrypoint|endpoint|region|zone|view|account|port|protocol|client_id|"
    r"tenant|subscription|group|weight|sandbox|client_ip|subid|folder|cloud_id|is_global|disable|sleep|mapping|type|profile"
)


@dataclass(frozen=True, slots=True)
class DnsOption:
    """One thing that a provider asks for; ``label`` is in its own words, which are English.

    ``secret`` is everything that is not known to be harmless. ``choices`` is empty where anything may be typed.
    """

    name: str
    label: str
    secret: bool
    choices: tuple[str, ...] = ()
    flag: bool = False
    needed: bool = False


@cache
def dns_providers() -> tuple[str, ...]:
    """The short names of all that are offered, sorted; ``rfc2136`` and ``acmedns`` first."""
    # Imported late, as it looks into every provider's module; dns-lexicon names them nowhere else.
    from lexicon._private.discovery import find_providers

    return (RFC2136, ACME_DNS, *sorted(set(find_providers()) - _NOT_OFFERED))


@cache
def dns_options(provider: str) -> tuple[DnsOption, ...]:
    """What a provider asks for, from its own description of its command line.

    Raises:
        KeyError: no such provider is offered.
    """
    if provider in _OWN:
        return _OWN[provider]
    if provider not in dns_providers():
        raise KeyError(provider)
    from lexicon._private.discovery import load_provider_module

    parser = argparse.ArgumentParser(add_help=False)
    module: Any = load_provider_module(provider)
    module.Provider.configure_parser(parser)
    # argparse names them nowhere else.
    return (*(_option(action) for action in parser._actions if action.option_strings), _ALIAS)


def _option(action: argparse.Action) -> DnsOption:
    words = " ".join((action.help or action.dest.replace("_", " ")).split())
    label = re.sub(r"^[Ss]pecify (the |an |a )?", "", words)
    flag = action.nargs == 0
    harmless = _OPEN.search(action.dest) and not _SECRET.search(action.dest)
    secret = not flag and not action.choices and not harmless
    return DnsOption(action.dest, label[:1].upper() + label[1:], secret, tuple(action.choices or ()), flag)


# Where the office wants the record to be instead of in the zone of the name; a CNAME has to lead there.
_ALIAS = DnsOption("alias", "", secret=False)
_RFC2136 = (
    DnsOption("server", "", secret=False, needed=True),
    DnsOption("key_name", "", secret=False),
    DnsOption("key_secret", "", secret=True),
    DnsOption(
        "key_algorithm",
        "",
        secret=False,
        choices=("hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha1"),
    ),
    DnsOption("zone", "", secret=False),
    _ALIAS,
)
_ACME_DNS = (
    DnsOption("url", "", secret=False, needed=True),
    DnsOption("username", "", secret=False, needed=True),
    DnsOption("password", "", secret=True, needed=True),
    DnsOption("fulldomain", "", secret=False, needed=True),
)
_OWN = {RFC2136: _RFC2136, ACME_DNS: _ACME_DNS}
