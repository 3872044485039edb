"""An account of a program, its folder, and rounds of the server."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from tests.support.office import an_agent
from tests.unit.estates import transfers as t

from siegelpost.estates.imports import job
from siegelpost.estates.intake import accounts, arrivals
from siegelpost.estates.intake.box import Sender
from siegelpost.estates.intake_models import Arrival, Handling, IntakeAccount
from siegelpost.office.models import Agent, Role
from siegelpost.settings import load

FROM = Sender("https", "192.0.2.7")


def empty_folders() -> None:
    for folder in (load().data / "intake", load().data / "imports", load().data / "run" / "intake"):
        shutil.rmtree(folder, ignore_errors=True)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to lie still: what is tried here is not how long."""
    monkeypatch.setattr(arrivals, "QUIET", -1)
    monkeypatch.setattr(arrivals, "QUIET_FOLDER", -1)


def administrator() -> Agent:
    return Agent.objects.filter(role=Role.ADMINISTRATOR).first() or an_agent(role=Role.ADMINISTRATOR)


def an_account(**fields: Any) -> tuple[IntakeAccount, str]:
    """An account, and its password."""
    account = IntakeAccount(**{"name": "Makler Plus", "handling": Handling.AT_ONCE} | fields)
    return account, accounts.create(account, by=administrator())


def put(account: IntakeAccount, name: str, content: bytes) -> None:
    arrivals.box_of(account).place(io.BytesIO(content), name, FROM)


def package(xml: bytes, files: Mapping[str, bytes] | None = None) -> bytes:
    """A ZIP of the document and what belongs to it; of the same it is the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {"openimmo.xml": xml, **(files or {})}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def rounds(number: int = 3) -> None:
    """The jobs process has so many turns."""
    for _ in range(number):
        arrivals.round_()
        job.round_()
    arrivals.round_()


def came() -> list[tuple[str, str]]:
    """Name and state of everything that came, the first first."""
    return list(Arrival.objects.order_by("pk").values_list("name", "state"))


def flats(*numbers: str, scope: str = "TEIL", stamp: str = "", anid: str = "ANID-1", title: str = "Haus") -> bytes:
    """A transfer of flats with these numbers; ``stamp`` is when it says that it was made."""
    content = t.document(t.provider(*(t.estate(n, title=f"{title} {n}") for n in numbers), anid=anid), scope=scope)
    return (
        content.replace(b"<uebertragung ", b'<uebertragung timestamp="' + stamp.encode() + b'" ') if stamp else content
    )
