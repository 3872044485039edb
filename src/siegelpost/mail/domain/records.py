"""What the sender's domain tells other mail servers about its mails: SPF, DKIM, DMARC, and where bounces go.

Whether a mail is believed also depends on the address it leaves from, which only the recipient's server sees; so a
good record is called present, never "your mails arrive". DKIM keys lie under names that only the mail server
knows: the one of a key made here is asked for first, then the usual ones are tried, and finding none proves nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dns.exception
import dns.resolver
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.mail.models import SigningKey
from siegelpost.toolbox.public_suffixes import suffixes

_EACH, _ALL = 3.0, 12.0
_SELECTORS = ("default", "dkim", "mail", "selector1", "selector2", "google", "s1", "k1")


class Level(TextChoices):
    """How good a finding is."""

    GOOD = "good", _("in Ordnung")
    WEAK = "weak", _("verbesserungsfähig")
    BAD = "bad", _("fehlt oder ist falsch")
    UNKNOWN = "unknown", _("nicht feststellbar")


@dataclass(frozen=True, slots=True)
class RecordFinding:
    """One line of the checklist; ``record`` is what the DNS says, as it stands there."""

    about: str
    level: Level
    text: Promise
    remedy: Promise | str = ""
    record: str = ""


class NoAnswerError(Exception):
    """The DNS did not answer in time, or with an error."""


# name and record type -> the records as texts; none where the name or the type does not exist
Lookup = Callable[[str, str], list[str]]

_ASK_PROVIDER = _("Den passenden TXT-Eintrag nennt Ihr Mailanbieter; einzutragen ist er beim Verwalter der Domain.")
_LATER = _("Bitte später noch einmal prüfen.")


def examine(domain: str, lookup: Lookup | None = None, own: SigningKey | None = None) -> tuple[RecordFinding, ...]:
    """Look up what the domain (in ASCII form) publishes; takes at most about fifteen seconds, and never raises.

    Args:
        own: the domain's key that was made here, used or not; it is looked at, never stored.
    """
    ask = lookup or resolver()
    checks = (("MX", _mx), ("SPF", _spf), ("DKIM", partial(_dkim, own)), ("DMARC", _dmarc))
    return tuple(_answered(about, check, domain, ask) for about, check in checks)


def resolver(servers: dns.resolver.Resolver | None = None) -> Lookup:
    """Ask the name servers of this machine (or those given), each question briefly and all together not for long."""
    ends = time.monotonic() + _ALL

    def lookup(name: str, kind: str) -> list[str]:
        left = ends - time.monotonic()
        if left <= 0:
            raise NoAnswerError(name)
        try:
            asked = servers or dns.resolver.Resolver()
            answer = asked.resolve(name, kind, lifetime=min(_EACH, left), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NoAnswerError(name) from error
        if kind == "TXT":
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        return [record.to_text() for record in answer]

    return lookup


def _answered(about: str, check: Callable[[str, Lookup], RecordFinding], domain: str, ask: Lookup) -> RecordFinding:
    try:
        return check(domain, ask)
    except NoAnswerError:
        return RecordFinding(about, Level.UNKNOWN, _("Das DNS hat nicht geantwortet."), _LATER)


def _mx(domain: str, ask: Lookup) -> RecordFinding:
    records = ask(domain, "MX")
    # RFC 7505: "0 ." says that the domain takes no mail at all.
    if any(record.split()[-1] == "." for record in records):
        text = _("Die Domain nimmt ausdrücklich keine Mail an; Antworten und Rückläufer gehen verloren.")
    elif not records and not ask(domain, "A") and not ask(domain, "AAAA"):
        text = _("Für die Domain ist kein Mailserver eingetragen; Antworten und Rückläufer gehen verloren.")
    else:
        text = _("Antworten und Rückläufer kommen an.")
        return RecordFinding("MX", Level.GOOD, text, record=", ".join(records))
    remedy = _("Bitte eine Absenderadresse wählen, unter der das Büro Mails empfängt.")
    return RecordFinding("MX", Level.BAD, text, remedy, ", ".join(records))


def _spf(domain: str, ask: Lookup) -> RecordFinding:
    # RFC 7208, 4.5: "v=spf1" alone or followed by a space; more than one such record is an error.
    records = [one for one in ask(domain, "TXT") if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")]
    shown = " | ".join(records)
    if not records:
        return RecordFinding("SPF", Level.BAD, _("Die Domain nennt keine erlaubten Mailserver (SPF)."), _ASK_PROVIDER)
    if len(records) > 1:
        text, remedy = _("Es gibt mehrere SPF-Einträge; damit gilt keiner."), _("Bitte zu einem zusammenfassen.")
        return RecordFinding("SPF", Level.BAD, text, remedy, shown)
    terms = records[0].lower().split()
    if "+all" in terms or "all" in terms:
        text = _("Der SPF-Eintrag erlaubt jedem Server der Welt, in Ihrem Namen zu senden.")
        return RecordFinding("SPF", Level.BAD, text, _("Bitte „all“ durch „~all“ oder „-all“ ersetzen."), shown)
    if "-all" in terms or "~all" in terms or any(term.startswith("redirect=") for term in terms):
        return RecordFinding("SPF", Level.GOOD, _("Die Domain nennt ihre Mailserver (SPF)."), record=shown)
    text = _("Der SPF-Eintrag sagt nicht, was mit fremden Servern geschehen soll.")
    return RecordFinding("SPF", Level.WEAK, text, _("Bitte „~all“ oder „-all“ ans Ende setzen."), shown)


def public_key_in(record: str) -> str:
    """The key of a DKIM record (RFC 6376, 3.6.1) in base64; empty where it has none, or one that was withdrawn."""
    tags = (tag.partition("=") for tag in record.split(";"))
    return next(("".join(value.split()) for name, _equals, value in tags if name.strip() == "p"), "")


def _dkim(own: SigningKey | None, domain: str, ask: Lookup) -> RecordFinding:
    # RFC 6376, 3.6.2.2: several records under one name leave open which counts.
    published = own is not None and [public_key_in(record) for record in ask(own.record_name, "TXT")] == [own.public]
    if own is not None and own.signing:
        if published:
            text = _("Die Mails werden hier signiert (DKIM), und der Schlüssel dazu steht im DNS.")
            return RecordFinding("DKIM", Level.GOOD, text, record=own.record_name)
        text = _("Die Mails werden hier signiert (DKIM), aber im DNS fehlt der Eintrag, oder er ist ein anderer.")
        remedy = _("Bitte den Eintrag wieder so anlegen, wie er unter „Eigene Signatur“ steht.")
        return RecordFinding("DKIM", Level.BAD, text, remedy, own.record_name)
    for selector in _SELECTORS:
        if any(public_key_in(record) for record in ask(f"{selector}._domainkey.{domain}", "TXT")):
            text = _("Die Domain hat einen Schlüssel für Signaturen (DKIM).")
            return RecordFinding("DKIM", Level.GOOD, text, record=f"{selector}._domainkey")
    if own is not None and published:
        text = _("Der hier gemachte Schlüssel für Signaturen (DKIM) steht im DNS, wird aber nicht benutzt.")
        return RecordFinding("DKIM", Level.WEAK, text, _("Bitte das Signieren einschalten."), own.record_name)
    text = _("Unter den üblichen Namen ist kein Schlüssel für Signaturen (DKIM) zu finden.")
    remedy = _("Fragen Sie Ihren Mailanbieter, ob er Ihre Mails mit DKIM signiert und was dafür einzutragen ist.")
    return RecordFinding("DKIM", Level.UNKNOWN, text, remedy)


def _dmarc(domain: str, ask: Lookup) -> RecordFinding:
    # RFC 7489, 6.6.3: the domain itself, else the organisation's.
    whole = suffixes().privatesuffix(domain) or domain
    for name in dict.fromkeys([domain, whole]):
        records = [one for one in ask(f"_dmarc.{name}", "TXT") if one.lower().replace(" ", "").startswith("v=dmarc1")]
        if not records:
            continue
        shown = " | ".join(records)
        pairs = (tag.lower().partition("=") for tag in records[0].split(";"))
        tags = {tag.strip(): value.strip() for tag, _equals, value in pairs}
        # RFC 7489, 6.3: for what lies below it, the organisation may say something else.
        policy = tags.get("p" if name == domain else "sp") or tags.get("p", "")
        if len(records) > 1 or policy not in {"none", "quarantine", "reject"}:
            return RecordFinding("DMARC", Level.BAD, _("Der DMARC-Eintrag ist nicht gültig."), _ASK_PROVIDER, shown)
        if policy == "none":
            text = _("DMARC beobachtet nur und schützt Ihren Namen noch nicht.")
            return RecordFinding("DMARC", Level.WEAK, text, _("Später auf p=quarantine oder p=reject stellen."), shown)
        return RecordFinding("DMARC", Level.GOOD, _("DMARC schützt Ihren Namen."), record=shown)
    remedy = _("Für den Anfang genügt der TXT-Eintrag „v=DMARC1; p=none“ unter _dmarc; große Anbieter verlangen ihn.")
    return RecordFinding("DMARC", Level.BAD, _("Die Domain hat keinen DMARC-Eintrag."), remedy)
