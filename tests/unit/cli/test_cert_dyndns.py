"""``siegelpost cert dyndns``: how it stands, with a status that scripts can read."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from siegelpost.certificates.dyndns import setup
from siegelpost.certificates.dyndns.addresses import AddressSource
from siegelpost.certificates.dyndns.record import Fault, RecordType
from siegelpost.certificates.models import DynamicRecord
from siegelpost.cli import cert_dyndns, main
from siegelpost.settings import load

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(_: Path | None) -> object:
        return load()

    monkeypatch.setattr(cert_dyndns, "start_installed", installed)


def dyndns(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["cert", "dyndns", *arguments], catch_exceptions=False)


def test_nothing_set_up_and_switched_off_are_no_fault() -> None:
    assert "nicht eingerichtet" in dyndns("status").output
    sources = {RecordType.A: AddressSource.ROUTER, RecordType.AAAA: AddressSource.OFF}
    setup.save("expose.buero.test", "desec", {"token": "secret-token"}, sources, by="x")
    said = dyndns("now")
    assert said.exit_code == 0
    assert "expose.buero.test: ausgeschaltet." in said.output
    assert "secret-token" not in said.output


def test_a_record_that_does_not_stand_right_ends_with_1() -> None:
    sources = {RecordType.A: AddressSource.ROUTER, RecordType.AAAA: AddressSource.OFF}
    setup.save("expose.buero.test", "desec", {"token": "x"}, sources, by="x")
    setup.switch(True, by="x")
    DynamicRecord.objects.create(kind="A", fault=Fault.BAD_LOGIN, looked_at=AT, detail="HTTP 401")
    said = dyndns("status", "--json")
    assert said.exit_code == 1
    [row] = json.loads(said.output)["records"]
    assert (row["type"], row["stopped"], row["looked_at"]) == ("A", True, AT.isoformat())
    assert "HTTP 401" in row["said"]
    DynamicRecord.objects.update(fault="", standing=["193.0.0.1"], address="193.0.0.1", arrived=True)
    assert dyndns("status").exit_code == 0
