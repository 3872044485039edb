"""The look that follows a recipient's own form is no opening; a mark used twice, old or forged changes nothing."""

import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.support.lane import a_lane
from tests.support.lane import see as look
from tests.support.office import a_contact, a_dispatch, an_agent, an_office, the_guard_says, token_of

from siegelpost.dispatch import links
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send import registered
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.log import Row
from siegelpost.office.models import Language
from siegelpost.web import return_path

pytestmark = pytest.mark.django_db(transaction=True)
See = Callable[[str], list[str]]


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> See:
    """Look at an address through the real lane; gives the kinds of the events that were written."""
    written: list[Row] = []

    an_office()
    the_guard_says(True, monkeypatch)
    lane = a_lane(monkeypatch, written.append)

    def seen(address: str) -> list[str]:
        written.clear()
        assert look(lane, address)[0] == 200
        return [row.kind for row in written]

    return seen


def press(token: str, act: str, **fields: str) -> str:
    """Send a form of the page; gives the address that the answer leads to."""
    dispatch = links.find(token)
    given = {"stamp": links.stamp(str(dispatch.public_id), dispatch.page), **fields}
    answer = Client().post(f"/s/{token}/{act}", given, secure=True, headers={"host": "office.test"})
    assert answer.status_code == 303
    return answer.headers["Location"]


def a_registered_mail() -> str:
    letter = RegisteredLetter(
        [a_contact()], "Kündigung", "hiermit", Language.GERMAN, hidden=False, days=7, remind_every=0
    )
    (sent,) = registered.send(an_agent(), letter, batch=uuid.uuid4())
    return token_of(sent.dispatch)


def test_the_page_after_a_refusal_is_no_new_opening(see: See) -> None:
    """Each refusal was followed, in the same second, by "link opened, perhaps by a program"."""
    token = a_registered_mail()
    assert see(f"/s/{token}/") == ["NotificationAccessTracking"]
    address = press(token, "ablehnen/", sure="on")
    assert links.find(token).state == DispatchState.REFUSED
    assert see(address) == []
    # Reloaded, passed on, found in a history: a look like any other.
    assert see(address) == ["NotificationAccessTracking"]
    assert see(f"/s/{token}/") == ["NotificationAccessTracking"]


def test_the_page_after_an_order_that_waits_is_no_new_opening(see: See) -> None:
    token = token_of(a_dispatch())
    address = press(token, "", name="Mara Berger")
    assert Dispatch.objects.get().state == DispatchState.WAITING
    assert see(address) == []


def test_what_is_shown_of_the_content_is_recorded_all_the_same(see: See) -> None:
    token = token_of(a_dispatch())
    address = press(token, "", name="Mara Berger", begin_early="on", knows_loss="on")
    assert Dispatch.objects.get().state == DispatchState.OPEN
    assert see(address) == ["ContentHandover"]


def test_a_mark_that_is_old_forged_or_of_another_link_counts_for_nothing(
    see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, other = a_registered_mail(), token_of(a_dispatch())
    address = press(token, "ablehnen/", sure="on")
    mark = urlsplit(address).query
    opened = ["NotificationAccessTracking"]
    assert see(f"/s/{other}/?{mark}") == opened
    for wrong in ("", "nach=", "nach=1.2.3", "nach=%FF", f"{mark}0", mark[:-1], mark.replace("nach=1", "nach=2")):
        assert see(f"/s/{token}/?{wrong}") == opened, wrong
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + return_path.HOLDS + 2)
    assert see(address) == opened


def test_whoever_only_looks_at_the_address_of_a_form_gets_no_mark(see: See) -> None:
    token = a_registered_mail()
    answer = Client().get(f"/s/{token}/ablehnen/", secure=True, headers={"host": "office.test"})
    assert answer.headers["Location"] == f"/s/{token}/"
