"""What the server does again and again: one table of functions. It imports models: Django has to be set up before.

What waits to be done stands in tables of the rooms (mails, push messages, imports), and these functions look there.
``docs/periodic.md`` is written from here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from siegelpost.backup import update
from siegelpost.cases import clearance, erasure, intake_mail, push_news, viewings
from siegelpost.certificates import actions, expiry_notice, refusals, revocations, standing_records
from siegelpost.certificates.dyndns import upkeep
from siegelpost.certificates.watched import hosts as watched_hosts
from siegelpost.contacts.address_books import books, work
from siegelpost.dispatch import schedule, uploads
from siegelpost.dispatch.evidence import retention
from siegelpost.estates.imports import job, upload
from siegelpost.estates.intake import arrivals
from siegelpost.ledger import installation, sequencer
from siegelpost.mail.accounts import upkeep as mail_account
from siegelpost.mail.domain import dkim
from siegelpost.mail.incoming import imap, lmtp
from siegelpost.mail.outgoing import delivery
from siegelpost.mail.push import delivery as push
from siegelpost.proof import timestamp
from siegelpost.server import renewal
from siegelpost.web import throttle

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Something to do again and again: ``function`` is called without arguments, ``every`` so many seconds.

    Each has a thread of its own, in which one call follows the other: a slow one holds up no other, and none runs
    twice at a time in one process. It looks at the state and does what is due, so that what failed, or was cut off, is
    made good by the next call. While the ledger is halted (:mod:`siegelpost.ledger.halt`) it rests.
    """

    function: Callable[[], object]
    every: float
    # Also while all writing is stopped: what finds out whether it still has to be, and what keeps the server reachable.
    also_halted: bool = False

    @property
    def name(self) -> str:
        """Where the function stands."""
        return f"{self.function.__module__}.{self.function.__name__}"

    @property
    def owner(self) -> str:
        """The room that it belongs to."""
        return self.function.__module__.split(".")[1]


JOBS: tuple[PeriodicJob, ...] = (
    PeriodicJob(sequencer.seal, 0.5, also_halted=True),
    PeriodicJob(installation.watch, 30, also_halted=True),
    PeriodicJob(schedule.quick, 1),
    PeriodicJob(schedule.slow, 60),
    PeriodicJob(job.round_, 1),
    PeriodicJob(work.round_, 1),
    PeriodicJob(books.forget_old, _HOUR),
    PeriodicJob(upload.forget_old, _HOUR),
    PeriodicJob(arrivals.round_, 5),
    PeriodicJob(arrivals.forget_old, _HOUR),
    PeriodicJob(intake_mail.round_, 60),
    PeriodicJob(delivery.sweep, 0.2),
    PeriodicJob(delivery.recover, 60),
    PeriodicJob(push.sweep, 0.5),
    PeriodicJob(imap.watch, 60),
    PeriodicJob(lmtp.serve, 5),
    PeriodicJob(dkim.check_again, _HOUR),
    PeriodicJob(mail_account.keep, 300),
    PeriodicJob(timestamp.stamp_if_wanted, _HOUR),
    PeriodicJob(actions.note_activations, 5),
    PeriodicJob(actions.note_accounts, 60),
    PeriodicJob(refusals.alarm, 300),
    PeriodicJob(expiry_notice.warn, 600),
    PeriodicJob(revocations.look, 24 * _HOUR),
    PeriodicJob(standing_records.look, 24 * _HOUR),
    PeriodicJob(watched_hosts.look_again, _HOUR),
    PeriodicJob(upkeep.keep, 60),
    PeriodicJob(push_news.round_, 2),
    PeriodicJob(push_news.certificate_round, _HOUR),
    PeriodicJob(push_news.follow_up_round, 60),
    PeriodicJob(throttle.forget_old, _HOUR),
    PeriodicJob(uploads.forget_old, _HOUR),
    PeriodicJob(viewings.call_off_closed, 60),
    PeriodicJob(erasure.finish, _HOUR),
    PeriodicJob(clearance.round_, _HOUR),
    PeriodicJob(retention.sweep, _HOUR),
    PeriodicJob(retention.clear_log, 60),
    PeriodicJob(update.forget_copies, _HOUR),
    PeriodicJob(renewal.look, 1, also_halted=True),
)
