"""One exposé to several contacts at once: to each a dispatch of their own, with its own link, gate and frozen page.

Each stands for itself: who can be sent it is sent it, and who cannot is named with the reason.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.snapshot import Frozen, NotReadyError, expose_pdf
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send import guard, send
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.outgoing.compose import MailWords
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language

# More at once is a newsletter, and no longer a choice of persons.
MOST = 50
_ENDED = (DispatchState.REVOKED, DispatchState.EXPIRED, DispatchState.UNDELIVERABLE)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one of them would get; or, where ``frozen`` is missing, the ``reasons`` why nothing can go to them."""

    letter: Letter
    frozen: Frozen | None
    mail: MailWords | None
    reasons: Sequence[str]
    warnings: Sequence[str]

    @property
    def contact(self) -> Contact:
        """Who would get it."""
        return self.letter.contact


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go out to each, and what speaks against it."""

    each: Sequence[Outlook]
    verdict: GuardVerdict
    may_go: bool

    @property
    def ready(self) -> Sequence[Outlook]:
        """Those to whom it can go."""
        return [one for one in self.each if one.frozen]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it: who has a dispatch now, and who is left, with the reasons."""

    dispatches: Sequence[Dispatch]
    left: Sequence[Outlook]


def preview(agent: Agent, letters: Sequence[Letter]) -> Preview:
    """What :func:`send_each` would send; changes nothing, asks the doctor."""
    verdict, office = guard.verdict(), the_office()
    return Preview([_outlook(agent, letter, letters) for letter in letters], verdict, verdict.allows(office))


def send_each(
    agent: Agent,
    letters: Sequence[Letter],
    *,
    batch: uuid.UUID,
    hold: bool = False,
    previewed: Mapping[Contact, str] | None = None,
) -> Sent:
    """Send to each who can be sent it, or hold while the guard says no; one after the other, each whole.

    The same ``batch`` again sends nobody a second one: of a double tap, and of a try that broke off half-way, the
    rest goes out.

    Args:
        batch: chosen by the form before the first try; it names the whole in the overview.
        hold: as for one.
        previewed: :attr:`Frozen.digest` as it was shown for each; who would get something else now is left.

    Raises:
        siegelpost.dispatch.send.send.RefusedByGuardError: the guard says no and ``hold`` is not set; nothing was sent.
    """
    verdict = guard.verdict()
    if not verdict.allows(the_office()) and not hold:
        raise send.RefusedByGuardError(verdict)
    dispatches: list[Dispatch] = []
    left: list[Outlook] = []
    pdf_of = _made_once()
    for letter in letters:
        public_id = uuid.uuid5(batch, str(letter.contact.public_id))
        try:
            dispatches.append(
                send.send(
                    agent,
                    letter,
                    public_id=public_id,
                    batch=batch,
                    hold=hold,
                    previewed=None if previewed is None else previewed.get(letter.contact, ""),
                    pdf_of=pdf_of,
                )
            )
        except NotReadyError as error:
            left.append(Outlook(letter, None, None, error.reasons, []))
        except send.ChangedError:
            changed = _("Seit Ihrer Vorschau hat sich etwas geändert. Bitte sehen Sie es noch einmal an.")
            left.append(Outlook(letter, None, None, [changed], []))
    return Sent(dispatches, left)


def _made_once() -> Callable[[Frozen], str]:
    """Of what is the same for several the PDF is made once: it takes half a second each."""
    made: dict[str, str] = {}

    def pdf_of(frozen: Frozen) -> str:
        shown = {name: frozen.page[name] for name in ("office", "agent", "language", "test")}
        key = links.canonical_sha256(shown | {"estates": frozen.content["estates"]})
        if key not in made:
            made[key] = expose_pdf(frozen)
        return made[key]

    return pdf_of


def _outlook(agent: Agent, letter: Letter, letters: Sequence[Letter]) -> Outlook:
    try:
        frozen, mail = send.frozen_with_mail(the_office(), agent, letter)
    except NotReadyError as error:
        return Outlook(letter, None, None, error.reasons, [])
    return Outlook(letter, frozen, mail, [], [*frozen.warnings, *_warnings(letter, letters)])


def _warnings(letter: Letter, letters: Sequence[Letter]) -> list[str]:
    """What is easily overlooked when several are written to at once."""
    contact = letter.contact
    found = []
    if contact.language != letter.language:
        found.append(
            _("Bekommt sonst alles auf %(theirs)s; diese Sendung ist auf %(this)s.")
            % {"theirs": Language(contact.language).label, "this": Language(letter.language).label}
        )
    others = [one.contact for one in letters if one.contact != contact]
    found += [
        _("Hat dieselbe E-Mail-Adresse wie %(other)s: Beide Mails gehen dorthin.") % {"other": other}
        for other in others
        if other.email and other.email.casefold() == contact.email.casefold()
    ]
    if earlier := _earlier(letter):
        day = date_format(timezone.localdate(earlier.created_at))
        found.append(_("Hat dieses Exposé schon, gesendet am %(day)s.") % {"day": day})
    return found


def _earlier(letter: Letter) -> Dispatch | None:
    """A dispatch by which the contact has all of it already."""
    wanted = len(letter.estates)
    sent = Dispatch.objects.filter(contact=letter.contact, estates__in=letter.estates).exclude(state__in=_ENDED)
    return sent.annotate(shown=Count("estates")).filter(shown=wanted).order_by("-created_at").first()
