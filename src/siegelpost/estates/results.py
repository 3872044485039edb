"""What an import did, property by property, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.kinds import Feature
from siegelpost.estates.models import Estate

LONGEST_SHOWN = 120


class Outcome(StrEnum):
    """What became of one property."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ARCHIVED = "archived"
    DELETED = "deleted"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """In the active language."""
        return str(_OUTCOMES[self])


_OUTCOMES: dict[Outcome, Promise] = {
    Outcome.CREATED: _("neu"),
    Outcome.CHANGED: _("geändert"),
    Outcome.UNCHANGED: _("unverändert"),
    Outcome.ARCHIVED: _("archiviert"),
    Outcome.DELETED: _("gelöscht (archiviert)"),
    Outcome.REJECTED: _("nicht übernommen"),
}


class Said(Protocol):
    """Something that can be said in German and English."""

    def text(self, language: str) -> str:
        """The sentence; "de" or "en"."""


@dataclass(frozen=True)
class Note:
    """A translatable sentence."""

    message: Promise

    def text(self, language: str) -> str:
        """See :class:`Said`."""
        with translation.override(language):
            return str(self.message)


@dataclass(frozen=True)
class Change:
    """One field's change as people read it, in the language active when it was made."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One property of the import. ``label`` is its number as the file gives it."""

    outcome: Outcome
    label: str
    title: str = ""
    public_id: str = ""
    changes: tuple[Change, ...] = ()
    notes: tuple[Said, ...] = ()
    reason: Said | None = None

    def done(self, outcome: Outcome, estate: Estate, changes: tuple[Change, ...]) -> Line:
        """The line with what came of it."""
        return replace(self, outcome=outcome, title=estate.title, public_id=str(estate.public_id), changes=changes)

    def rejected(self, reason: Said) -> Line:
        """The line of a property that was not taken over after all."""
        return replace(self, outcome=Outcome.REJECTED, changes=(), reason=reason)

    def as_json(self, language: str) -> dict[str, Any]:
        """For ``--json`` and for pages."""
        return {
            "outcome": self.outcome.value,
            "label": self.label,
            "title": self.title,
            "public_id": self.public_id,
            "changes": [vars(change) for change in self.changes],
            "notes": [note.text(language) for note in self.notes],
            "reason": self.reason.text(language) if self.reason else None,
        }


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or, as a preview, would do."""

    file: str
    dry_run: bool
    full: bool
    sender: str
    lines: tuple[Line, ...]
    notes: tuple[Said, ...] = ()

    def of(self, outcome: Outcome) -> list[Line]:
        """The lines with this outcome."""
        return [line for line in self.lines if line.outcome is outcome]

    @property
    def created(self) -> list[Line]:
        """Properties that were not here before."""
        return self.of(Outcome.CREATED)

    @property
    def changed(self) -> list[Line]:
        """Properties that were here and are different now."""
        return self.of(Outcome.CHANGED)

    @property
    def unchanged(self) -> list[Line]:
        """Properties that are as they were."""
        return self.of(Outcome.UNCHANGED)

    @property
    def archived(self) -> list[Line]:
        """Properties that a complete transfer no longer names."""
        return self.of(Outcome.ARCHIVED)

    @property
    def deleted(self) -> list[Line]:
        """Properties that the transfer deletes; they are archived too."""
        return self.of(Outcome.DELETED)

    @property
    def rejected(self) -> list[Line]:
        """Properties that were not taken over, with the reason."""
        return self.of(Outcome.REJECTED)

    @property
    def counts(self) -> dict[str, int]:
        """How many properties had each outcome, zeros included."""
        counted = Counter(line.outcome for line in self.lines)
        return {outcome.value: counted[outcome] for outcome in Outcome}

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


def change(estate: Estate, name: str, before: Any, after: Any) -> Change:
    """A change of a field, written for people in the active language."""
    model_field = estate._meta.get_field(name)
    choices = dict(getattr(model_field, "flatchoices", ()) or ())
    label = str(getattr(model_field, "verbose_name", name))
    return Change(name, label, _shown(before, choices), _shown(after, choices))


def media_change(added: int, moved: int, removed: int) -> Change:
    """The change of a property's pictures and documents."""
    parts = (
        gettext("%(count)d neu") % {"count": added} if added else "",
        gettext("%(count)d anders eingeordnet") % {"count": moved} if moved else "",
        gettext("%(count)d entfernt") % {"count": removed} if removed else "",
    )
    return Change("media", gettext("Bilder und Dokumente"), "", ", ".join(filter(None, parts)))


def _shown(value: Any, choices: dict[Any, Any]) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nein")
    if isinstance(value, list):
        labels = dict(Feature.choices)
        return ", ".join(str(labels.get(one, one)) for one in value)
    if isinstance(value, (Decimal, date)):
        return str(value)
    text = str(choices.get(value, value))
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
