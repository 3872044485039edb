"""Pages frozen by every version: those of before stay what they are, those of a later one are refused in words."""

import pytest
from django.test import Client as Browser
from tests.support import lane
from tests.support.fates import ALL, CLIENT, stamp_of
from tests.support.office import a_dispatch, an_agent, token_of

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.checks import dispatches
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.frozen_form import FORM, NewerFormError, known
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Form, declare
from siegelpost.office.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
REFUSED = ("kann der Server gerade nicht zeigen", "The server cannot show this")


def opened() -> tuple[Dispatch, str]:
    """An exposé that was ordered, and the token of its page."""
    dispatch = a_dispatch()
    token = token_of(dispatch)
    return declare(token, Form(stamp_of(dispatch), "Mara Berger", ALL), CLIENT), token


def of_form(dispatch: Dispatch, number: object, *, name: str = "page") -> Dispatch:
    """The dispatch as a version that freezes in this form would have left it; None for no number at all."""
    frozen = {key: value for key, value in getattr(dispatch, name).items() if key != "v"}
    Dispatch.objects.filter(pk=dispatch.pk).update(**{name: frozen if number is None else frozen | {"v": number}})
    return Dispatch.objects.get(pk=dispatch.pk)


def test_what_is_frozen_says_its_form_under_its_hash() -> None:
    dispatch = a_dispatch()
    assert (dispatch.page["v"], dispatch.content["v"]) == (FORM, FORM)
    of_none = {key: value for key, value in dispatch.page.items() if key != "v"}
    assert links.canonical_sha256(of_none) != links.canonical_sha256(dispatch.page)


@pytest.mark.django_db(transaction=True)
def test_what_has_no_number_is_of_the_first_form(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch, token = opened()
    of_form(of_form(dispatch, None), None, name="content")
    status, body = lane.see(lane.a_lane(monkeypatch), f"/s/{token}/")[:2]
    assert status == 200
    assert "Gartenstraße" in body.decode()


@pytest.mark.parametrize("number", [FORM + 1, 0, "1"], ids=["newer", "zero", "a word"])
def test_another_number_is_refused_and_everything_else_is_as_it_is(number: object) -> None:
    with pytest.raises(NewerFormError):
        known({"v": number})
    others: list[object] = [{}, {"v": FORM}, {"offers": []}, [], None, "x"]
    for frozen in others:
        assert known(frozen) is frozen


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["page", "content"])
def test_a_newer_form_is_refused_on_every_page_of_the_recipient(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown by the older templates, what they do not know of would be missing without a word."""
    dispatch, token = opened()
    of_form(dispatch, FORM + 1, name=name)
    house = lane.a_lane(monkeypatch)
    for path in ("", "anlage/1") if name == "content" else ("",):
        status, body = lane.see(house, f"/s/{token}/{path}")[:2]
        assert status == 503, path
        assert all(words in body.decode() for words in REFUSED)


def test_forms_of_it_are_not_taken_and_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), stamp_of(dispatch)
    of_form(dispatch, FORM + 1)
    browser = Browser(headers={"host": "localhost"}, raise_request_exception=False)
    answer = browser.post(f"/s/{token}/", {"stamp": stamp, "name": "Mara", "begin_early": "on"}, secure=True)
    assert answer.status_code == 503
    assert all(words in answer.content.decode() for words in REFUSED)
    assert not dispatch.declarations.exists()


def test_the_office_lists_it_and_says_why_it_is_not_shown() -> None:
    dispatch, _ = opened()
    other = a_dispatch()
    of_form(dispatch, FORM + 1)
    agent = an_agent(role=Role.ADMINISTRATOR, password="vier Wörter sind genug")
    browser = Browser(headers={"host": "localhost"})
    browser.force_login(agent)
    assert browser.get("/dispatches/", secure=True).status_code == 200
    refused = browser.get(f"/dispatches/{dispatch.public_id}/", secure=True)
    assert refused.status_code == 503
    assert REFUSED[0] in refused.content.decode()
    assert browser.get(f"/dispatches/{other.public_id}/", secure=True).status_code == 200


def test_no_proof_is_made_of_it_and_the_check_names_it_and_goes_on() -> None:
    dispatch, _ = opened()
    other = a_dispatch()
    dispatch = of_form(dispatch, FORM + 1)
    Dispatch.objects.filter(pk=other.pk).update(subject="anders")
    with pytest.raises(NewerFormError):
        proof.documents(dispatch)
    found = {each.where: each.en for each in dispatches.run(lambda done, total: None)}
    assert "A newer version of Siegelpost has frozen it" in found[f"dispatch {dispatch.public_id}"]
    assert any(str(other.public_id) in where for where in found)
    schedule.slow()
    schedule.quick()


def test_nothing_is_stored_over_it() -> None:
    dispatch = of_form(a_dispatch(), FORM + 1)
    with pytest.raises(NewerFormError):
        dispatch.save()
