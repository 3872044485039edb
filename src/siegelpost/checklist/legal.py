"""Checks of what the law wants said: the office's texts, and the rules that they go by."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost.checklist.check import CheckState, Look, Result
from siegelpost.office import law_calendar, statutory, texts
from siegelpost.office.law_calendar import Standing
from siegelpost.office.models import Language, LegalText, TextKind
from siegelpost.toolbox.language import active_language

# § 5 DDG and Art. 13 DSGVO ask for these two of every office, whatever it sends.
_OF_EVERYBODY = (TextKind.IMPRINT, TextKind.PRIVACY)


def published(look: Look) -> Result:
    """Whether imprint and privacy notice are there, the models are the law's, and no text leads to another server."""
    missing = [
        str(kind.label) for kind in _OF_EVERYBODY if not any(texts.current(kind, language) for language in Language)
    ]
    found = [text for kind in TextKind for language in Language if (text := texts.current(kind, language))]
    foreign = [f"{_named(text)}: {address}" for text in found for address in texts.foreign_addresses(text.text)]
    changed = [
        _named(text) for text in found if statutory.has_model(TextKind(text.kind)) and not texts.is_statutory(text)
    ]
    unlooked = [
        _named(text) for text in found if text.checked_on and look.at.date() - text.checked_on > law_calendar.KEEPS
    ]
    complaints = (
        (missing, _("Es fehlt: %(texts)s"), _("Unter Einstellungen → Texte veröffentlichen.")),
        (foreign, _("Nennt einen anderen Server: %(texts)s"), _("Neu veröffentlichen, mit [WIDERRUFSSEITE].")),
        (changed, _("Weicht vom gesetzlichen Muster ab: %(texts)s"), _("Unter Texte vergleichen und übernehmen.")),
        (unlooked, _("Seit über zwölf Monaten nicht geprüft: %(texts)s"), _("Prüfen lassen und den Tag eintragen.")),
    )
    facts = tuple(words % {"texts": ", ".join(names)} for names, words, _todo in complaints if names)
    todo = tuple(remedy for names, _words, remedy in complaints if names)
    if missing:
        return Result(CheckState.BAD, _("Impressum oder Datenschutzhinweise fehlen."), facts, todo)
    if facts:
        return Result(CheckState.WARN, _("An den Texten ist etwas zu tun."), facts, todo)
    return Result(CheckState.OK, _("Impressum, Datenschutzhinweise und die gesetzlichen Muster sind veröffentlicht."))


def calendar(look: Look) -> Result:
    """What the law has pending, and what nobody has looked up for twelve months."""
    today = localtime(look.at).date()
    language = active_language()
    rules = law_calendar.to_look_up(today)
    facts = tuple(
        f"{rule.what[language]}: "
        + (rule.pending[language] if rule.pending else f"{rule.source} ({rule.checked_on:%d.%m.%Y})")
        for rule in rules
    )
    todo = (_("Einstellungen → Texte → Rechtskalender; im Zweifel die Anwältin oder den Anwalt fragen."),)
    old = sum(rule.standing(today) is Standing.OLD for rule in rules)
    if old:
        cause = ngettext(
            "%(n)d Regel wurde seit über zwölf Monaten nicht nachgesehen.",
            "%(n)d Regeln wurden seit über zwölf Monaten nicht nachgesehen.",
            old,
        ) % {"n": old}
        return Result(CheckState.WARN, cause, facts, todo)
    if rules:
        cause = ngettext("Bei %(n)d Regel steht etwas an.", "Bei %(n)d Regeln steht etwas an.", len(rules))
        return Result(CheckState.UNKNOWN, cause % {"n": len(rules)}, facts, todo)
    return Result(CheckState.OK, _("Alle Regeln sind im letzten Jahr nachgesehen worden."))


def _named(text: LegalText) -> str:
    return f"{text.get_kind_display()} ({text.get_language_display()})"
