"""The record in the DNS by which a name is proved for good (dns-persist-01): what to enter, and whether it still holds.

Looked up once a day. It is needed only at the next renewal, so whoever is told of it has most of the certificate's life
to put it right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.certificates.administrator_warning import warn
from siegelpost.certificates.installed import open_store
from siegelpost.certificates.models import Ending
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.tls.acme import standing_records
from siegelpost.tls.acme.challenges.dns_persist01 import Standing
from siegelpost.tls.acme.plan import Challenge
from siegelpost.tls.acme.problems import RECORD_TO_ENTER
from siegelpost.tls.acme.renewal import request_renewal
from siegelpost.tls.acme.standing_records import RecordState, problem_of
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.acme.words import problem_text, remedy_texts

_TAG = "standing-record"
_STAMPS: dict[Standing, Promise] = {
    Standing.GOOD: _("stimmt"),
    Standing.PARTLY: _("noch nicht überall"),
    Standing.BY_PARENT: _("über die Domain darüber"),
    Standing.UNSEEN: _("nicht nachzusehen"),
    Standing.MISSING: _("fehlt"),
}


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record, as the page shows it.

    Args:
        ends_early: an end stands in it that comes before the certificate's.
    """

    state: RecordState
    ends_early: bool
    problem: str

    @property
    def ok(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.state.good and not self.ends_early

    @property
    def tone(self) -> str:
        """The colour of the stamp."""
        return "good" if self.ok else "wait" if self.ends_early else "bad"

    @property
    def stamp(self) -> Promise:
        """How it stands, in a word or two."""
        if self.ends_early:
            return _("endet zu früh")
        return _STAMPS.get(self.state.sight.standing, _("stimmt nicht"))


def rows(status: AcmeStatus, language: str) -> list[RecordRow]:
    """The records that the plan needs, each once; none where it needs none."""
    once = {(each.directory, each.record.place, each.record.value): each for each in reversed(status.standing)}
    return [RecordRow(each, _ends_early(each, status), _problem(each, language)) for each in reversed(once.values())]


def _problem(state: RecordState, language: str) -> str:
    return "" if state.good else problem_text(problem_of(state).problem, language)


def _ends_early(state: RecordState, status: AcmeStatus) -> bool:
    """Every certificate is renewed by it once more, at the latest when it ends."""
    return state.good and any(state.ends_before(each.not_after) for each in status.served)


def look(now: datetime | None = None) -> int:
    """Look up the records by which names are proved for good; warn of what is not in order, long before a renewal.

    Returns:
        How many administrators were told of something.
    """
    now, store = now or datetime.now(UTC), open_store(load())
    states = standing_records.look(store, now)
    status = acme_status(store, now)
    if status.problem and status.problem.code in RECORD_TO_ENTER and states and all(each.good for each in states):
        request_renewal(store)  # what the order waits for is there
    if not states or not status.served or not admin_notice.possible():
        return 0
    return sum(
        warn(_key(each, status), [each.record.name], Ending.RECORD, partial(_words, each, status), tag=_TAG)
        for each in _wrong(states, status)
    )


def _wrong(states: Sequence[RecordState], status: AcmeStatus) -> list[RecordState]:
    """What stands in the way of the next renewal.

    Nothing does as long as one authority finds all of its records, or the names may be proved by another way, too.
    """
    if status.plan is None or set(status.plan.challenges) != {Challenge.DNS_PERSIST_01}:
        return []
    by_authority: dict[str, list[RecordState]] = {}
    for each in states:
        faults = by_authority.setdefault(each.directory, [])
        if not each.good or _ends_early(each, status):
            faults.append(each)
    return [] if not all(by_authority.values()) else next(iter(by_authority.values()))


def _key(state: RecordState, status: AcmeStatus) -> str:
    """The same until it was in order again; of an end that stands in it, once for each certificate."""
    sight, ends = state.sight, status.served[0].not_after.isoformat() if state.good else ""
    parts = (state.directory, state.record.place, sight.standing, sight.found, state.since.isoformat(), ends)
    return sha256("\n".join(parts).encode()).hexdigest()


def _words(state: RecordState, status: AcmeStatus, language: str) -> MailWords:
    problem = problem_of(state).problem if not state.good else None
    return mail_words(
        "certificates/mail/record",
        language,
        name=state.record.name,
        place=state.record.place,
        value=state.record.value,
        problem=problem_text(problem, language) if problem else "",
        remedies=remedy_texts(problem, language) if problem else [],
        until=state.sight.until,
        ends_at=min((each.not_after for each in status.served), default=None),
        url=f"{load().public_address}/certificate/",
        office=the_office(),
    )
