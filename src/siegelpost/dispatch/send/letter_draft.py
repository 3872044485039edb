"""The words a letter starts from; the agent changes them at will."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost.estates.expose import title_before
from siegelpost.estates.models import Estate
from siegelpost.office.models import Language


def subject(estates: Sequence[Estate], language: Language) -> str:
    """A subject that names the property."""
    with translation.override(language):
        words = _("Exposé: %(title)s") % {"title": " · ".join(title_before(estate) for estate in estates)}
    return words if len(words) <= 200 else words[:199] + "…"


def message(estates: Sequence[Estate], language: Language) -> str:
    """The sentences between greeting and link."""
    with translation.override(language):
        return ngettext(
            "vielen Dank für Ihr Interesse. Das Exposé habe ich für Sie zusammengestellt. Bei Fragen melden Sie sich "
            "gern bei mir.",
            "vielen Dank für Ihr Interesse. Die Exposés habe ich für Sie zusammengestellt. Bei Fragen melden Sie sich "
            "gern bei mir.",
            len(estates),
        )
