"""What happened to a dispatch in a few lines as a person would tell it, of which nothing is left out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone, translation
from tests.support.office import a_dispatch, an_agent, token_of
from tests.unit.dispatch.delivery.test_events import begin, end, notice_of
from tests.unit.dispatch.recipient.test_to_do import CLIENT, NOTE, opened, replied, say, stamp_of, withdraw

from siegelpost.cases import history
from siegelpost.dispatch.evidence import story, timeline
from siegelpost.dispatch.evidence.story import CHAPTERS, LOOKS, MAILS, TOLD
from siegelpost.dispatch.evidence.timeline import TimelineEntry, Tone
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.mails.letters import confirm
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import acts
from siegelpost.dispatch.recipient.declarations import Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.mail.models import AttemptOutcome, OutgoingMail, Purpose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def happened(dispatch: Dispatch, kind: E, **data: JSON) -> None:
    with transaction.atomic():
        append(kind, subject=str(dispatch.public_id), data=data)


def accepted(mail: OutgoingMail) -> None:
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 2.0.0 Ok: queued as 0179")


def titles(dispatch: Dispatch) -> list[str]:
    done = acts.of([Dispatch.objects.get(pk=dispatch.pk)])[dispatch.pk]
    return [line.title for line in story.of(dispatch, done)]


@pytest.mark.django_db(transaction=True)
def test_a_usual_expose_is_five_lines_the_newest_first() -> None:
    """The timeline was a server's log, the oldest first: three lines for one mail, and a line for every look."""
    dispatch = a_dispatch()
    accepted(notice_of(dispatch))
    happened(dispatch, E.NOTIFICATION_ACCESS_TRACKING, machine=True)
    happened(dispatch, E.NOTIFICATION_ACCESS_TRACKING, machine=False)
    dispatch = declared(dispatch)
    confirm(dispatch.pk)
    accepted(OutgoingMail.objects.get(purpose=Purpose.CONFIRMATION))
    happened(dispatch, E.CONTENT_HANDOVER, what="expose", bytes=9)
    for _ in range(3):
        happened(dispatch, E.CONTENT_ACCESS_TRACKING, machine=False, again=True)
    happened(dispatch, E.CONTENT_HANDOVER, what="pdf", bytes=9)
    told = story.of(dispatch)
    assert [(line.title, line.times) for line in told] == [
        ("PDF heruntergeladen", 1),
        ("Exposé angesehen", 4),
        ("Bestätigt – Exposé freigeschaltet", 1),
        ("Link geöffnet", 1),
        ("Gesendet, vom Mailserver angenommen", 1),
    ]
    assert sum(len(line.entries) for line in told) == len(timeline.of(dispatch))
    # The server's words stand on the page behind a fold, and nowhere in front of it.
    agent = an_agent(password="vier Wörter sind genug")
    browser = Browser()
    browser.force_login(agent)
    page = browser.get(f"/dispatches/{dispatch.public_id}/", secure=True).content.decode()
    front, fold = page[page.index('aria-labelledby="timeline"') :].split("<details", 1)
    words = "250 2.0.0 Ok: queued as 0179"
    assert words in fold
    assert words not in front
    assert front.count("<li") == 5


def declared(dispatch: Dispatch) -> Dispatch:
    return declare(token_of(dispatch), Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)


def test_a_look_may_be_a_programs_only_where_nothing_human_followed() -> None:
    """Every look of a person carried "possibly by a program", seconds after that person had typed their name."""
    dispatch = a_dispatch()
    happened(dispatch, E.NOTIFICATION_ACCESS_TRACKING, machine=True)
    assert titles(dispatch)[0] == "Link von einem Programm geöffnet"
    happened(dispatch, E.NOTIFICATION_ACCESS_TRACKING, machine=False)
    assert titles(dispatch)[0] == "Link geöffnet, vielleicht von einem Programm"
    declared(dispatch)
    assert titles(dispatch)[1] == "Link geöffnet"


def test_the_recipients_words_stand_in_their_line() -> None:
    dispatch = opened()
    say(dispatch, InterestKind.VIEWING, NOTE)
    replied(dispatch, "Ist der Keller trocken?")
    withdraw(dispatch)
    done = acts.of([Dispatch.objects.get(pk=dispatch.pk)])[dispatch.pk]
    told = [(line.title, line.said) for line in story.of(dispatch, done)]
    assert told[:3] == [
        ("Widerruf eingegangen", ""),
        ("Antwort per E-Mail", "Ist der Keller trocken?"),
        ("Besichtigung gewünscht", NOTE),
    ]
    (entry,) = history.of_contact(dispatch.contact).entries
    assert entry.thing == dispatch
    stories = history.of_contact(dispatch.contact).stories[dispatch.pk]
    assert [line.said for line in stories[:3]] == [said for _title, said in told[:3]]


def test_a_mail_that_failed_is_a_line_of_its_own_and_says_which() -> None:
    dispatch = a_dispatch()
    mail = notice_of(dispatch)
    end(mail, begin(mail), AttemptOutcome.REFUSED, "550 5.1.1 no such user")
    told = story.of(dispatch)
    assert [(line.title, line.tone) for line in told] == [
        ("Nicht angekommen: Mitteilung mit Link", Tone.BAD),
        ("Sendung angelegt, noch nicht beim Mailserver", Tone.PLAIN),
    ]
    assert {entry.kind for entry in told[0].entries} == {
        E.RELAY_TO_NON_ERDS_FAILURE,
        E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE,
    }


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_kind_of_event_is_left_out_and_each_has_words(language: str) -> None:
    """Also of a kind that comes later: what stands in no table is a line by itself."""
    begun = datetime(2026, 11, 29, 12, tzinfo=UTC)
    with translation.override(language):
        for kind in E:
            for purpose in ("", *Purpose):
                for machine in (True, False):
                    data = {"purpose": purpose or Purpose.NOTICE, "machine": machine, "what": "expose"}
                    entries = [
                        TimelineEntry(begun + n * timedelta(hours=1), kind, "Titel", "", Tone.PLAIN, True, data)
                        for n in range(2)
                    ]
                    told = story.told(entries)
                    assert sum(len(line.entries) for line in told) == 2, kind
                    assert all(line.title for line in told), kind


def test_every_chapter_of_the_table_has_words() -> None:
    spoken_of = {row.chapter for row in TOLD} | LOOKS
    assert {*CHAPTERS.values(), *MAILS.values()} <= spoken_of
    assert all(
        kind in CHAPTERS or kind.value.startswith(("Delivery", "Relay", "Notif")) for row in TOLD for kind in row.kinds
    )


def test_two_hundred_looks_are_one_line() -> None:
    dispatch = a_dispatch()
    for _ in range(200):
        happened(dispatch, E.NOTIFICATION_ACCESS_TRACKING, machine=False)
    told = story.of(dispatch)
    assert [line.times for line in told] == [200, 1]
    assert timezone.now() - told[0].at < timedelta(minutes=1)
