"""Folders of the intake that this server may not use: told once, and nobody else waits for them."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.estates.intake.scene import (
    administrator,
    an_account,
    came,
    empty_folders,
    flats,
    hurry,
    package,
    put,
    rounds,
)

from siegelpost.estates.imports import job
from siegelpost.estates.intake import accounts, arrivals, box
from siegelpost.estates.intake_models import Arrival, IntakeAccount
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate
from siegelpost.toolbox.durable import private_folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    empty_folders()
    hurry(monkeypatch)
    yield
    empty_folders()
    job.stopping.clear()


@pytest.fixture
def account() -> IntakeAccount:
    return an_account()[0]


def titles() -> set[str]:
    return set(Estate.objects.filter(status=Status.ACTIVE).values_list("title", flat=True))


def folder(account: IntakeAccount) -> Path:
    return arrivals.box_of(account).root


def _shut(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this folder were another user's, who lets others list it and no more. (Root may do all.)"""

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def tried(path: Path, *args: object, **kwargs: object) -> object:
            if place in Path(path).parents:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(path, *args, **kwargs)

        return tried

    for act in ("lstat", "stat", "is_file", "open", "unlink", "rename"):
        monkeypatch.setattr(Path, act, refusing(getattr(Path, act)))
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != place and allowed(path, mode))


def test_a_folder_of_another_user_is_told_once_and_holds_up_nobody(
    account: IntakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended every round of every account, and nobody heard why nothing came any more."""
    other = an_account(name="Haus & Web")[0]
    put(account, "a.zip", package(flats("A")))
    put(account, "b/b.zip", package(flats("B")))
    put(other, "c.zip", package(flats("C")))
    monkeypatch.setattr(arrivals, "PATIENCE", -1)
    with monkeypatch.context() as shut:
        _shut(folder(account) / "b", shut)
        rounds()
        assert titles() == {"Haus A", "Haus C"}
        assert [row for row in came() if row[1] == "refused"] == [("b", "refused")]
    put(account, "d.zip", package(flats("D")))
    with monkeypatch.context() as shut:
        _shut(folder(account), shut)
        put(other, "e.zip", package(flats("E")))
        rounds()
        assert titles() == {"Haus A", "Haus C", "Haus E"}
        assert sorted(row for row in came() if row[1] == "refused") == [("b", "refused"), (account.login, "refused")]
    told = Arrival.objects.get(name=account.login).why["de"]
    assert "gehört einem anderen Benutzer" in told
    rounds(5)
    assert titles() == {"Haus A", "Haus B", "Haus C", "Haus D", "Haus E"}


def test_a_folder_that_cannot_even_be_made_is_told_once_and_holds_up_nobody(
    account: IntakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = an_account(name="Haus & Web")[0]

    def forbidden(place: Path) -> None:
        if place.name == account.login:
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        private_folder(place)

    put(other, "c.zip", package(flats("C")))
    monkeypatch.setattr(box, "private_folder", forbidden)
    rounds()
    assert titles() == {"Haus C"}
    assert sorted(came()) == sorted([("c.zip", "done"), (account.login, "refused")])
    accounts.revoke(account, by=administrator())
    arrivals.forget_old()


def test_a_disk_that_fails_for_one_holds_up_nobody(account: IntakeAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    other = an_account(name="Haus & Web")[0]
    put(account, "a.zip", package(flats("A")))
    put(other, "c.zip", package(flats("C")))
    broken = folder(account)

    def files(self: box.Box) -> Iterator[Path]:
        if self.root == broken:
            raise OSError(errno.EIO, "Input/output error")
        yield from self.root.iterdir()

    monkeypatch.setattr(box.Box, "files", files)
    rounds()
    assert titles() == {"Haus C"}
