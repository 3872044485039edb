"""Legal texts: published as numbered, hashed versions, never changed afterwards.

The defaults in ``default_texts`` are the statutory models and plain drafts to start from. They are no legal advice:
the settings page says so, and an office has its own lawyer read them.
"""

from pathlib import Path

from django.db import transaction

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Language, LegalText, Office, TextKind
from siegelpost.settings import load

DEFAULTS = Path(__file__).parent / "default_texts"

# Since 19 June 2026 the model policy names the electronic withdrawal function (Art. 246a § 1 EGBGB, § 356a BGB).
WITHDRAWAL_FUNCTION_MARKS = {Language.GERMAN: "Vertrag widerrufen", Language.ENGLISH: "Withdraw from contract"}


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
    return WITHDRAWAL_FUNCTION_MARKS[language].casefold() not in policy.casefold()


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
        text = file.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"[{word}]", value or f"[{word}]")
        published.append(publish(TextKind(kind), Language(language), text))
    return published
