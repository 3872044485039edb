"""What a check is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.checklist.network import Answers
from siegelpost.office.models import Office
from siegelpost.settings import Settings


class CheckState(StrEnum):
    """How it stands. ``WARN``: it works, and should be put right. ``UNKNOWN``: cannot be known from here."""

    BAD = "bad"
    UNKNOWN = "unknown"
    WARN = "warn"
    OK = "ok"

    @property
    def label(self) -> Promise:
        """In a word."""
        return _LABELS[self]


_LABELS = {
    CheckState.BAD: _("Mangel"),
    CheckState.UNKNOWN: _("unklar"),
    CheckState.WARN: _("Hinweis"),
    CheckState.OK: _("in Ordnung"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found, in the language that was active: the finding in a sentence, its details, what to do."""

    state: CheckState
    cause: str
    facts: tuple[str, ...] = ()
    remedy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What the checks look at; ``answers`` is None as long as nobody has asked the network. ``at`` is aware UTC."""

    settings: Settings
    office: Office
    at: datetime
    answers: Answers | None = None


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A line of the checklist. ``outside`` ones need answers from the network, or a program that takes seconds."""

    key: str
    label: Promise
    run: Callable[[Look], Result]
    outside: bool = False


def worst(states: Iterable[CheckState]) -> CheckState:
    """The gravest of these; fine when there are none. What is broken comes before what is not known."""
    return min(states, key=list(CheckState).index, default=CheckState.OK)
