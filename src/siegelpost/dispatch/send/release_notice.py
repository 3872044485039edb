"""Telling recipients of documents that were released to them: one mail, with a fresh link, for all of a round."""

import structlog
from django.db import transaction

from siegelpost.dispatch.frozen import property_documents
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, UntoldRelease
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.states import MAILED, DispatchState
from siegelpost.office.current import the_office
from siegelpost.toolbox.addresses import AddressError

log = structlog.get_logger()
BATCH = 100
# The content is not open yet: the mail waits until it is.
NOT_YET = (DispatchState.HELD, *MAILED, DispatchState.WAITING)


def send_due() -> int:
    """Queue the mails about released documents, unless recipients would meet a warning; gives how many."""
    queued = UntoldRelease.objects.exclude(dispatch__state__in=NOT_YET)
    if not queued.exists():
        return 0
    verdict, office = guard.verdict(), the_office()
    may_go = [test for test in (False, True) if verdict.lets(office, test=test)]
    waiting = queued.filter(dispatch__test__in=may_go).order_by("dispatch").values_list("dispatch", flat=True)
    return sum(_tell(pk) for pk in list(waiting.distinct()[:BATCH]))


def _tell(pk: int) -> bool:
    """One that fails is tried again in the next round; the others must not wait for it."""
    try:
        return _told(pk)
    except AddressError:  # nobody can be told; the page leads to whoever gets an address again
        log.warning("no address to tell of released documents", dispatch=pk)
        UntoldRelease.objects.filter(dispatch=pk).delete()
        return False
    except Exception:
        log.exception("a mail about released documents could not be queued", dispatch=pk)
        return False


@transaction.atomic
def _told(pk: int) -> bool:
    dispatch = Dispatch.objects.select_for_update().get(pk=pk)
    if dispatch.state in NOT_YET:
        return False
    untold = set(dispatch.untold_releases.values_list("document", flat=True))
    UntoldRelease.objects.filter(dispatch=dispatch).delete()
    titles = [one.title for one in property_documents.of_content(dispatch.content) if one.id in untold]
    # Taken back, or withdrawn from, meanwhile: the page shows no documents any more.
    if not titles or dispatch.state != DispatchState.OPEN:
        return False
    letters.tell_documents_released(dispatch, titles)
    return True
