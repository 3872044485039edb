"""What the office's own mail server found out about the sender of a mail (RFC 8601), and what that proves."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import NotRequired, TypedDict

from siegelpost.mail import reader
from siegelpost.toolbox.addresses import AddressError, checked
from siegelpost.toolbox.public_suffixes import suffixes

# Best first: of several signatures one that is right is enough.
_RESULTS = ("pass", "fail", "policy", "softfail", "neutral", "temperror", "permerror", "none")
_MOST_RESULTS = 100


class Findings(TypedDict):
    """``server`` says so; whoever sends a mail can write such a header, too, so only the office's own server counts.

    ``own_dkim`` is what was found out here, where the server proved nothing (see :mod:`.dkim_check`), and
    ``proven`` by what the writer is known to be who the ``From`` says: ``dmarc``, ``dkim``, ``own_dkim``, or by
    nothing (empty). ``unread``: the mail could not be read at all, and why.
    """

    server: str
    spf: str
    dkim: str
    dmarc: str
    own_dkim: NotRequired[str]
    proven: NotRequired[str]
    unread: NotRequired[str]


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's result, with the domains it names (``header.d``, ``header.from`` …)."""

    server: str
    method: str
    result: str
    named: dict[str, str]


def findings(message: Message, trusted: Collection[str], writer: str) -> Findings:
    """The results that a trusted server names; empty texts where none does.

    Args:
        trusted: the names (authserv-ids) of the servers that are believed; without any, nothing is (RFC 8601, 5).
        writer: the address in ``From``.
    """
    domain = domain_of(writer)
    said = [one for one in _results(message) if one.server in {name.lower() for name in trusted}]
    dmarc = [one.result if _is_about(one, domain) else "fail" for one in said if one.method == "dmarc"]
    dkim = [one.result for one in said if one.method == "dkim"]
    aligned = [one for one in said if one.method == "dkim" and one.result == "pass" and _signs_for(one, domain)]
    found = Findings(
        server=said[0].server if said else "",
        spf=_best([one.result for one in said if one.method == "spf"]),
        dkim=_best(dkim),
        # Were one of them made up and left in by mistake, the server's own would say something else.
        dmarc=dmarc[0] if len(set(dmarc)) == 1 else "fail" if dmarc else "",
    )
    if found["dmarc"] == "pass":
        found["proven"] = "dmarc"
    elif aligned and found["dmarc"] != "fail":
        found["proven"] = "dkim"
    return found


def refuted(found: Findings) -> bool:
    """Whether the office's server says that somebody else wrote it. SPF alone fails for every forwarded mail."""
    return found["dmarc"] == "fail" or (not found["dmarc"] and found["dkim"] == found["spf"] == "fail")


def summary(found: Findings) -> dict[str, str]:
    """What is known about the sender, for an event: who found what, and what it proves; none of it is personal."""
    names = ("proven", "server", "dmarc", "dkim", "spf", "own_dkim")
    return {name: str(found.get(name, "")) for name in names}


def domain_of(address: str) -> str:
    """The domain of an address in its ASCII form; empty where it is no address."""
    try:
        return checked(address).domain.lower()
    except AddressError:
        return ""


def speaks_for(signer: str, domain: str) -> bool:
    """Whether a domain is ``domain`` or stands above it, and belongs to one owner (no ``co.uk``)."""
    signer = signer.lower().rstrip(".")
    same_owner = bool(signer) and suffixes().privatesuffix(signer) is not None
    return same_owner and bool(domain) and f".{domain}".endswith(f".{signer}")


def first_server(message: Message) -> str:
    """The name (authserv-id) in the uppermost header; empty where there is none, or no name in it."""
    for value in reader.raw_headers(message, "Authentication-Results")[:1]:
        first = _clauses(value)[0]
        return "" if not first or "=" in first[0] else first[0].lower()
    return ""


def same_owner(one: str, other: str) -> bool:
    """Whether two names of servers belong to one registered domain."""
    domains = {suffixes().privatesuffix(name.lower().rstrip(".")) for name in (one, other)}
    return len(domains) == 1 and None not in domains


def _is_about(one: _Result, domain: str) -> bool:
    named = one.named.get("header.from", "").rpartition("@")[2].lower().rstrip(".")
    return not named or named == domain


def _signs_for(one: _Result, domain: str) -> bool:
    signers = [one.named[name].rpartition("@")[2] for name in ("header.d", "header.i") if name in one.named]
    return bool(signers) and all(speaks_for(signer, domain) for signer in signers)


def _best(results: list[str]) -> str:
    return next((one for one in _RESULTS if one in results), results[0] if results else "")


def _results(message: Message) -> Iterator[_Result]:
    for value in reader.raw_headers(message, "Authentication-Results"):
        server, *clauses = _clauses(value)
        if server:
            for clause in clauses[:_MOST_RESULTS]:
                first, *properties = clause
                method, equals, result = first.partition("=")
                if equals:
                    pairs = (one.partition("=") for one in properties)
                    named = {name.lower(): text for name, sign, text in pairs if sign}
                    yield _Result(server[0].lower(), method.partition("/")[0].lower(), result.lower(), named)


def _clauses(value: str) -> list[list[str]]:
    """What stands between the semicolons, as words; a sign within quotes or comments separates nothing."""
    clauses: list[list[str]] = [[]]
    adjoins = False
    for kind, text in reader.tokens(value):
        if (kind, text) == ("special", ";"):
            clauses.append([])
        elif kind not in {"comment", "blank"}:
            word = f'"{text}"' if kind == "quoted" else text
            words = clauses[-1]
            if words and (adjoins or word.startswith("=") or words[-1].endswith("=")):
                words[-1] += word
            else:
                words.append(word)
        adjoins = kind not in {"comment", "blank"}
    return [clause for number, clause in enumerate(clauses) if clause or not number]
