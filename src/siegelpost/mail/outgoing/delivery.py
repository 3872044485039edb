"""Handing mails to the mail server: claim, hand over outside any transaction, record what the server said.

A mail is claimed, then (when the server asks for the content) marked as under way, then its answer is recorded,
each in a short transaction of its own. The answer is kept in a file of its own first
(:mod:`siegelpost.mail.outgoing.server_answers`), so that it outlives a database that is away. A process that dies
before it has heard anything leaves a mail of which :func:`recover` knows whether the server may have it: before the
content it is simply sent again, after that it is sent again under the same Message-ID and the interruption is
recorded.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Event

import structlog
from django.db import transaction
from django.utils import timezone

from siegelpost.ledger import halt
from siegelpost.mail.causes import Cause
from siegelpost.mail.models import AttemptOutcome, DeliveryAttempt, MailContent, MailState, OutgoingMail, Stage
from siegelpost.mail.outgoing import allowance, claims, retry, server_answers, unreadable
from siegelpost.mail.outgoing.outbox import due
from siegelpost.mail.outgoing.pace import Pace, sent_too_much
from siegelpost.mail.outgoing.server_answers import Heard
from siegelpost.mail.outgoing.server_settings import NotConfiguredError, Server, current, per_minute
from siegelpost.mail.outgoing.smtp import Conversation, ConversationError, Envelope, Patience
from siegelpost.mail.outgoing.transitions import Answer, StateChangedError, What, change
from siegelpost.toolbox.sealing import UnsealableError

log = structlog.get_logger(__name__)

PATIENCE = Patience()
# Longer than all steps of one attempt may take together.
CLAIM = timedelta(minutes=30)
# One sweep hands over so many mails, or for so long (seconds); then the settings are read, and the line opened, anew.
SWEEP_MAILS, SWEEP_SECONDS = 100, 20.0
# After the server itself failed (not one mail), the other mails do not run into it one by one; seconds.
REST = 50.0

# Set when the process is asked to end: the mail at hand is finished, no other is begun.
stopping = Event()

_PACE = Pace()

_ABOUT_THE_SERVER = frozenset({Stage.CONNECT, Stage.GREETING, Stage.EHLO, Stage.STARTTLS, Stage.AUTH})
_ABOUT_US = frozenset({Cause.LOGIN_NEEDED, Cause.NAME_REFUSED})
_ABOUT_THE_MAIL = frozenset({Cause.NO_SMTPUTF8})
_RESULTS = {
    AttemptOutcome.ACCEPTED: (What.ACCEPTED, MailState.ACCEPTED),
    AttemptOutcome.REFUSED: (What.REFUSED, MailState.REFUSED),
    AttemptOutcome.DEFERRED: (What.DEFERRED, MailState.QUEUED),
    AttemptOutcome.INTERRUPTED: (What.INTERRUPTED, MailState.QUEUED),
    AttemptOutcome.LOST: (What.LOST, MailState.QUEUED),
}


def sweep() -> None:
    """Hand over the mails that are due, the urgent ones first, while the connection to the mail server stands.

    Must not run inside a transaction, nor twice at a time in one process: pace and rest are the process's.
    """
    if not due().exists():
        return
    ends = time.monotonic() + SWEEP_SECONDS
    line = _Line()
    try:
        for _ in range(SWEEP_MAILS):
            if stopping.is_set() or halt.reason() or not line.usable() or time.monotonic() > ends:
                return
            mail = due().first()
            if mail is None or allowance.is_used_up(line.server, urgent=mail.urgent) or not _PACE.wait(ends, stopping):
                return
            _attempt_alone(mail, line)
    finally:
        line.hang_up()


def recover() -> int:
    """Free the mails that dead processes left behind.

    Returns:
        How many there were.
    """
    # First: whoever was heard is not asked again.
    freed = sum(_make_known(one) for one in server_answers.kept())
    freed += sum(_free(OutgoingMail.objects.filter(claimed_by=name)) for name in claims.dead_workers())
    freed += _free(OutgoingMail.objects.filter(claimed_until__lt=timezone.now()))
    return freed


def outcome_of(stage: Stage, answer: Answer) -> AttemptOutcome:
    """What an attempt that ended at ``stage`` with ``answer`` came to (RFC 5321, 4.2.1: the first digit decides).

    A 250 is taken over, a 450 put off and tried again, a 550 refused for good.

    Trouble with the server itself, such as a refused password, is never held against the mail: it waits.
    """
    kind = answer.code // 100 if answer.code else None
    if stage is Stage.ANSWER:
        after_content = {2: AttemptOutcome.ACCEPTED, 4: AttemptOutcome.DEFERRED, 5: AttemptOutcome.REFUSED}
        if kind == 5 and sent_too_much(answer):
            return AttemptOutcome.DEFERRED
        return after_content.get(kind or 0, AttemptOutcome.INTERRUPTED)
    refused = kind == 5 and not _is_about_the_server(stage, answer) and not sent_too_much(answer)
    return AttemptOutcome.REFUSED if refused or answer.cause in _ABOUT_THE_MAIL else AttemptOutcome.DEFERRED


def _is_about_the_server(stage: Stage, answer: Answer) -> bool:
    return stage in _ABOUT_THE_SERVER or answer.cause in _ABOUT_US or answer.code == 421


class _Line:
    """The line to the mail server during one sweep: opened when first needed, and again when it broke."""

    _rest: tuple[Server | None, float] = (None, 0.0)

    def __init__(self) -> None:
        try:
            self.server: Server | None = current()
        except NotConfiguredError:
            self.server = None
        self.conversation: Conversation | None = None
        _PACE.aim(self.server, per_minute(self.server))

    def usable(self) -> bool:
        """Is there no reason to leave this server alone for the moment?"""
        server, until = _Line._rest
        return server != self.server or time.monotonic() > until

    def hand_over(self, mail: OutgoingMail, mime: bytes, attempt: DeliveryAttempt) -> tuple[Stage, Answer]:
        """The stage that was reached, and the last answer."""
        reused = self.conversation is not None
        try:
            envelope = Envelope(mail.sender, mail.recipient, mail.public_id.hex)
            conversation = self._open(attempt)
            return Stage.ANSWER, conversation.hand_over(envelope, mime, partial(_mark, mail))
        except ConversationError as failure:
            if reused and _is_farewell(failure):
                self._drop()
                return self.hand_over(mail, mime, attempt)
            self._after(failure)
            return failure.stage, failure.answer
        except Exception as error:
            # Whatever it was, the mail must not hang: how far it came says what has to be done with it.
            log.exception("mail_attempt_failed", message_id=mail.message_id)
            stage = self.conversation.stage if self.conversation else Stage.CONNECT
            self._drop()
            return stage, Answer(None, f"{type(error).__name__}: {error}"[:500])

    def hang_up(self) -> None:
        """End the connection, if there is one."""
        if self.conversation:
            self.conversation.close()
            self.conversation = None

    def _open(self, attempt: DeliveryAttempt) -> Conversation:
        if self.server is None:
            raise ConversationError(Stage.CONNECT, Answer(None, "", Cause.NOT_CONFIGURED))
        attempt.host = f"{self.server.host}:{self.server.port}"
        self.conversation = self.conversation or Conversation.open(self.server, PATIENCE)
        attempt.host, attempt.tls = self.conversation.host, self.conversation.tls
        return self.conversation

    def _after(self, failure: ConversationError) -> None:
        if _is_about_the_server(failure.stage, failure.answer):
            _Line._rest = (self.server, time.monotonic() + REST)
        if failure.answer.code is None or not (self.conversation and self.conversation.reset()):
            self._drop()

    def _drop(self) -> None:
        if self.conversation:
            self.conversation.drop()
            self.conversation = None


def _is_farewell(failure: ConversationError) -> bool:
    """Did the server end a connection that has served other mails, before it heard of this one?"""
    ended = failure.answer.code == 421 or failure.answer.cause is Cause.CLOSED
    return failure.stage is Stage.MAIL and ended


def _attempt_alone(mail: OutgoingMail, line: _Line) -> None:
    """Attempt it; one that fails by a fault of our own waits, lest it holds up all the others."""
    try:
        _attempt(mail, line)
    except halt.HaltedError:
        raise
    except Exception:
        log.exception("a mail could not be dealt with and will be tried again", message_id=mail.message_id)
        again = timezone.now() + retry.BACKOFF[0]
        OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(next_attempt_at=again)


def _attempt(mail: OutgoingMail, line: _Line) -> None:
    try:
        mime = mail.mime()
    except (UnsealableError, MailContent.DoesNotExist):
        unreadable.lay_aside(mail)
        return
    attempt = DeliveryAttempt(mail=mail, number=mail.attempts + 1, started_at=timezone.now())
    try:
        change(
            mail,
            What.ATTEMPT_STARTED,
            MailState.SENDING,
            attempt=attempt,
            attempts=attempt.number,
            claimed_by=claims.worker(),
            claimed_until=attempt.started_at + CLAIM,
            data_started_at=None,
        )
    except StateChangedError:
        return  # Another worker, or the office, was quicker.
    stage, answer = line.hand_over(mail, mime, attempt)
    _PACE.learn(answer)
    _record(mail, attempt, stage, answer)


def _mark(mail: OutgoingMail) -> None:
    """Commit that from now on the server may have the mail.

    Raises:
        StateChangedError: the claim was lost meanwhile; the content must not leave.
    """
    now = timezone.now()
    claim = OutgoingMail.objects.filter(
        pk=mail.pk, state=MailState.SENDING, claimed_by=mail.claimed_by, attempts=mail.attempts
    )
    if not claim.update(data_started_at=now, claimed_until=now + CLAIM):
        raise StateChangedError(f"{mail.message_id} is no longer ours to send")


def _record(mail: OutgoingMail, attempt: DeliveryAttempt, stage: Stage, answer: Answer) -> None:
    """Keep what was heard, then tell the database; what it does not take now, :func:`recover` makes known."""
    said = Heard(
        mail=str(mail.public_id),
        attempt=attempt.number,
        stage=stage.value,
        code=answer.code,
        text=answer.text,
        cause=(answer.cause or ""),
        host=attempt.host,
        tls=attempt.tls,
        at=timezone.now(),
    )
    try:
        said.keep()
    except OSError:
        # Without the file the database must take it at once, as it mostly does.
        log.exception("what a mail server said could not be kept", message_id=mail.message_id)
    _tell(mail, attempt, said)


def _make_known(said: Heard) -> bool:
    """Tell the database what it could not be told; False where it knew."""
    mail = OutgoingMail.objects.filter(public_id=said.mail, state=MailState.SENDING, attempts=said.attempt).first()
    if mail is None:
        said.forget()
        return False
    return _tell(mail, mail.log.get(number=said.attempt), said)


def _tell(mail: OutgoingMail, attempt: DeliveryAttempt, said: Heard) -> bool:
    """Record what was heard, once; the file stays until that is committed."""
    stage, answer = Stage(said.stage), Answer(said.code, said.text, Cause(said.cause) if said.cause else None)
    attempt.stage, attempt.code, attempt.text, attempt.cause = stage, said.code, said.text, said.cause
    attempt.host, attempt.tls, attempt.ended_at = said.host, said.tls, said.at
    told = True
    try:
        _finish(mail, attempt, outcome_of(stage, answer), answer)
    except StateChangedError:
        told = False
        if DeliveryAttempt.objects.filter(pk=attempt.pk, outcome=AttemptOutcome.RUNNING).exists():
            log.warning("mail_claim_lost", message_id=mail.message_id, stage=stage.value, code=answer.code)
    said.forget()
    return told


@transaction.atomic
def _finish(
    mail: OutgoingMail,
    attempt: DeliveryAttempt,
    outcome: AttemptOutcome,
    answer: Answer,
    wait: timedelta | None = None,
) -> None:
    """Record what an attempt came to, and plan the next one where the mail was not taken."""
    now = timezone.now()
    what, new = _RESULTS[outcome]
    attempt.outcome = outcome
    fields: dict[str, object] = {"claimed_by": "", "claimed_until": None}
    if new is MailState.ACCEPTED:
        fields["accepted_at"] = attempt.ended_at or now
    if new is MailState.QUEUED:
        pause = retry.wait_after(attempt.number) if wait is None else wait
        fields["next_attempt_at"] = retry.next_attempt(now, pause, mail.give_up_at)
    change(mail, what, new, answer=answer, attempt=attempt, **fields)
    # A listener may have stopped it.
    if mail.state == MailState.QUEUED and retry.is_to_be_given_up(mail, now):
        change(mail, What.GIVEN_UP, MailState.GIVEN_UP, answer=answer, attempt=attempt)


def _free(mails: Iterable[OutgoingMail]) -> int:
    """Finish the attempts of these mails, whose process will not do it; gives how many there were."""
    freed = 0
    for mail in list(mails):
        if mail.state != MailState.SENDING:
            continue
        with suppress(StateChangedError):
            _finish_killed(mail, mail.log.get(number=mail.attempts))
            freed += 1
    return freed


def _finish_killed(mail: OutgoingMail, attempt: DeliveryAttempt) -> None:
    attempt.ended_at, attempt.cause = timezone.now(), Cause.RESTART
    outcome = AttemptOutcome.LOST
    if mail.data_started_at is not None:
        outcome, attempt.stage = AttemptOutcome.INTERRUPTED, Stage.CONTENT
    _finish(mail, attempt, outcome, Answer(None, "", Cause.RESTART), wait=timedelta(0))
