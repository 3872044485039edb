"""``siegelpost cert``: judged before it is stored, activated and taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.support.pki import Authority, Certificate

from siegelpost.cli import main
from siegelpost.settings import load

ROOT = Authority.root()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "root.pem").write_text(ROOT.pem)
    with monkeypatch.context() as changed:
        changed.setenv("SIEGELPOST_DATA", str(tmp_path))
        changed.setenv("SIEGELPOST_PUBLIC_URL", "https://expose.test")
        changed.setenv("SIEGELPOST_TRUST_ROOTS", json.dumps([str(tmp_path / "root.pem")]))
        load.cache_clear()
        yield
    load.cache_clear()


def cert(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["cert", *arguments], catch_exceptions=False)


def given(folder: Path, certificate: Certificate) -> str:
    file = folder / "given.pem"
    file.write_text(certificate.chain_pem + certificate.key_pem)
    return str(file)


def served() -> list[str]:
    shown = json.loads(cert("status", "--json").output)
    return [each["id"] for each in shown["certificates"] if each["served"]]


def test_import_activate_rollback(tmp_path: Path) -> None:
    first = cert("import", "--activate", given(tmp_path, ROOT.intermediate().issue("expose.test")))
    assert first.exit_code == 0, first.output
    before = served()
    assert len(before) == 1
    assert cert("import", given(tmp_path, ROOT.intermediate().issue("expose.test", key="rsa2048"))).exit_code == 0
    assert served() == before
    [new] = {each["id"] for each in json.loads(cert("status", "--json").output)["certificates"]} - set(before)
    assert cert("activate", new).exit_code == 0
    assert served() == [new]
    assert cert("rollback").exit_code == 0
    assert served() == before


def test_another_name_is_refused_and_nothing_stored(tmp_path: Path) -> None:
    result = cert("import", "--activate", given(tmp_path, ROOT.intermediate().issue("other.test")))
    assert result.exit_code == 1
    assert "Nothing was changed" in result.output
    assert "no certificate" in cert("status").output


def test_unknown_id() -> None:
    assert cert("activate", "nothing").exit_code == 1
