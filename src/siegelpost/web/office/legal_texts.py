"""The office's legal texts: what is published, how it differs from the law's model; and what the law has pending."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost.dispatch.gate import legal_texts
from siegelpost.office import editor, law_calendar, placeholders, statutory, texts
from siegelpost.office.current import the_office
from siegelpost.office.forms import TextForm
from siegelpost.office.law_calendar import LegalRule, Standing
from siegelpost.office.models import Language, LegalText, TextKind
from siegelpost.web.office.access import agent_of


@dataclass(frozen=True, slots=True)
class TextCell:
    """A kind of text in one language: what is published, whether it is the model, what is wrong with it."""

    kind: TextKind
    language: Language
    text: LegalText | None

    @property
    def is_model(self) -> bool:
        """It is the statutory model."""
        return self.text is not None and texts.is_statutory(self.text)

    @property
    def deviates(self) -> bool:
        """There is a model, and it is not this."""
        return self.text is not None and statutory.has_model(self.kind) and not self.is_model

    @property
    def foreign(self) -> list[str]:
        """Addresses in it that lead to another server."""
        return texts.foreign_addresses(self.text.text) if self.text else []


@dataclass(frozen=True, slots=True)
class TextRow:
    """A kind of text with its newest version in each language."""

    kind: TextKind
    cells: tuple[TextCell, ...]


def text_rows() -> list[TextRow]:
    """Every kind of text, in the order of the settings page."""
    return [
        TextRow(kind, tuple(TextCell(kind, language, texts.current(kind, language)) for language in Language))
        for kind in TextKind
    ]


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All legal texts."""
    return render(request, "settings/texts.html", {"rows": text_rows()})


@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, kind: str, language: str) -> HttpResponseBase:
    """One text: its newest version to change, how it differs from the model, and all its versions.

    ``?draft=1`` puts the draft of the house into the form; nothing is published by it.
    """
    if kind not in TextKind or language not in Language:
        raise Http404
    wanted, spoken = TextKind(kind), Language(language)
    cell = TextCell(wanted, spoken, editor.versions(wanted, spoken).first())
    form = TextForm(request.POST or None, initial=_initial(cell, fresh=request.GET.get("draft") == "1"))
    if request.method == "POST" and form.is_valid():
        published = texts.publish(wanted, spoken, form.cleaned_data["text"], form.origin)
        messages.success(request, _published(published))
        return redirect("settings_texts")
    return render(request, "settings/text.html", _context(form, cell), status=422 if form.errors else 200)


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """The law calendar, what is pending or old first."""
    today, language = timezone.localdate(), agent_of(request).language
    order = [Standing.PENDING, Standing.OLD, Standing.FRESH]
    rules = sorted(law_calendar.RULES, key=lambda rule: order.index(rule.standing(today)))
    rows = [_row(rule, today, language) for rule in rules]
    return render(request, "settings/law.html", {"rules": rows, "statutes_as_of": law_calendar.STATUTES_AS_OF})


def _row(rule: LegalRule, today: date, language: str) -> dict[str, Any]:
    return {
        "what": rule.what[language],
        "pending": rule.pending[language] if rule.pending else "",
        "standing": rule.standing(today).value,
        "source": rule.source,
        "unread": rule.unread,
        "checked_on": rule.checked_on,
        "valid_from": rule.valid_from,
    }


def _initial(cell: TextCell, *, fresh: bool) -> dict[str, Any]:
    """What the form starts from: the published text, or the draft of the house where there is none or it is wanted."""
    if cell.text and not fresh:
        return {"text": cell.text.text, "source": cell.text.source, "checked_on": cell.text.checked_on}
    return {
        "text": statutory.draft(cell.kind, cell.language),
        "source": texts.SOURCES.get(cell.kind, ""),
        "checked_on": law_calendar.LOOKED_UP if cell.kind in texts.SOURCES else None,
    }


def _published(published: LegalText) -> str:
    kind = TextKind(published.kind).label
    if published.valid_from and published.valid_from > timezone.localdate():
        return _("„%(kind)s“ gilt ab dem %(day)s in Fassung %(version)d.") % {
            "kind": kind,
            "day": f"{published.valid_from:%d.%m.%Y}",
            "version": published.version,
        }
    return _("„%(kind)s“ gilt ab jetzt in Fassung %(version)d. Frühere Sendungen behalten ihre Fassung.") % {
        "kind": kind,
        "version": published.version,
    }


def _context(form: TextForm, cell: TextCell) -> dict[str, Any]:
    newest, office = cell.text, the_office()
    complete = newest is not None and not placeholders.lacking(newest.text, office)
    return {
        "form": form,
        "cell": cell,
        "kind": cell.kind,
        "spoken": cell.language,
        "newest": newest,
        "model": statutory.NAMES.get((cell.kind, cell.language), ""),
        "differences": statutory.differences(newest.text, cell.kind, cell.language) if newest and cell.deviates else [],
        "has_draft": bool(statutory.draft(cell.kind, cell.language)),
        "as_read": legal_texts.filled(newest, office) if newest and complete else "",
        "versions": editor.versions(cell.kind, cell.language),
        "lacks_function": bool(
            newest
            and cell.kind is TextKind.WITHDRAWAL_POLICY
            and texts.lacks_withdrawal_function(newest.text, cell.language)
        ),
    }
