"""A file that was chosen waits for its dispatch: sent, it is kept for good; never sent, it is removed after a week."""

import os
import time
import uuid
from datetime import timedelta

import pytest
from tests.support.office import a_contact, a_letter, an_agent, an_office, the_guard_says

from siegelpost import storage
from siegelpost.dispatch import uploads
from siegelpost.dispatch.attachments import Attached, AttachmentRefusedError, take_in
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.send.registered import send as send_registered
from siegelpost.dispatch.send.send import send as send_expose
from siegelpost.office.models import Language
from siegelpost.server.periodic import JOBS

PDF = b"%PDF-1.7\n"


def chosen(name: str = "Plan.pdf", ago: timedelta = timedelta(0)) -> Attached:
    """A file of its own, chosen so long ago."""
    file = take_in(name, PDF + os.urandom(16))
    _age(file, ago)
    return file


def _age(file: Attached, ago: timedelta) -> None:
    at = time.time() - ago.total_seconds()
    os.utime(storage.path(file.sha256, storage.UPLOADS), (at, at))


def waits(file: Attached) -> bool:
    return storage.path(file.sha256, storage.UPLOADS).exists()


LONG = uploads.KEPT_FOR + timedelta(hours=1)
SHORT = uploads.KEPT_FOR - timedelta(hours=1)


def test_a_week_is_what_is_said() -> None:
    assert timedelta(days=7) == uploads.KEPT_FOR
    assert uploads.forget_old in {each.function for each in JOBS}


def test_what_was_never_sent_is_removed_after_its_time_and_not_before(db: None) -> None:
    old, young, just_now = chosen(ago=LONG), chosen(ago=SHORT), chosen()
    uploads.forget_old()
    assert [waits(file) for file in (old, young, just_now)] == [False, True, True]
    assert not storage.path(old.sha256).exists()
    uploads.forget_old()


def test_a_form_that_comes_later_says_which_file_is_gone(db: None) -> None:
    ticket = chosen("Grundriss.pdf", ago=LONG).ticket
    uploads.forget_old()
    with pytest.raises(AttachmentRefusedError, match=r"„Grundriss\.pdf“ .* nicht mehr da"):
        Attached.from_ticket(ticket)


def test_whoever_is_still_writing_loses_no_file(db: None) -> None:
    file = chosen(ago=LONG)
    assert Attached.from_ticket(file.ticket) == file
    uploads.forget_old()
    assert waits(file)
    content = storage.read(file.sha256, storage.UPLOADS)
    _age(file, LONG)
    take_in("Noch einmal.pdf", content)
    uploads.forget_old()
    assert waits(file), "chosen again, its time begins anew"


def test_what_was_sent_stays_although_the_upload_goes(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(True, monkeypatch)
    with_expose, with_letter = chosen(), chosen()
    send_expose(an_agent(), a_letter(attachments=[with_expose]), public_id=uuid.uuid4())
    letter = RegisteredLetter(
        contacts=[a_contact()],
        subject="Kündigung",
        message="hiermit kündigen wir.",
        language=Language.GERMAN,
        hidden=False,
        days=7,
        remind_every=0,
        attachments=[with_letter],
    )
    send_registered(an_agent(), letter, batch=uuid.uuid4())
    for file in (with_expose, with_letter):
        _age(file, LONG)
    uploads.forget_old()
    for file in (with_expose, with_letter):
        assert not waits(file)
        assert storage.read(file.sha256).startswith(PDF)
        assert Attached.from_ticket(file.ticket) == file, "what is kept can be sent again"


def test_the_same_file_of_somebody_else_is_not_touched(db: None) -> None:
    file = chosen(ago=LONG)
    kept = storage.put(storage.read(file.sha256, storage.UPLOADS))
    uploads.forget_old()
    assert storage.read(kept).startswith(PDF)
