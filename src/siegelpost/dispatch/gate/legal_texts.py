"""The office's legal texts as a recipient reads them: their places filled as the office is on that day."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from siegelpost.office import placeholders, retention_periods, statutory, texts
from siegelpost.office.models import Language, LegalText, Office, TextKind


def shown(text: LegalText, office: Office) -> dict[str, Any]:
    """A text as pages, mails, PDFs and proofs hold it. ``sha256`` is that of the words that stand there.

    ``model`` names the statutory model, as long as the text is one.
    """
    kind, language = TextKind(text.kind), Language(text.language)
    words = filled(text, office)
    with translation.override(language):
        return {
            "kind": text.kind,
            "title": texts.title(text),
            "version": text.version,
            "sha256": LegalText.hash_of(words),
            "published_sha256": text.sha256,
            "model": statutory.NAMES[kind, language] if texts.is_statutory(text) else "",
            "text": words,
        }


def filled(text: LegalText, office: Office) -> str:
    """The words of a text, with nothing left to fill in."""
    return as_read(text.text, Language(text.language), office)


def as_read(text: str, language: Language, office: Office) -> str:
    """What a recipient would read today, of a published text or of a draft."""
    return placeholders.filled(
        text, placeholders.words_of(office) | {placeholders.RETENTION: retention_periods.paragraphs(office, language)}
    )


def about(page: dict[str, Any]) -> str:
    """Which contract the instructions on withdrawal are about, in the active language: stands before the model, never
    in it. Empty where the page offers none.
    """
    titles = " · ".join(offer["title"] for offer in page["offers"])
    return _("Für den Maklervertrag über: %(titles)s") % {"titles": titles} if titles else ""
