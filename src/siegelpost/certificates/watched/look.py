"""One look at a watched host: whether what it shows is believed, and until when.

Sites are judged by the browsers' rules, mail servers by those of Thunderbird (Firefox's, without what only browsers ask
for). A mail server that DANE vouches for needs nobody else's word. What cannot be seen is unknown, and never a fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import dns.resolver

from siegelpost.certificates.watched import dane, mta_sts
from siegelpost.certificates.watched.dane import Dane
from siegelpost.certificates.watched.services import SERVICES, Service, Way
from siegelpost.doctor.judge import MADE_GOOD, judge
from siegelpost.doctor.judgement import ChainLink, Judgement
from siegelpost.doctor.judgement_words import JudgementWords
from siegelpost.doctor.live import LiveReport, check, report_words
from siegelpost.doctor.live.handshake import attempt
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.starttls import NotOfferedError
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.precedence import UNKNOWABLE
from siegelpost.doctor.x509.chain import ChainError
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address, Network
from siegelpost.toolbox.outgoing import (
    DestinationRefusedError,
    Lookup,
    Purpose,
    client_context,
    destination,
    exchange,
    judged,
)
from siegelpost.toolbox.words import LANGUAGES, Words

SECONDS = 20.0
EACH = 8.0
POLICY = Purpose(("https",), mta_sts.MOST_BYTES, 8.0)
_GOOD = 200
# What Firefox asks of a certificate and no mail program does.
ONLY_BROWSERS = MADE_GOOD | {Cause.VALID_TOO_LONG}


class WatchState(StrEnum):
    """What a look came to."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen: how it is, what there is to say, and from when to when the certificate is valid."""

    state: WatchState
    remarks: tuple[Words, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who looks: what the house believes, which inner networks it may ask, and how names are looked up."""

    roots: tuple[bytes, ...] = ()
    root_files: tuple[Path, ...] = ()
    private: tuple[Network, ...] = ()
    lookup: Lookup | None = None
    resolver: dns.resolver.Resolver | None = None
    deadline: Deadline = field(default_factory=lambda: Deadline(SECONDS))


def look(watcher: Watcher, service: Service, host: str, port: int, now: datetime) -> Sighting:
    """Look once; takes about 20 s at most. Never raises for what is found."""
    way = SERVICES[service].way
    name = f"mta-sts.{host}" if way is Way.POLICY else host
    usual = port == SERVICES[service].port
    try:
        addresses = judged(
            name, usual, private=watcher.private, lookup=watcher.lookup, deadline=watcher.deadline.at_most(EACH)
        )
    except DestinationRefusedError:
        return Sighting(WatchState.UNKNOWN, (_INNER if usual else _OTHER_PORT,))
    except OSError:
        return Sighting(WatchState.UNKNOWN, (_NOWHERE.filled(name),))
    if way is Way.MAIL:
        return _together([_mail(watcher, service, host, port, each, now) for each in addresses])
    seen = _together([_site(watcher, name, port, each, now) for each in addresses])
    return _policy(watcher, host, port, seen) if way is Way.POLICY else seen


_INNER = Words(
    "Der Name führt in ein inneres Netz. Dort wird nur nachgesehen, wenn die Einstellung private_networks es nennt.",
    "The name leads into an inner network. It is looked at only where the setting private_networks names it.",
)
_OTHER_PORT = Words(
    "Ein anderer Port als der übliche wird nur in Netzen gefragt, die die Einstellung private_networks nennt.",
    "Another port than the usual one is asked only in networks that the setting private_networks names.",
)
_NOWHERE = Words("Der Name {} führt gerade nirgendwohin.", "The name {} leads nowhere at present.")
_SILENT = Words("Unter {} hat niemand geantwortet.", "Nobody answered at {}.")
_NO_TLS = Words("Unter {} kam keine verschlüsselte Verbindung zustande.", "No encrypted connection came about at {}.")
_UNREADABLE = Words("Das Zertifikat ließ sich nicht lesen.", "The certificate could not be read.")
_NOT_OFFERED = Words(
    "Der Server bietet keine Verschlüsselung an (STARTTLS): Mails gehen offen hin. Schalten Sie sie dort ein.",
    "The server offers no encryption (STARTTLS): mails go there in the open. Switch it on there.",
)
_OTHERS_DELIVER = Words(
    "Andere Mailserver stellen meist trotzdem zu, solange keine Mail-Regel (MTA-STS) anderes verlangt.",
    "Other mail servers mostly deliver all the same, as long as no mail policy (MTA-STS) asks for more.",
)
_DANE = {
    Dane.MATCHES: Words(
        "DANE: Das Zertifikat ist das, das im DNS steht.", "DANE: the certificate is the one in the DNS."
    ),
    Dane.ANCHORED: Words(
        "DANE: Die Stelle über dem Zertifikat ist die, die im DNS steht.",
        "DANE: the authority above the certificate is the one in the DNS.",
    ),
    Dane.DIFFERS: Words(
        "DANE: Der TLSA-Eintrag nennt ein anderes Zertifikat. Wer DANE beachtet, stellt nichts zu. Ändern Sie ihn.",
        "DANE: the TLSA record names another certificate. Whoever obeys DANE delivers nothing. Change it.",
    ),
    Dane.UNUSABLE: Words(
        "DANE: Die Einträge im DNS sind von einer Art, die für Mail nicht gilt (nur 2 und 3).",
        "DANE: the records in the DNS are of a kind that does not count for mail (only 2 and 3).",
    ),
    Dane.NOT_VOUCHED: Words(
        "DANE: nicht feststellbar. Im DNS stehen Einträge, aber auf diesem Rechner prüft niemand DNSSEC.",
        "DANE: cannot be told. There are records in the DNS, but nobody on this machine checks DNSSEC.",
    ),
    Dane.UNKNOWN: Words(
        "DANE: nicht feststellbar, das DNS antwortet nicht.", "DANE: cannot be told, the DNS is silent."
    ),
}
_NO_POLICY = Words(
    "Unter {} liegt keine Mail-Regel, die sich lesen lässt.", "There is no mail policy at {} that can be read."
)


def _together(seen: Sequence[Sighting]) -> Sighting:
    """The gravest of all addresses; one that is silent beside others that answer is only told of."""
    order = (WatchState.BAD, WatchState.GOOD, WatchState.UNKNOWN)
    first = min(seen, key=lambda each: (order.index(each.state), each.ends is None))
    told = dict.fromkeys(words for each in (first, *seen) for words in each.remarks)
    soonest = min((each for each in seen if each.ends), key=_end, default=first)
    return replace(first, remarks=tuple(told), begins=soonest.begins, ends=soonest.ends)


def _end(seen: Sighting) -> datetime:
    return seen.ends or datetime.max.replace(tzinfo=UTC)


def _site(watcher: Watcher, name: str, port: int, address: Address, now: datetime) -> Sighting:
    left = watcher.deadline.at_most(EACH).left()
    report = check(
        name,
        connect_to=(str(address), port),
        local_roots=watcher.roots,
        at=now,
        timeout=max(left, 1.0),
        resolver=watcher.resolver,
    )
    if not report.chain and report.ok is None:
        return Sighting(WatchState.UNKNOWN, (_SILENT.filled(address),))
    state = {True: WatchState.GOOD, False: WatchState.BAD, None: WatchState.UNKNOWN}[report.ok]
    return _dated(Sighting(state, tuple(_causes(report))), report.judgement)


def _causes(report: LiveReport) -> list[Words]:
    """Why browsers refuse, each cause once."""
    in_german, in_english = (report_words.as_json(report, language)["verdicts"] for language in LANGUAGES)
    told = {
        in_german[key]["cause"]: Words(in_german[key]["cause"], in_english[key]["cause"])
        for key in in_german
        if not in_german[key]["ok"] and in_german[key]["cause"]
    }
    return list(told.values())


def _dated(seen: Sighting, judgement: Judgement | None) -> Sighting:
    own: ChainLink | None = judgement.path[0] if judgement and judgement.path else None
    return seen if own is None else replace(seen, begins=own.not_before, ends=own.not_after)


def _mail(watcher: Watcher, service: Service, host: str, port: int, address: Address, now: datetime) -> Sighting:
    try:
        shake, connection = attempt(address, port, host, watcher.deadline.at_most(EACH), SERVICES[service].prelude)
    except NotOfferedError:
        return Sighting(WatchState.BAD, (_NOT_OFFERED,))
    if connection is not None:
        connection.close()
    if not shake.chain:
        silent = _NO_TLS if shake.outcome.connected else _SILENT
        return Sighting(WatchState.UNKNOWN, (silent.filled(address),))
    seen = _as_mail(shake.chain, host, watcher.roots, now)
    if shake.outcome is not Outcome.ANSWERED:
        good = seen.state is WatchState.GOOD
        return replace(seen, state=WatchState.UNKNOWN, remarks=(_NO_TLS.filled(address),)) if good else seen
    return _with_dane(watcher, host, port, shake.chain, seen, now) if service is Service.SMTP else seen


def _as_mail(chain: Sequence[bytes], host: str, roots: Sequence[bytes], now: datetime) -> Sighting:
    """What a mail program says of a chain."""
    try:
        judgement = judge(chain, host, at=now, local_roots=roots)
    except (ChainError, ValueError):
        return Sighting(WatchState.UNKNOWN, (_UNREADABLE,))
    fault = next(
        (each for each in judgement.verdicts[Browser.FIREFOX].findings if each.cause not in ONLY_BROWSERS), None
    )
    if fault is None:
        return _dated(Sighting(WatchState.GOOD), judgement)
    words = Words(*(JudgementWords(judgement, language).cause(fault) for language in LANGUAGES))
    state = WatchState.UNKNOWN if fault.cause in UNKNOWABLE else WatchState.BAD
    return _dated(Sighting(state, (words,)), judgement)


def _with_dane(
    watcher: Watcher, host: str, port: int, chain: Sequence[bytes], seen: Sighting, now: datetime
) -> Sighting:
    """A certificate that the DNS names needs nothing else; under an authority that it names, name and dates count."""
    answer = dane.ask(host, port, chain, watcher.deadline, watcher.resolver)
    if answer.dane is Dane.ANCHORED and seen.state is not WatchState.GOOD:
        seen = _as_mail(chain, host, (*watcher.roots, *answer.anchors), now)
    state = {Dane.MATCHES: WatchState.GOOD, Dane.DIFFERS: WatchState.BAD}.get(answer.dane, seen.state)
    others = (_OTHERS_DELIVER,) if seen.state is WatchState.BAD else ()
    told = (_DANE[answer.dane],) if answer.dane in _DANE else ()
    return replace(seen, state=state, remarks=(*told, *seen.remarks, *others))


def _policy(watcher: Watcher, domain: str, port: int, seen: Sighting) -> Sighting:
    """The policy's own server is a site like any other; then comes what it says."""
    url = f"https://mta-sts.{domain}:{port}{mta_sts.WELL_KNOWN}"
    deadline = watcher.deadline.at_most(POLICY.seconds)
    try:
        to = destination(url, POLICY, private=watcher.private, lookup=watcher.lookup, deadline=deadline)
        reply = exchange(to, POLICY, context=client_context(watcher.root_files), deadline=deadline)
        if reply.status != _GOOD:
            return replace(seen, state=WatchState.BAD, remarks=(*seen.remarks, _NO_POLICY.filled(url)))
        policy = mta_sts.read(reply.body)
        media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    except mta_sts.PolicyError:
        return replace(seen, state=WatchState.BAD, remarks=(*seen.remarks, _NO_POLICY.filled(url)))
    except (OSError, DestinationRefusedError):
        state = WatchState.BAD if seen.state is WatchState.BAD else WatchState.UNKNOWN
        return replace(seen, state=state, remarks=(*seen.remarks, _SILENT.filled(url)))
    records = mta_sts.ask(domain, watcher.deadline, watcher.resolver)
    faults = mta_sts.faults(policy, records, media)
    state = WatchState.BAD if faults else seen.state
    return replace(seen, state=state, remarks=(*seen.remarks, *faults, *mta_sts.remarks(policy, records)))
