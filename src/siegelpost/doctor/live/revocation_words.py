"""What is said of a certificate that its authority may have taken back, and what each browser does about it."""

from collections.abc import Iterable
from typing import Any

from siegelpost.doctor.live.revocation import Revocation, RevocationState, Why
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.texts.language import fill
from siegelpost.toolbox.words import Words

TITLE = Words("Zurückgezogen?", "Taken back?")
GOOD = Words("„{subject}“ ist nicht zurückgezogen.", "“{subject}” has not been taken back.")
REVOKED = Words(
    "„{subject}“ ist seit {since} von seiner Stelle zurückgezogen ({reason}).",
    "“{subject}” was taken back by its authority on {since} ({reason}).",
)
UNKNOWN = Words(
    "Ob „{subject}“ zurückgezogen ist, lässt sich nicht sagen: {why}.",
    "Whether “{subject}” has been taken back cannot be told: {why}.",
)
TEXTS = {RevocationState.GOOD: GOOD, RevocationState.REVOKED: REVOKED, RevocationState.UNKNOWN: UNKNOWN}
WHY = {
    Why.NO_LIST: Words("es nennt keine Sperrliste", "it names no list of revoked certificates"),
    Why.NOT_REACHED: Words("die Sperrliste war nicht zu bekommen", "the list could not be had"),
    Why.NOT_THE_ISSUERS: Words("die Sperrliste unterschrieb eine andere Stelle", "another authority signed the list"),
    Why.OLD: Words("die Sperrliste ist nicht von heute", "the list is not of today"),
    Why.ANOTHER_PIECE: Words("die Sperrliste handelt von anderen Zertifikaten", "the list is about other certificates"),
    Why.UNREADABLE: Words("die Sperrliste ist nicht zu lesen", "the list cannot be read"),
    Why.NO_ISSUER: Words("das Zertifikat seiner Stelle fehlt", "its issuer's certificate is missing"),
}
# What each browser does about it; the server's own certificate and those of authorities differ.
BROWSERS = {
    Browser.CHROMIUM: {
        False: Words(
            "Chrome: fragt nicht nach und kennt nur wenige Sperren (CRLSet); meist öffnet er ohne Warnung.",
            "Chrome: does not ask, and knows few revocations (CRLSet); it mostly opens without a warning.",
        ),
        True: Words(
            "Chrome: warnt, sobald Google die Sperre verteilt (CRLSet), meist nach wenigen Tagen: ERR_CERT_REVOKED.",
            "Chrome: warns once Google has handed the revocation out (CRLSet), mostly within days: ERR_CERT_REVOKED.",
        ),
    },
    Browser.FIREFOX: {
        False: Words(
            "Firefox: warnt, meist nach einigen Stunden (CRLite): SEC_ERROR_REVOKED_CERTIFICATE.",
            "Firefox: warns, mostly after some hours (CRLite): SEC_ERROR_REVOKED_CERTIFICATE.",
        ),
        True: Words(
            "Firefox: warnt, sobald Mozilla die Sperre verteilt (OneCRL): SEC_ERROR_REVOKED_CERTIFICATE.",
            "Firefox: warns once Mozilla has handed the revocation out (OneCRL): SEC_ERROR_REVOKED_CERTIFICATE.",
        ),
    },
    Browser.SAFARI: {
        False: Words(
            "Safari: warnt, wenn Apple die Sperre verteilt hat; wann, veröffentlicht Apple nicht.",
            "Safari: warns when Apple has handed the revocation out; Apple does not publish when.",
        ),
        True: Words(
            "Safari: warnt, wenn Apple die Sperre verteilt hat; wann, veröffentlicht Apple nicht.",
            "Safari: warns when Apple has handed the revocation out; Apple does not publish when.",
        ),
    },
}
STEP = Words(
    "Holen Sie ein neues Zertifikat mit neuem Schlüssel; ein automatisches erneuert Siegelpost von selbst.",
    "Get a new certificate with a new key; Siegelpost renews an automatic one by itself.",
)
REACH = Words(
    "Bleibt es dabei: prüfen, ob dieser Server nach außen fragen darf (HTTP, Port 80).",
    "If it stays so: check that this server may ask outwards (HTTP, port 80).",
)


def sentence(answer: Revocation, language: str) -> str:
    """The answer about one certificate."""
    text = TEXTS[answer.state]
    why = WHY[answer.why][language] if answer.why else ""
    values = {"subject": answer.subject, "since": answer.since, "reason": answer.reason or "unspecified", "why": why}
    return fill(text, language, values)


def effects(answer: Revocation, language: str) -> dict[str, str]:
    """What each browser does about it; empty when it was not taken back."""
    if answer.state is not RevocationState.REVOKED:
        return {}
    return {browser.value: texts[answer.authority][language] for browser, texts in BROWSERS.items()}


def as_json(answers: Iterable[Revocation], language: str) -> list[dict[str, Any]]:
    """Plain values."""
    return [
        {
            "subject": each.subject,
            "serial": each.serial,
            "state": each.state.value,
            "why": each.why.value if each.why else None,
            "since": each.since.strftime("%Y-%m-%dT%H:%M:%SZ") if each.since else None,
            "reason": each.reason or None,
            "text": sentence(each, language),
            "browsers": effects(each, language),
        }
        for each in answers
    ]


def lines(answers: Iterable[Revocation], language: str) -> list[str]:
    """For a terminal."""
    found = [TITLE[language]]
    for each in answers:
        found.append(f"  {sentence(each, language)}")
        found += [f"    {text}" for text in effects(each, language).values()]
        if each.state is RevocationState.REVOKED:
            found.append(f"    {STEP[language]}")
    return found
