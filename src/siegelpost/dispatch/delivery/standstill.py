"""Dispatches that do not get on by themselves just now: held by the send guard, or put off by the mail server."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import ngettext

from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.causes import explain
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.toolbox.language import active_language

# What does not get on has most often one cause, and is looked through together.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Standstill:
    """What stands still for one reason, the longest waiting first.

    Args:
        key: names it on a page.
        headline: how many and how, in the active language.
        why: the first one's reason, empty where none is known.
        dispatches: of them at most :data:`MOST_NAMED`.
        by_certificate: the send guard holds them.
    """

    key: str
    headline: str
    why: str
    dispatches: Sequence[Dispatch]
    by_certificate: bool

    @property
    def may_try(self) -> bool:
        """Whether it is one that can be handed over again at once."""
        return not self.by_certificate and len(self.dispatches) == 1


def present() -> list[Standstill]:
    """What stands still now: of each reason one, none where nothing does."""
    return [*_held(), *_put_off()]


def _held() -> list[Standstill]:
    found = Dispatch.objects.filter(state=DispatchState.HELD).order_by("created_at")
    shown = list(_named(found)[:MOST_NAMED])
    if not shown:
        return []
    headline = ngettext(
        "%(n)d Sendung wird zurückgehalten", "%(n)d Sendungen werden zurückgehalten", number := found.count()
    ) % {"n": number}
    problems = (shown[0].held_because or {}).get("problems", [])
    why = problems[0]["cause"][active_language()] if problems else ""
    return [Standstill("held", headline, why, shown, by_certificate=True)]


def _put_off() -> list[Standstill]:
    mails = OutgoingMail.objects.filter(state=MailState.QUEUED, attempts__gt=0, purpose=Purpose.NOTICE)
    mails = mails.exclude(dispatch_id="").order_by("pk")
    by_id = {mail.dispatch_id: mail for mail in mails[:MOST_NAMED]}
    shown = list(_named(Dispatch.objects.filter(public_id__in=by_id)).order_by("created_at"))
    if not shown:
        return []
    headline = ngettext(
        "%(n)d Sendung wartet auf den Mailserver", "%(n)d Sendungen warten auf den Mailserver", number := mails.count()
    ) % {"n": number}
    mail = by_id[str(shown[0].public_id)]
    why = str(explain(mail.cause).text or mail.server_answer)
    return [Standstill("put-off", headline, why, shown, by_certificate=False)]


def _named(found: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    return found.select_related("contact").only("public_id", "subject", "created_at", "held_because", "contact")
