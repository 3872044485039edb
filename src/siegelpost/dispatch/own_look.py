"""What a recipient would see, looked at by who sends it: made by the same builder, and recorded nowhere."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone, translation

from siegelpost.contacts.models import Contact, Salutation
from siegelpost.dispatch.contact_reason import ContactReason, Occasion
from siegelpost.dispatch.frozen import sender
from siegelpost.dispatch.frozen.files import pictures_in
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.frozen.snapshot import freeze
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates.expose import snapshot
from siegelpost.estates.expose_pdf import render
from siegelpost.estates.models import Estate
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language


def somebody(language: Language) -> Contact:
    """A made-up consumer, who is in no table: the pages of a property may be looked at before anybody wants it."""
    return Contact(
        salutation=Salutation.MS,
        first_name="Maria",
        last_name="Muster",
        email="maria@muster.test",
        language=language,
    )


def sample(estates: Sequence[Estate], subject: str, message: str, language: Language) -> Letter:
    """A letter to nobody, as if they had just asked."""
    return Letter(
        estates,
        somebody(language),
        subject,
        message,
        language,
        occasion=Occasion(ContactReason.INQUIRY, timezone.localdate()),
    )


def page(agent: Agent, letter: Letter, *, gate: bool, back: str) -> bytes:
    """The page before the gate or behind it, marked as a preview; no form on it leads anywhere.

    Args:
        back: the address to which the mark leads.

    Raises:
        siegelpost.dispatch.frozen.snapshot.NotReadyError: it could not be sent.
    """
    frozen = freeze(the_office(), agent, letter)
    state = DispatchState.QUEUED if gate else DispatchState.OPEN
    content = None if gate else frozen.content
    shown = Shown("preview", Kind.SECURE_EXPOSE, state, frozen.page, content, None, timezone.now())
    return page_html(shown, preview=back)


def pictures(agent: Agent, estates: Sequence[Estate]) -> set[str]:
    """The pictures that such a page shows, by the SHA-256 of their files."""
    return pictures_in([*map(snapshot, estates), sender.agent_shown(agent)])


def pdf(agent: Agent, estates: Sequence[Estate], language: Language) -> bytes:
    """The exposé as recipients get it; takes half a second."""
    office = the_office()
    with translation.override(language):
        head: dict[str, Any] = sender.head(office, agent, somebody(language))
        contents = [snapshot(estate)["after"] for estate in estates]
    return render(
        contents, office=head["office"], agent=head["agent"], language=language.value, test=office.test_operation
    )
