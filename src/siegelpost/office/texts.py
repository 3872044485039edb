"""Legal texts: published as numbered, hashed versions, never changed afterwards.

The defaults in ``default_texts`` are the statutory models and plain drafts to start from. They are no legal advice:
the settings page says so, and an office has its own lawyer read them.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Language, LegalText, Office, TextKind
from siegelpost.settings import load

DEFAULTS = Path(__file__).parent / "default_texts"
_PLACEHOLDER = re.compile(r"\[(?:BÜRO|INHABER|ANSCHRIFT|TELEFON|E-MAIL|WIDERRUFSSEITE)\]")
_PHRASE = re.compile(r"\{([^{}]*)\}")

# Since 19 June 2026 the model policy names the electronic withdrawal function (Art. 246a § 1 EGBGB, § 356a BGB).
# How a policy speaks of the function: by its name, by its label in quotes, or as the model of 2026 does, that the right
# can be used online. That somebody "withdraws from the contract" stands in every policy, also in those of before.
_WITHDRAWAL_FUNCTION = {
    Language.GERMAN: re.compile(
        r"widerrufs-?(?:funktion|schaltfläche|button|knopf)|[„“\"»«‚‘']\s*vertrag widerrufen"
        r"|widerruf[^.]{0,120}\bonline\b(?!-)|\bonline\b(?!-)[^.]{0,120}widerruf",
        re.IGNORECASE,
    ),
    Language.ENGLISH: re.compile(
        r"withdrawal (?:function|button)|[„“”\"»«‘']\s*withdraw from contract"
        r"|withdraw[^.]{0,120}\bonline\b(?!-)|\bonline\b(?!-)[^.]{0,120}withdraw",
        re.IGNORECASE,
    ),
}


@transaction.atomic
def publish(kind: TextKind, language: Language, text: str) -> LegalText:
    """Make ``text`` the current version; publishing the same text again changes nothing."""
    text = text.replace("\r\n", "\n").strip() + "\n"
    newest = current(kind, language)
    sha256 = LegalText.hash_of(text)
    if newest and newest.sha256 == sha256:
        return newest
    published = LegalText.objects.create(
        kind=kind, language=language, text=text, sha256=sha256, version=newest.version + 1 if newest else 1
    )
    append(
        EventKind.LEGAL_TEXT_PUBLISHED,
        subject="office",
        data={"kind": kind.value, "language": language.value, "version": published.version, "sha256": sha256},
    )
    return published


def current(kind: TextKind, language: Language) -> LegalText | None:
    """The newest version of a text in a language, or ``None`` when the office has none."""
    return LegalText.objects.filter(kind=kind, language=language).order_by("-version").first()


def lacks_withdrawal_function(policy: str, language: Language) -> bool:
    """Whether a cancellation policy says nothing of the electronic withdrawal function (§ 356a BGB)."""
    return _WITHDRAWAL_FUNCTION[language].search(policy) is None


def publish_defaults(office: Office) -> list[LegalText]:
    """Publish the drafts for every text the office does not have yet, with its own name and address filled in."""
    words = {
        "BÜRO": office.name,
        "INHABER": office.owner,
        "ANSCHRIFT": office.address_line,
        "TELEFON": office.phone,
        "E-MAIL": office.email,
        "WIDERRUFSSEITE": f"{load().public_address}/widerruf/",
    }
    published = []
    for file in sorted(DEFAULTS.glob("*.txt")):
        kind, language = file.stem.split(".")
        if current(TextKind(kind), Language(language)):
            continue
        text = _filled(file.read_text(encoding="utf-8"), words)
        published.append(publish(TextKind(kind), Language(language), text))
    return published


def placeholders_in(text: str) -> list[str]:
    """Places of a draft that nobody has filled in, such as ``[TELEFON]``: no recipient may read them."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def _filled(draft: str, words: Mapping[str, str]) -> str:
    """A draft with the office's own words; a phrase in braces is left out where its word is missing."""

    def word(found: re.Match[str]) -> str:
        return words[found[0][1:-1]]

    def phrase(found: re.Match[str]) -> str:
        return found[1] if all(words[name[1:-1]] for name in _PLACEHOLDER.findall(found[1])) else ""

    return _PLACEHOLDER.sub(word, _PHRASE.sub(phrase, draft))
