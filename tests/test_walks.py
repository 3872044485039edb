"""The three walks of ``docs/architecture.md``: each is walked as it is written there, and its figures are right."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest
from django.test import Client as Browser
from tests.support import mailing
from tests.support.fake_acme import fake_acme
from tests.support.office import a_dispatch, an_office, the_guard_says, token_of
from tests.support.smtp import mailbox

from siegelpost.dispatch import links
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.outgoing import delivery
from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.plan import Challenge, Plan, save_plan
from siegelpost.tls.store import Store

ROOT = Path(__file__).parent.parent
SOURCE = f"{ROOT}/src/siegelpost/"
WALK = re.compile(
    r"^\*\*(An? \w+)\*\*: (\d+) rooms, (\d+) returns?, (\d+) files.*?\n\n((?:\d+\. `[\w/.]+::\w+`\n)+)", re.MULTILINE
)


def walks() -> dict[str, tuple[list[str], tuple[int, int, int]]]:
    """Steps and figures of each walk."""
    found = WALK.findall((ROOT / "docs/architecture.md").read_text())
    return {
        name: (re.findall(r"`(.+)`", steps), (int(rooms), int(returns), int(files)))
        for name, rooms, returns, files, steps in found
    }


@contextmanager
def called() -> Iterator[list[str]]:
    """What is called of ours meanwhile in this thread, by file and function, or class."""
    calls: list[str] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        file, name = frame.f_code.co_filename, frame.f_code.co_qualname
        if event == "call" and file.startswith(SOURCE):
            calls.append(f"{file.removeprefix(SOURCE)}::{name.partition('.')[0]}")

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def not_walked(name: str, calls: list[str]) -> list[str]:
    """The steps from the first that was not taken in its turn."""
    rest = iter(calls)
    steps = walks()[name][0]
    return next((steps[number:] for number, step in enumerate(steps) if step not in rest), [])


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def test_the_figures_are_those_of_the_steps() -> None:
    assert list(walks()) == ["A declaration", "A mail", "A certificate"]
    for name, (steps, figures) in walks().items():
        rooms = [step.partition("/")[0] for step in steps]
        entered = [room for room, before in zip(rooms, ["", *rooms], strict=False) if room != before]
        files = {step.partition("::")[0] for step in steps}
        assert figures == (len(set(rooms)), len(entered) - len(set(rooms)), len(files)), name


def test_a_declaration_goes_this_way(office: None) -> None:
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    ticked = {kind.value: "on" for kind in DeclarationKind}
    with called() as calls:
        form = {"stamp": stamp, "name": "Mara Berger", **ticked}
        Browser(headers={"host": "localhost"}).post(f"/s/{token}/", form, secure=True)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN
    assert not_walked("A declaration", calls) == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_goes_this_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(True, monkeypatch)
    with mailbox(tmp_path) as mails:
        mailing.use(mails.port)
        with called() as calls:
            dispatch = a_dispatch()
            delivery.sweep()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.NOTIFIED
    assert not_walked("A mail", calls) == []


def test_a_certificate_goes_this_way(tmp_path: Path) -> None:
    store = Store(tmp_path / "tls")
    with fake_acme(tmp_path / "fake", now=lambda: datetime.now(UTC)) as fake:
        save_plan(store, Plan(("office.test",), (fake.authority,), challenges=(Challenge.HTTP_01,)))
        with called() as calls:
            assert renewal.look(store, roots=fake.roots)
    assert not_walked("A certificate", calls) == []


def test_what_is_not_walked_is_seen() -> None:
    steps = walks()["A mail"][0]
    assert not_walked("A mail", steps) == []
    assert not_walked("A mail", [*steps[:3], *steps[4:]]) == steps[3:]
    assert not_walked("A mail", [*steps[-2:], *steps[:-2]]) == steps[-2:]
