"""OpenImmo on the office's pages: from the upload to what was done, and what each button answers."""

import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.office import an_agent, an_office
from tests.support.uploads import clear, files
from tests.unit.estates import transfers as t

from siegelpost.estates.imports import job, spool
from siegelpost.estates.models import Estate, Import
from siegelpost.office.models import Agent

pytestmark = pytest.mark.django_db
START = "/estates/import/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_uploaded() -> Iterator[None]:
    clear()
    yield
    clear()


@pytest.fixture
def agent() -> Agent:
    an_office()
    return an_agent(password="vier Wörter sind genug")


@pytest.fixture
def client(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def uploaded(client: Client, content: bytes | None = None, name: str = "objekte.xml") -> str:
    """The address that the upload leads to."""
    content = content or t.document(t.provider(t.estate("A"), t.estate("B", action="EXPLODE")))
    response = client.post(START, {"file": SimpleUploadedFile(name, content)}, secure=True)
    assert response.status_code == 302
    return response.headers["Location"]


def text(client: Client, address: str) -> str:
    return client.get(address, secure=True).content.decode()


def test_from_the_upload_to_what_was_done(client: Client) -> None:
    address = uploaded(client)
    page = text(client, address)
    assert "Die Datei wird geprüft" in page
    assert '<meta http-equiv="refresh"' in page
    job.round_()
    page = text(client, address)
    assert "Das würde sich ändern" in page
    assert "refresh" not in page
    assert not Estate.objects.exists()

    assert client.post(f"{address}confirm/", secure=True).headers["Location"] == address
    assert "Wird importiert" in text(client, address)
    job.round_()
    page = text(client, address)
    estate = Estate.objects.get()
    assert re.search(r"<h1>\s*Importiert\s*</h1>", page)
    assert f'href="/estates/{estate.public_id}/"' in page
    assert "nicht übernommen" in page
    assert files() == []
    # It is found again from the properties, and beside the others.
    assert address in text(client, "/estates/")
    assert address in text(client, START)


def test_the_bar_goes_on_by_itself_and_the_page_is_another_at_the_next_step(client: Client) -> None:
    address = uploaded(client)
    bar = client.get(f"{address}?state=reading", secure=True, headers=HTMX)
    assert "<progress" in bar.content.decode()
    assert "<html" not in bar.content.decode()
    job.round_()
    next_step = client.get(f"{address}?state=reading", secure=True, headers=HTMX)
    assert (next_step.status_code, next_step.headers["HX-Refresh"]) == (204, "true")


def test_what_is_no_openimmo_is_refused_with_its_reason(client: Client) -> None:
    address = uploaded(client, b"<html>")
    job.round_()
    page = text(client, address)
    assert "Es hat sich nichts geändert" in page
    assert 'role="alert"' in page
    assert files() == []


def test_thrown_away_nothing_is_left(client: Client) -> None:
    address = uploaded(client)
    job.round_()
    page = client.post(f"{address}cancel/", secure=True, follow=True).content.decode()
    assert "Es wurde nichts verändert" in page
    assert files() == []
    assert address not in text(client, "/estates/")
    assert "Verworfen" in text(client, address)
    # The other tab, in which the preview is still open.
    page = client.post(f"{address}confirm/", secure=True, follow=True).content.decode()
    assert "Inzwischen ist es anders" in page
    assert not Estate.objects.exists()


def test_no_file_or_one_that_is_too_large_is_said_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post(START, secure=True).status_code == 422
    monkeypatch.setattr(spool, "LARGEST", 10)
    for headers in ({}, {"X-One-By-One": "1"}):
        file = SimpleUploadedFile("t.xml", b"eleven byte")
        response = client.post(START, {"file": file}, secure=True, headers=headers)
        assert response.status_code == 422
        assert "größer als 512 MiB" in response.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("act", ["", "confirm/", "cancel/", "again/"])
def test_an_import_that_is_not_there_is_not_found(act: str, client: Client) -> None:
    address = f"{START}00000000-0000-0000-0000-000000000000/{act}"
    assert (client.post if act else client.get)(address, secure=True).status_code == 404


def test_a_page_asks_so_much_however_much_is_brought_in(client: Client) -> None:
    """Also a long one is shown in parts."""
    few = uploaded(client, t.document(t.provider(*(t.estate(str(number)) for number in range(3)))))
    many = uploaded(client, t.document(t.provider(*(t.estate(str(number)) for number in range(70)))))
    asked = {}
    for step in ("reading", "ready"):
        for address in (few, many):
            text(client, address)
            with CaptureQueriesContext(connection) as queries:
                page = text(client, address)
            asked[step, address] = len(queries)
        job.round_()
    assert 'rel="next"' in page
    assert asked == {
        ("reading", few): 12,
        ("reading", many): 12,
        ("ready", few): 14,
        ("ready", many): 14,
    }
