"""Imprint, privacy notice and accessibility, for everybody: the texts that hold today, with the office's own words."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from siegelpost.dispatch.gate import legal_texts
from siegelpost.office import texts
from siegelpost.office.current import the_office
from siegelpost.office.models import Language, TextKind
from siegelpost.toolbox.language import active_language
from siegelpost.web.recipient.views import office_page, response_of


@dataclass(frozen=True, slots=True)
class LegalPage:
    """Where a text stands for everybody."""

    path: str
    text: TextKind


PAGES = (
    LegalPage("impressum", TextKind.IMPRINT),
    LegalPage("datenschutz", TextKind.PRIVACY),
    LegalPage("barrierefreiheit", TextKind.ACCESSIBILITY),
)

_OTHER = {Language.GERMAN: Language.ENGLISH, Language.ENGLISH: Language.GERMAN}


@never_cache
@require_safe
def page(request: HttpRequest, kind: TextKind) -> HttpResponseBase:
    """The text in the language that is asked for, or as the visitor's browser prefers, or else in the one there is.

    The accessibility page is there only where the office shows it.
    """
    office = the_office()
    if kind is TextKind.ACCESSIBILITY and not office.shows_accessibility:
        raise Http404
    asked = request.GET.get("sprache", "")
    language = Language(asked if asked in Language else active_language())
    text = texts.current(kind, language) or texts.current(kind, _OTHER[language])
    with translation.override(language):
        title = str(kind.label)
    shown = legal_texts.shown(text, office) if text else None
    spoken = text.language if text else language
    since = (text.valid_from or text.published_at) if text else None
    return response_of(
        office_page("legal", language, 200 if text else 404, title=title, text=shown, since=since, spoken=spoken)
    )
