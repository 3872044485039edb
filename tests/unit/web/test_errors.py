"""While all writing is stopped (a database that was wound back, a key that is gone) nobody is told what is not so."""

import pytest
from django.test import Client
from tests.support import lane as lanes
from tests.support.fates import ALL, CLIENT, stamp_of
from tests.support.office import a_contact, a_dispatch, an_agent, an_office, the_guard_says, token_of

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.recipient.declarations import Form, declare
from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt

pytestmark = pytest.mark.django_db
SORRY = ("Das geht im Moment nicht", "Es wurde nicht gespeichert", "This is not possible at the moment")


def halted() -> None:
    halt.halt("ledger", UnsafeError("Die Datenbank ist älter.", "The database is older."))


@pytest.fixture
def office_page() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(password="vier Wörter sind genug"))
    return client


def test_nothing_that_is_sent_is_taken_in_not_even_what_needs_no_event(office_page: Client) -> None:
    """A contact has no event: it was stored in a database that would be put away an hour later."""
    halted()
    fields = {"salutation": "ms", "last_name": "Berger", "language": "de", "email": "mara@berger.test"}
    answer = office_page.post("/contacts/new/", fields, secure=True)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert all(words in answer.content.decode() for words in SORRY)
    assert not Contact.objects.filter(last_name="Berger").exists()
    halt.lift("ledger")
    assert office_page.post("/contacts/new/", fields, secure=True).status_code != 503


def test_the_office_reads_on_and_every_page_says_so(office_page: Client) -> None:
    a_contact()
    assert "nimmt gerade nichts an" not in office_page.get("/contacts/", secure=True).content.decode()
    halted()
    answer = office_page.get("/contacts/", secure=True)
    assert answer.status_code == 200
    assert "nimmt gerade nichts an und verschickt nichts" in answer.content.decode()


def test_who_is_to_mend_it_can_come_in() -> None:
    """The cause stands on a page behind the sign-in."""
    an_office()
    halted()
    answer = Client().post("/account/login/", {"login": "nobody@office.test", "password": "wrong"}, secure=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["antwort/", "widerruf/"])
def test_a_recipients_answer_is_refused_with_what_to_do(path: str) -> None:
    halted()
    answer = Client().post(f"/s/{'x' * 43}/{path}", {"answer": "yes"}, secure=True)
    assert answer.status_code == 503
    assert "schreiben Sie dem Büro eine E-Mail" in answer.content.decode()


def refusing(row: object) -> None:
    halt.refuse_if_halted()


@pytest.mark.django_db(transaction=True)
def test_the_lane_shows_no_page_hands_nothing_over_and_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document left whole, and only then it was found that its handing over could not be written down."""
    an_office()
    the_guard_says(True, monkeypatch)
    dispatch = a_dispatch()
    token = token_of(dispatch)
    lane = lanes.a_lane(monkeypatch, refusing)
    assert lanes.see(lane, "/health/ready") == (200, b"ok\n")
    assert lanes.see(lane, f"/s/{token}/")[0] == 200
    halted()
    status, text = lanes.see(lane, "/health/ready")
    assert status == 503
    assert text.startswith(b"halted")
    assert lanes.see(lane, "/health/live")[0] == 200, "it is not to be restarted for it"
    assert_refused(lanes.see(lane, f"/s/{token}/"))
    halt.lift("ledger")

    declare(token, Form(stamp_of(dispatch), "Mara Berger", ALL), CLIENT)
    assert b"Altbauwohnung" in lanes.see(lane, f"/s/{token}/")[1]
    assert lanes.see(lane, f"/s/{token}/expose.pdf")[0] == 200
    halted()
    for path in ("", "expose.pdf"):
        assert_refused(lanes.see(lane, f"/s/{token}/{path}"))


def assert_refused(answer: tuple[int, bytes]) -> None:
    status, page = answer
    assert status == 503
    assert all(words in page.decode() for words in SORRY)


def test_whoever_is_signed_in_reads_of_a_mistake_in_their_own_language() -> None:
    """In a browser set to English a German agent met English pages for what is not there."""
    an_office()
    client = Client(enforce_csrf_checks=True)
    client.force_login(an_agent(language="de"))
    english = {"Accept-Language": "en"}
    assert '<html lang="de"' in client.get("/nowhere/", secure=True, headers=english).content.decode()
    refused = client.post("/contacts/new/", {}, secure=True, headers=english)
    assert refused.status_code == 403
    assert '<html lang="de"' in refused.content.decode()
    assert '<html lang="en"' in Client().get("/nowhere/", secure=True, headers=english).content.decode()
