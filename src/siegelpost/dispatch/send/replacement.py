"""What was frozen is made anew: the office replaces the exposé, or the recipient asks for the other language.

What was shown before stays kept, and the proof shows it: each handover names the bytes that were handed over.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch import links, resend, wording
from siegelpost.dispatch.frozen import documents, enclosed_texts
from siegelpost.dispatch.frozen.documents import sha256_of
from siegelpost.dispatch.frozen.pages import first_html
from siegelpost.dispatch.frozen.snapshot import Frozen, NotReadyError, expose_pdf, freeze
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_notices
from siegelpost.dispatch.models import Dispatch, Earlier, Kind
from siegelpost.dispatch.recipient.declarations import Client, StalePageError
from siegelpost.dispatch.send import guard, letter_draft
from siegelpost.dispatch.states import MAILED, Act, DispatchState, NotPossibleError
from siegelpost.estates.models import Estate
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.office.button_labels import LabelRefusedError
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language

REPLACEABLE = frozenset({DispatchState.HELD, *MAILED, DispatchState.WAITING, DispatchState.OPEN})
# Each switch sends a mail: nobody shall be flooded by a page that stands open.
MOST_VERSIONS = 6


class OtherContractError(Exception):
    """What is agreed would change: commission, payer or rule. That needs a new dispatch; nothing was replaced."""


class NotInThisLanguageError(Exception):
    """The page cannot be had in that language, or not any more; nothing was changed."""


def replace(dispatch: Dispatch, *, by: Agent) -> Dispatch:
    """Put the exposé as the properties are now in the place of the one that was sent.

    The page before the gate, and with it what is agreed, stays as it was frozen. Who has opened the exposé is told by
    mail.

    Raises:
        NotPossibleError: nothing can be opened by this dispatch any more.
        OtherContractError: the commission or the rule of the gate has changed meanwhile.
        siegelpost.dispatch.frozen.snapshot.NotReadyError: something is missing now that a dispatch needs.
    """
    if dispatch.kind != Kind.SECURE_EXPOSE or dispatch.state not in REPLACEABLE:
        raise NotPossibleError(DispatchState(dispatch.state), Act.REPLACE)
    frozen = _again(dispatch, Language(dispatch.language), *dispatch.written)
    if _agreed(frozen.page, dispatch.page) != _agreed(dispatch.page, dispatch.page) or (
        frozen.row.key != dispatch.gate_row
    ):
        raise OtherContractError
    frozen = Frozen(frozen.row, dispatch.page, frozen.content, frozen.warnings)
    pdf = expose_pdf(frozen)
    with transaction.atomic():
        dispatch = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
        if dispatch.state not in REPLACEABLE:
            raise NotPossibleError(DispatchState(dispatch.state), Act.REPLACE)
        # A PDF bears the time it was made: of the same content there are many.
        if dispatch.content == frozen.content:
            return dispatch
        _keep(dispatch, "replaced")
        dispatch.content, dispatch.pdf_sha256 = frozen.content, pdf
        dispatch.save(update_fields=["content", "pdf_sha256"])
        _record(dispatch, {"because": "replaced", "by": str(by.public_id)})
        if dispatch.state == DispatchState.OPEN:
            letters.tell_replaced(dispatch)
    return dispatch


def speak(token: str, stamp: str, language: Language, client: Client) -> Dispatch:
    """Give the recipient the page, and with a new mail all texts, in the other language they prefer.

    The new mail has a link of its own; a form of the page before is stale from now on. The contact keeps the
    preference.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError: as for declaring.
        NotInThisLanguageError: something was declared already, the office has not all texts in that language, or
            no mail may go out just now.
    """
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE)
    _refuse_to_speak(dispatch, stamp, language)
    verdict, office = guard.verdict(), the_office()
    if not (verdict.allows(office) if dispatch.test else verdict.trusts(office)):
        raise NotInThisLanguageError
    estates = list(dispatch.estates.all())
    before = Language(dispatch.language)
    said_subject, said_message = dispatch.written
    subject = _in(language, letter_draft.subject, estates, before, said_subject)
    message = _in(language, letter_draft.message, estates, before, said_message)
    try:
        frozen = _again(dispatch, language, subject, message)
    except (NotReadyError, LabelRefusedError) as error:
        raise NotInThisLanguageError from error
    pdf = expose_pdf(frozen)
    enclosed_texts.enclose(frozen.page)
    html = first_html(Kind.SECURE_EXPOSE, str(dispatch.public_id), frozen.page, dispatch.expires_at)
    with transaction.atomic():
        stop_notices(str(dispatch.public_id))
        dispatch = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True)
        _refuse_to_speak(dispatch, stamp, language)
        _keep(dispatch, "language")
        dispatch.language = language
        for name, words in wording.kept(subject, message, frozen.page["subject"], frozen.page["message"]).items():
            setattr(dispatch, name, words)
        dispatch.page, dispatch.content = frozen.page, frozen.content
        dispatch.pdf_sha256, dispatch.gate_html, dispatch.gate_row = pdf, html, frozen.row.key
        dispatch.save()
        dispatch.contact.language = language
        dispatch.contact.save(update_fields=["language"])
        _record(dispatch, {"because": "language"}, client)
        letters.notify(dispatch)
    return dispatch


def _refuse_to_speak(dispatch: Dispatch, stamp: str, language: Language) -> None:
    links.refuse_if_closed(dispatch)
    if dispatch.state not in MAILED or dispatch.page.get("other_language") != language:
        raise NotInThisLanguageError
    if not links.stamp_is_right(stamp, dispatch):
        raise StalePageError
    if dispatch.earlier.count() >= MOST_VERSIONS:
        raise NotInThisLanguageError


def _again(dispatch: Dispatch, language: Language, subject: str, message: str) -> Frozen:
    before = resend.letter_of(dispatch)
    letter = dataclasses.replace(
        before,
        subject=subject,
        message=message,
        language=language,
        # The other language has labels of its own.
        button_label=before.button_label if language == dispatch.language else "",
        as_of=dispatch.created_at,
        instead_of=None,
    )
    frozen = freeze(the_office(), dispatch.agent, letter)
    frozen.page["test"] = dispatch.test
    return frozen


def _in(
    language: Language,
    words: Callable[[Sequence[Estate], Language], str],
    estates: Sequence[Estate],
    before: Language,
    said: str,
) -> str:
    """The usual words in the new language; what the agent wrote in person stays as it is."""
    return words(estates, language) if said == words(estates, before) else said


def _agreed(page: dict[str, Any], like: dict[str, Any]) -> list[dict[str, Any]]:
    """What a page offers, as far as ``like`` says it: pages frozen by an earlier version say less of it."""
    known = set(like["offers"][0]) if like["offers"] else set()
    return [{name: value for name, value in offer.items() if name in known} for offer in page["offers"]]


def _keep(dispatch: Dispatch, because: str) -> None:
    Earlier.objects.create(
        dispatch=dispatch,
        page=dispatch.page,
        content=dispatch.content,
        pdf_sha256=dispatch.pdf_sha256,
        gate_html=dispatch.gate_html,
        replaced_at=timezone.now(),
        because=because,
    )


def _record(dispatch: Dispatch, data: dict[str, JSON], client: Client | None = None) -> None:
    earlier = dispatch.earlier.latest("pk")
    append(
        EventKind.DOCUMENT_REPLACED,
        subject=str(dispatch.public_id),
        data={
            **data,
            "language": dispatch.language,
            **documents.shown(dispatch),
            **{f"earlier_{name}": value for name, value in sha256_of(earlier, "content_sha256", "pdf_sha256").items()},
        },
        personal=client.personal if client else {},
    )
