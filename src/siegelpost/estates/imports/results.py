"""What an import did, property by property, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext

from siegelpost.estates.kinds import Feature
from siegelpost.estates.kinds import ImportOutcome as ImportOutcome
from siegelpost.estates.models import Estate

LONGEST_SHOWN = 120


class Sentence(Protocol):
    """Something that can be said in German and English."""

    def text(self, language: str) -> str:
        """The sentence; "de" or "en"."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A translatable sentence."""

    message: Promise

    def text(self, language: str) -> str:
        """See :class:`Sentence`."""
        with translation.override(language):
            return str(self.message)


@dataclass(frozen=True, slots=True)
class Change:
    """One field's change: what was there and what is there now; it is read in the language that is active then."""

    field: str
    was: Any
    now: Any

    @property
    def label(self) -> str:
        """What people call the field."""
        return str(getattr(Estate._meta.get_field(self.field), "verbose_name", self.field))

    @property
    def before(self) -> str:
        """What was there, as people read it."""
        return self._shown(self.was)

    @property
    def after(self) -> str:
        """What is there now, as people read it."""
        return self._shown(self.now)

    def _shown(self, value: Any) -> str:
        model_field = Estate._meta.get_field(self.field)
        return _shown(value, dict(getattr(model_field, "flatchoices", ()) or ()))

    def as_json(self) -> dict[str, str]:
        """For ``--json`` and for pages, in the active language."""
        return {"field": self.field, "label": self.label, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class MediaChange(Change):
    """How many pictures and documents came, are in another place or under another name, and went."""

    field: str = "media"
    was: Any = None
    now: tuple[int, int, int] = (0, 0, 0)

    @property
    def label(self) -> str:
        """See :class:`Change`."""
        return gettext("Bilder und Dokumente")

    @property
    def before(self) -> str:
        """Nothing: what matters is the difference."""
        return ""

    @property
    def after(self) -> str:
        """The difference."""
        added, moved, removed = self.now
        parts = (
            gettext("%(count)d neu") % {"count": added} if added else "",
            gettext("%(count)d anders eingeordnet") % {"count": moved} if moved else "",
            gettext("%(count)d entfernt") % {"count": removed} if removed else "",
        )
        return ", ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Line:
    """One property of the import. ``label`` is its number as the file gives it."""

    outcome: ImportOutcome
    label: str
    title: str = ""
    public_id: str = ""
    changes: tuple[Change, ...] = ()
    notes: tuple[Sentence, ...] = ()
    reason: Sentence | None = None

    def done(self, outcome: ImportOutcome, estate: Estate, changes: tuple[Change, ...]) -> Line:
        """The line with what came of it."""
        return replace(self, outcome=outcome, title=estate.title, public_id=str(estate.public_id), changes=changes)

    def rejected(self, reason: Sentence) -> Line:
        """The line of a property that was not taken over after all."""
        return replace(self, outcome=ImportOutcome.REJECTED, changes=(), reason=reason)

    def as_json(self, language: str) -> dict[str, Any]:
        """For ``--json`` and for pages."""
        return {
            "outcome": self.outcome.value,
            "label": self.label,
            "title": self.title,
            "public_id": self.public_id,
            **self.told(language),
        }

    def told(self, language: str) -> dict[str, Any]:
        """What there is to say of it, in a language."""
        with translation.override(language):
            changes = [change.as_json() for change in self.changes]
        return {
            "changes": changes,
            "notes": [note.text(language) for note in self.notes],
            "reason": self.reason.text(language) if self.reason else None,
        }


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or, as a preview, would do."""

    file: str
    dry_run: bool
    full: bool
    sender: str
    lines: tuple[Line, ...]
    notes: tuple[Sentence, ...] = ()
    stamped_at: datetime | None = None
    techn_email: str = ""
    providers: tuple[str, ...] = ()

    def of(self, outcome: ImportOutcome) -> list[Line]:
        """The lines with this outcome."""
        return [line for line in self.lines if line.outcome is outcome]

    @property
    def created(self) -> list[Line]:
        """Properties that were not here before."""
        return self.of(ImportOutcome.CREATED)

    @property
    def changed(self) -> list[Line]:
        """Properties that were here and are different now."""
        return self.of(ImportOutcome.CHANGED)

    @property
    def unchanged(self) -> list[Line]:
        """Properties that are as they were."""
        return self.of(ImportOutcome.UNCHANGED)

    @property
    def archived(self) -> list[Line]:
        """Properties that a complete transfer no longer names."""
        return self.of(ImportOutcome.ARCHIVED)

    @property
    def deleted(self) -> list[Line]:
        """Properties that the transfer deletes; they are archived too."""
        return self.of(ImportOutcome.DELETED)

    @property
    def rejected(self) -> list[Line]:
        """Properties that were not taken over, with the reason."""
        return self.of(ImportOutcome.REJECTED)

    @property
    def counts(self) -> dict[str, int]:
        """How many properties had each outcome, zeros included."""
        counted = Counter(line.outcome for line in self.lines)
        return {outcome.value: counted[outcome] for outcome in ImportOutcome}

    def as_json(self, language: str) -> dict[str, Any]:
        """For ``--json`` and for pages."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "full": self.full,
            "sender": self.sender,
            "counts": self.counts,
            "properties": [line.as_json(language) for line in self.lines],
            "notes": [note.text(language) for note in self.notes],
        }


def _shown(value: Any, choices: dict[Any, Any]) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nein")
    if isinstance(value, list):
        labels = dict(Feature.choices)
        return ", ".join(str(labels.get(one, one)) for one in value)
    if isinstance(value, Decimal):
        return number_format(value, use_l10n=True, force_grouping=True)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    text = str(choices.get(value, value))
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
