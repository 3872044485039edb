"""A recipient opens the link: the page comes, and it comes only with its record. On SQLite and on PostgreSQL."""

import http.client
import json
import sqlite3
import time
from pathlib import Path

import pytest
from tests.support.installations import DATABASE_FILE, Installation
from tests.support.serving import Serve

# The office, the property and the dispatch that bench/ measures with.
MAKE = """
import sys; sys.path.insert(0, {root!r})
from bench.fill import make_links
print(make_links(1)[0])
"""
# An exposé with a picture, whose gate is open.
OPEN = """
import sys; sys.path.insert(0, {root!r})
from io import BytesIO
import pytest
from PIL import Image
from siegelpost.dispatch import links
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.estates import editor
from tests.support.office import a_dispatch, an_estate, an_office, the_guard_says, token_of
an_office()
the_guard_says(True, pytest.MonkeyPatch())
Image.new("RGB", (900, 600), "teal").save(out := BytesIO(), "JPEG")
estate = an_estate()
media = editor.add_media(estate, out.getvalue(), name="haus.jpg")
dispatch = a_dispatch(estates=[estate])
token = token_of(dispatch)
form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
declare(token, form, Client("203.0.113.7", ""))
print(token, media.renditions["480"]["sha256"])
"""
EVENTS = """
import json
from siegelpost.ledger.log import openings
from siegelpost.ledger.models import Event
events = Event.objects.filter(kind__contains="AccessTracking").order_by("id")
print(json.dumps([[e.kind, json.loads(e.leaf)["data"], openings(e)["client"].value, e.leaf_index] for e in events]))
"""


@pytest.fixture
def token(installation: Installation, repository: Path) -> str:
    """The token of a dispatch that was sent."""
    return installation.python(MAKE.format(root=str(repository))).split()[-1]


def events(installation: Installation) -> list[tuple[str, dict[str, object], str, int | None]]:
    """Every opening in the ledger: kind, data, who, and its place in the tree."""
    return [tuple(event) for event in json.loads(installation.python(EVENTS))]


def test_an_opening_is_recorded_and_sealed_and_nothing_else_changes(
    serve: Serve, installation: Installation, token: str
) -> None:
    server = serve(workers=2)
    browser = "Mozilla/5.0 (iPhone) Safari/604.1"
    answer = server.get(f"/s/{token}/", User_Agent=browser)
    assert answer.status == http.client.OK
    assert "Helle Altbauwohnung" in answer.text
    assert answer.headers["cache-control"] == "no-store, private"
    assert server.request("HEAD", f"/s/{token}/", headers={"User-Agent": "LinkPreview bot"}).body == b""
    end = time.monotonic() + 15
    found = events(installation)
    while any(index is None for *_, index in found):
        assert time.monotonic() < end, "not sealed within 15 s"
        found = events(installation)
    assert [(kind, data["machine"], data["method"]) for kind, data, _, _ in found] == [
        ("NotificationAccessTracking", False, "GET"),
        ("NotificationAccessTracking", True, "HEAD"),
    ]
    assert found[0][2] == "127.0.0.0/24 Safari", "of who only looks, the network and the browser's name are enough"
    state = installation.python("from siegelpost.dispatch.models import Dispatch\nprint(Dispatch.objects.get().state)")
    assert state.split()[-1] == "notified"


def test_unknown_links_say_so_in_the_visitors_language_and_leave_no_record(
    serve: Serve, installation: Installation, token: str
) -> None:
    server = serve()
    for wrong in (token[:-1], "x", "%00", "a" * 5_000, token + "x"):
        answer = server.get(f"/s/{wrong}/")
        assert answer.status == http.client.NOT_FOUND
        assert '<html lang="de">' in answer.text
    assert '<html lang="en">' in server.get("/s/x/", Accept_Language="fr, en-GB;q=0.8, de;q=0.5").text
    assert events(installation) == []


def test_a_dispatch_whose_time_is_over_says_so(serve: Serve, installation: Installation, token: str) -> None:
    installation.python(
        "from siegelpost.dispatch.models import Dispatch\nfrom django.utils import timezone\n"
        "Dispatch.objects.update(expires_at=timezone.now())"
    )
    answer = serve().get(f"/s/{token}/")
    assert answer.status == http.client.GONE
    assert "<form" not in answer.text


def test_a_page_that_is_remembered_still_follows_the_database(
    serve: Serve, installation: Installation, token: str
) -> None:
    server = serve()
    assert server.get(f"/s/{token}/").status == http.client.OK
    installation.python("from siegelpost.dispatch.models import Dispatch\nDispatch.objects.update(state='revoked')")
    assert server.get(f"/s/{token}/").status == http.client.GONE


def test_a_picture_the_page_does_not_show_is_not_there(serve: Serve, token: str) -> None:
    server = serve()
    for name in ("0" * 64, "x", "../../siegelpost.sqlite3"):
        assert server.get(f"/s/{token}/bild/{name}.webp").status == http.client.NOT_FOUND


def test_no_page_without_its_record(serve: Serve, installation: Installation, token: str) -> None:
    if not (installation.data / DATABASE_FILE).exists():
        return  # the failure is made with SQLite's own means; what follows from it is the same code for both
    server = serve()
    server.forgive("events could not be written|Traceback|OperationalError|sqlite3|a periodic job failed")
    assert server.get(f"/s/{token}/").status == http.client.OK
    with sqlite3.connect(installation.data / DATABASE_FILE, isolation_level=None) as other:
        other.execute("ALTER TABLE ledger_event RENAME TO away")
        answer = server.get(f"/s/{token}/")
        other.execute("ALTER TABLE away RENAME TO ledger_event")
    other.close()
    assert answer.status == http.client.SERVICE_UNAVAILABLE
    assert "Altbauwohnung" not in answer.text
    assert server.get(f"/s/{token}/").status == http.client.OK
    assert len(events(installation)) == 2


def test_a_link_without_its_last_slash_leads_on_with_what_was_sent(serve: Serve, token: str) -> None:
    server = serve()
    for method in ("GET", "POST"):
        answer = server.request(method, f"/s/{token}", body=b"a=b" if method == "POST" else b"")
        assert (answer.status, answer.headers["location"]) == (308, f"/s/{token}/")


def test_a_picture_behind_the_gate_is_kept_by_no_browser(
    serve: Serve, installation: Installation, repository: Path
) -> None:
    """For a day, whoever had seen an exposé kept its pictures after it was taken back."""
    token, name = installation.python(OPEN.format(root=str(repository))).split()[-2:]
    server = serve()
    picture = f"/s/{token}/bild/{name}.webp"
    answer = server.get(picture)
    assert answer.status == http.client.OK
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "no-store, private"
    installation.python("from siegelpost.dispatch.models import Dispatch\nDispatch.objects.update(state='revoked')")
    assert server.get(picture).status == http.client.NOT_FOUND
