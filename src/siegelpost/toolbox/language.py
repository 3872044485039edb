"""The language that is active now, for what speaks in :class:`siegelpost.toolbox.words.Words`."""

from django.utils.translation import get_language

from siegelpost.toolbox.words import Language


def active_language() -> Language:
    """That of the page or letter being written; German where none was chosen."""
    return "en" if (get_language() or "de").startswith("en") else "de"
