"""A domain's policy of how mail to it is to be encrypted (MTA-STS, RFC 8461): what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from siegelpost.doctor.live.lookup import system_resolver
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.words import Words

MOST_BYTES = 64 * 1024  # RFC 8461 §3.3
MOST_LINES = 500
SECONDS = 4.0
WELL_KNOWN = "/.well-known/mta-sts.txt"
MEDIA = "text/plain"  # RFC 8461 §3.2: senders should look, for what users upload is served as something else
MODES = ("enforce", "testing", "none")
_RECORD = re.compile(rb"v=STSv1;\s{0,9}id=[A-Za-z0-9]{1,32}\s{0,9}(;.{0,200})?", re.DOTALL)


class PolicyError(ValueError):
    """No policy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain asks of those who send to it; ``servers`` may begin with ``*.``."""

    mode: str
    servers: tuple[str, ...]

    def allows(self, server: str) -> bool:
        """Whether mail may go to this server (RFC 8461 §4.1)."""
        name = server.rstrip(".").lower()
        return any(
            name == each or (each.startswith("*.") and name.partition(".")[2] == each[2:]) for each in self.servers
        )


def read(content: bytes) -> Policy:
    """The policy that stands in this text (RFC 8461 §3.2).

    Raises:
        PolicyError: none does.
    """
    if len(content) > MOST_BYTES:
        raise PolicyError("too long")
    lines = content.decode("utf-8", "replace").splitlines()[:MOST_LINES]
    rows = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in lines)]
    first: dict[str, str] = {}
    for key, value in rows:
        first.setdefault(key, value)
    servers = tuple(value.lower() for key, value in rows if key == "mx" and value)
    age = first.get("max_age", "")
    if first.get("version") != "STSv1" or first.get("mode") not in MODES or not (age.isascii() and age.isdigit()):
        raise PolicyError("no policy")
    if not servers and first["mode"] != "none":
        raise PolicyError("no server")
    return Policy(first["mode"], servers)


@dataclass(frozen=True, slots=True)
class DomainRecords:
    """What the DNS says of a domain's mail; None where it did not answer."""

    announced: bool | None
    servers: tuple[str, ...] | None


def ask(domain: str, deadline: Deadline, resolver: dns.resolver.Resolver | None = None) -> DomainRecords:
    """Ask for the policy's record and for the mail servers. Never raises for what the DNS says."""
    texts = _records(f"_mta-sts.{domain}", "TXT", deadline, resolver)
    servers = _records(domain, "MX", deadline, resolver)
    said = None if texts is None else [b"".join(each.strings) for each in texts if isinstance(each, TXT)]
    return DomainRecords(
        announced=None if said is None else any(_RECORD.fullmatch(each) for each in said),
        servers=None
        if servers is None
        else tuple(each.exchange.to_text(omit_final_dot=True).lower() for each in servers if isinstance(each, MX)),
    )


def _records(
    name: str, kind: str, deadline: Deadline, resolver: dns.resolver.Resolver | None
) -> Sequence[object] | None:
    try:
        using, seconds = resolver or system_resolver(), max(deadline.at_most(SECONDS).left(), 0.01)
        return list(using.resolve(f"{name}.", kind, lifetime=seconds, search=False))
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return []
    except (dns.exception.DNSException, OSError, ValueError):
        return None


_NOT_LISTED = Words(
    "Der Mailserver {} steht nicht in der Regel: Wer sie beachtet, stellt ihm nichts zu. Tragen Sie ihn als mx ein.",
    "The mail server {} is not in the policy: whoever obeys it delivers nothing to it. Add it as mx.",
)


_OTHER_MEDIA = Words(
    "Die Regel wird als „{}“ ausgeliefert, nicht als text/plain: Wer genau prüft, übergeht sie. Ändern Sie den Typ.",
    "The policy is served as “{}”, not as text/plain: whoever checks closely ignores it. Change the type.",
)


def faults(policy: Policy, records: DomainRecords, media: str = MEDIA) -> list[Words]:
    """Why others would not deliver, or not go by the policy, which came as this media type."""
    found = []
    if media != MEDIA:
        shown = "".join(letter for letter in media[:40] if letter.isprintable()) or "?"
        found.append(_OTHER_MEDIA.filled(shown))
    if records.announced is False:
        found.append(
            Words(
                "Der DNS-Eintrag _mta-sts fehlt: Niemand sieht nach, ob es eine Regel gibt. Legen Sie ihn als TXT an: "
                "v=STSv1; id=1.",
                "The DNS record _mta-sts is missing: nobody looks whether there is a policy. Add it as TXT: "
                "v=STSv1; id=1.",
            )
        )
    if policy.mode != "none":
        found += [_NOT_LISTED.filled(server) for server in records.servers or () if not policy.allows(server)]
    return found


def remarks(policy: Policy, records: DomainRecords) -> list[Words]:
    """What is no fault, and should be known."""
    found = []
    if policy.mode != "enforce":
        found.append(
            Words(
                f"Die Regel gilt noch nicht (mode: {policy.mode}); scharf ist sie mit enforce.",
                f"The policy does not hold yet (mode: {policy.mode}); it does with enforce.",
            )
        )
    if records.announced is None or records.servers is None:
        found.append(
            Words(
                "Das DNS hat nicht alles beantwortet; ob Eintrag und Mailserver passen, ist nicht feststellbar.",
                "The DNS did not answer everything; whether record and mail servers fit the policy cannot be told.",
            )
        )
    return found
