"""The keys by which programs know the SFTP door."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.unit.estates.intake.scene import administrator, an_account

from siegelpost.estates.intake import accounts
from siegelpost.estates.intake_models import Way
from siegelpost.portal.sftp import host_keys

pytestmark = pytest.mark.django_db


def told(data: Path) -> list[str]:
    """The files of which the log says that they were gone."""
    with capture_logs() as lines:
        host_keys(data, are_known=lambda: accounts.came_by(Way.SFTP))
    return [Path(line["key"]).name for line in lines if line["log_level"] == "warning"]


def test_a_key_that_is_gone_is_told_where_programs_know_it(tmp_path: Path) -> None:
    account, _ = an_account()
    assert told(tmp_path) == [], "nobody has come yet"
    accounts.note_use(account, Way.SFTP, "192.0.2.7")
    assert told(tmp_path) == [], "they are there"
    (tmp_path / "sftp" / "host-ssh-ed25519").unlink()
    assert told(tmp_path) == ["host-ssh-ed25519"]
    assert told(tmp_path) == []


def test_who_came_another_way_or_comes_no_more_knows_no_key() -> None:
    account, _ = an_account()
    accounts.note_use(account, Way.HTTPS, "192.0.2.7")
    assert not accounts.came_by(Way.SFTP)
    account.arrivals.create(name="a.zip", way=Way.SFTP, size=1, sha256="")
    assert accounts.came_by(Way.SFTP)
    accounts.revoke(account, by=administrator())
    assert not accounts.came_by(Way.SFTP)
