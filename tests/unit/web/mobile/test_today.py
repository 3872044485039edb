"""*Heute* with what waits there."""

import uuid

import pytest
from django.test import Client
from tests.support.office import a_letter, an_agent, an_office, the_guard_says

from siegelpost.dispatch.sending import send


@pytest.mark.django_db
def test_it_opens_while_a_dispatch_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answered 500 as soon as one was: the very page that is to tell of it."""
    an_office()
    agent = an_agent()
    the_guard_says(False, monkeypatch)
    send(agent, a_letter(subject="Wartet auf das Zertifikat"), public_id=uuid.uuid4(), hold=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(agent)
    answer = client.get("/today/now/", secure=True)
    assert answer.status_code == 200
    assert "Wartet auf das Zertifikat" in answer.content.decode()
