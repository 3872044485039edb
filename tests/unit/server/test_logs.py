"""What log lines may say."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.test import Client
from django.urls import get_resolver
from tests.support.office import an_office

from siegelpost.server import logs
from siegelpost.settings import load
from siegelpost.web.secret_addresses import routes

TOKEN = "gE7yqk0sG2Jx-_9sQW3hZt5uVb1LpXcA"
SECRET = sorted({route for route in routes() if "<secret:" in route})


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the server's own logging writes."""
    root, written = logging.getLogger(), StringIO()
    before, level = root.handlers[:], root.level
    logs.configure(load())
    logs.secrets.learn()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:], root.level, logging.raiseExceptions = before, level, True
    structlog.reset_defaults()


def address(route: str, token: str = TOKEN) -> str:
    head, _, rest = route.partition("<secret:")
    return f"/{head}{token}{rest.partition('>')[2]}"


@pytest.mark.parametrize("route", SECRET)
@pytest.mark.parametrize(
    "shape", ["{}", "https://a.test{}?x=1", "/account/login/?next={}", "'{}'", '<a href="{}">', "{}beyond/"]
)
def test_every_secret_address_is_blotted_wherever_it_stands(route: str, shape: str, lines: StringIO) -> None:
    """Links of hand-overs, consents and calendars stood in logs in clear: a list kept apart from the addresses."""
    said = shape.format(address(route))
    log = structlog.get_logger("x")
    log.warning(f"Internal Server Error: {said}", path=said, within={"deep": [said]})
    log.warning("encoded", path=said.replace("/", "%2F"))
    try:
        raise ValueError(f"no such thing: {said}")
    except ValueError:
        log.exception("it failed")
        logging.getLogger("django.request").exception("Forbidden: %s", said)
    found = lines.getvalue()
    assert found.count("…") >= 7
    assert TOKEN not in found
    assert "ValueError" in found


@pytest.mark.django_db
@pytest.mark.parametrize("route", SECRET)
def test_no_refused_request_tells_the_secret_in_log_header_or_page(route: str, lines: StringIO) -> None:
    """A form without cookie, as link scanners send it, wrote the hand-over link into the log."""
    an_office()
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    for path in (address(route), address(route) + "nothing-here/"):
        for method in ("get", "post", "put", "delete"):
            answer = getattr(client, method)(path, secure=True, headers={"referer": "https://evil.test/"})
            own = answer.headers.get("location", "").startswith(f"/{route.partition('<')[0]}{TOKEN}/")  # its own page
            assert own or TOKEN not in str(answer.headers) + answer.content.decode(), (method, answer.status_code)
            assert answer.headers.get("referrer-policy") in {"same-origin", "no-referrer"}
    client.get(address(route), secure=True, headers={"host": "bad host"})
    assert TOKEN not in lines.getvalue()


def test_a_line_that_cannot_be_written_is_not_written_elsewhere_in_clear(
    lines: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """The library's own report of a line that could not be written shows it as it was said."""
    lines.close()
    logging.getLogger("x").error("Forbidden: %s", address("s/<secret:token>/"))
    assert TOKEN not in capsys.readouterr().err


def test_before_the_routes_are_known_whatever_could_be_a_token_is_blotted() -> None:
    blot = type(logs.secrets)()
    assert TOKEN not in blot(None, "error", f"https://a.test/handover/{TOKEN}/ failed")
    kept = "GET /dispatches/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f/ ok"
    assert blot(None, "error", kept) == kept


def test_addresses_that_are_no_secret_stay_readable(lines: StringIO) -> None:
    kept = "/dispatches/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f/ /settings/texts/imprint/de/ /widerruf/ /s/"
    structlog.get_logger("x").warning(kept)
    assert kept in lines.getvalue()
    assert get_resolver()


def test_what_strangers_cause_at_will_is_one_short_line() -> None:
    """A forged Host field left thirteen lines for each request."""
    forged = {"event": "Invalid HTTP_HOST header: " + "x" * 5000, "logger": "django.security.DisallowedHost"}
    said = logs.shorten(None, "error", {**forged, "exc_info": True})
    assert "exc_info" not in said
    assert len(said["event"]) == 200
    ours = {"event": "a job failed", "logger": "siegelpost.server.jobs", "exc_info": True}
    assert logs.shorten(None, "error", dict(ours)) == ours


def test_of_libraries_only_what_is_wrong_is_said(lines: StringIO) -> None:
    """The port for incoming mail wrote each sender and recipient into the log, which outlives their erasure."""
    logging.getLogger("mail.log").info("sender: vera@schweigerin.test")
    logging.getLogger("mail.log").warning("unrecognised: VERA@SCHWEIGERIN.TEST")
    logging.getLogger("some.library").warning("something is wrong")
    structlog.get_logger("siegelpost.x").info("ours")
    assert "schweigerin" not in lines.getvalue().lower()
    assert "something is wrong" in lines.getvalue()
    assert "ours" in lines.getvalue()
