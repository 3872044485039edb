"""The recipient's acts as requests: where forms may come from, and who can keep whom from withdrawing."""

import pytest
from django.test import Client as Browser
from tests.support.office import a_dispatch, an_office, the_guard_says, token_of

from siegelpost.dispatch import links
from siegelpost.dispatch.declaring import Client, Form, declare
from siegelpost.dispatch.models import Declaration, Withdrawal
from siegelpost.web import throttle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


@pytest.mark.parametrize("origin", ["null", "https://evil.test", "http://[", "https://localhost@evil.test", "x"])
def test_a_form_from_elsewhere_or_from_nowhere_sensible_is_refused(origin: str) -> None:
    token = token_of(a_dispatch())
    answer = Browser(headers={"host": "localhost"}).post(f"/s/{token}/", headers={"origin": origin}, secure=True)
    assert answer.status_code == 403
    assert not Declaration.objects.exists()


def test_strangers_cannot_keep_a_recipient_from_withdrawing() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset())
    declare(token, form, Client("203.0.113.7", "Mozilla/5.0"))
    for _ in range(throttle.WITHDRAW_TO_ADDRESS.most):
        throttle.spend(throttle.WITHDRAW_TO_ADDRESS, "mara@berger.test")
    answer = Browser(headers={"host": "localhost"}).post(
        f"/s/{token}/widerruf/",
        {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject},
        secure=True,
    )
    assert answer.status_code == 200
    assert Withdrawal.objects.get().dispatch == dispatch
