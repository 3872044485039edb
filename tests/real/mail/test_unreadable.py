"""A mail that cannot be opened waits for the right key; nobody has refused it."""

from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from django.utils import timezone
from tests.support.mailing import make_due, queue, said, send, use
from tests.support.smtp import mailbox

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import MailContent, MailState, OutgoingMail
from siegelpost.mail.outgoing import unreadable
from siegelpost.mail.outgoing.transitions import Change, What


def test_it_waits_however_long_and_goes_out_when_the_key_is_back(tmp_path: Path, changes: list[Change]) -> None:
    """A second machine with another key ended 3 of 6 dispatches as undeliverable; no mail server was ever asked."""
    with mailbox(tmp_path) as server:
        use(server.port)
        mail, other = queue(), queue("bert@example.test")
        sealed = bytes(mail.content.sealed)
        MailContent.objects.filter(mail=mail).update(sealed=Fernet(Fernet.generate_key()).encrypt(b"x"))
        for _ in range(2):
            given_up_at = mail.give_up_at
            mail = send(mail)
            assert (mail.state, mail.cause, mail.attempts) == (MailState.QUEUED, Cause.CONTENT, 0)
            assert mail.give_up_at > given_up_at
            OutgoingMail.objects.filter(pk=mail.pk).update(give_up_at=timezone.now() - timedelta(days=1))
            mail.refresh_from_db()
            make_due(mail)
        assert list(unreadable.waiting()) == [mail]
        other.refresh_from_db()
        assert other.state == MailState.ACCEPTED, "it holds up no other"
        assert said(changes) == [What.ATTEMPT_STARTED, What.ACCEPTED]
        MailContent.objects.filter(mail=mail).update(sealed=sealed)
        assert send(mail).state == MailState.ACCEPTED
        assert len(server.mails()) == 2
        assert not unreadable.waiting().exists()
