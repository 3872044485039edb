"""Who the office is, for pages that belong to no dispatch: a database that does not answer says nothing of it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from siegelpost.web import office_address
from siegelpost.web.office_address import AGAIN, KEPT, OfficeAddress

OFFICE = {"name": "Muster Immobilien"}


class Scene:
    """A clock and a database that do as they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.asked = 0.0, 0
        self.answer: Any = OFFICE
        self.address = OfficeAddress()
        monkeypatch.setattr(office_address, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(office_address, "_read", self._read)

    def _read(self) -> Any:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def shown(self, later: float = 0) -> Any:
        self.now += later
        return asyncio.run(self.address.shown())


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def test_it_is_read_once_a_minute(scene: Scene) -> None:
    assert [scene.shown(), scene.shown(KEPT - 1), scene.asked] == [OFFICE, OFFICE, 1]
    scene.answer = {"name": "Neu"}
    assert scene.shown(1) == {"name": "Neu"}


def test_what_cannot_be_read_is_asked_again_soon_and_what_was_read_stands(scene: Scene) -> None:
    """An unreadable database was kept as "there is no office" for a minute."""
    scene.answer = DatabaseError("locked")
    assert [scene.shown(), scene.shown(AGAIN - 1), scene.asked] == [None, None, 1]
    scene.answer = OFFICE
    assert scene.shown(1) == OFFICE
    scene.answer = DatabaseError("locked")
    assert scene.shown(KEPT) == OFFICE
    assert scene.asked == 3


def test_who_comes_while_it_is_read_waits_for_it(scene: Scene) -> None:
    async def both() -> list[Any]:
        return list(await asyncio.gather(scene.address.shown(), scene.address.shown()))

    assert asyncio.run(both()) == [OFFICE, OFFICE]
    assert scene.asked == 1
