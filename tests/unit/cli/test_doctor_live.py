"""``siegelpost doctor`` and a running server: exit status, words and JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.support.pki import Authority, Certificate, self_signed
from tests.support.strange_servers import context_for, over_tcp, over_tls, serving

from siegelpost.cli import main
from siegelpost.settings import load

ROOT = Authority.root()


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("SIEGELPOST_DATA", str(tmp_path))
        changed.setenv("SIEGELPOST_RESOLVE", '{"expose.test": "127.0.0.1"}')
        load.cache_clear()
        yield
    load.cache_clear()


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], catch_exceptions=False)


def served(certificate: Certificate, root: Path, *arguments: str) -> Result:
    root.write_text(ROOT.pem)
    with serving(over_tls(context_for(certificate))) as server:
        return doctor(f"expose.test:{server.port}", "--root", str(root), *arguments)


def test_fine_is_0(tmp_path: Path) -> None:
    result = served(ROOT.intermediate().issue("expose.test"), tmp_path / "root.pem")
    assert result.exit_code == 0
    assert result.output.startswith("expose.test: kein Empfänger sieht eine Warnung.")
    assert "Ausgestellt auf expose.test: ja." in result.output


def test_would_warn_is_1(tmp_path: Path) -> None:
    result = served(self_signed("expose.test"), tmp_path / "root.pem", "--lang", "en")
    assert result.exit_code == 1
    assert "ERR_CERT_AUTHORITY_INVALID" in result.output
    assert "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT" in result.output
    assert "\nWhat to do:\n  1. " in result.output


def test_could_not_tell_is_2() -> None:
    with serving(over_tcp(b"")) as gone:
        port = gone.port
    assert doctor(f"127.0.0.1:{port}").exit_code == 2
    assert doctor("https://").exit_code == 2


def test_json(tmp_path: Path) -> None:
    result = served(self_signed("expose.test"), tmp_path / "root.pem", "--json")
    assert result.exit_code == 1
    found = json.loads(result.output)
    assert found["verdicts"]["chromium"]["code"] == "ERR_CERT_AUTHORITY_INVALID"
    assert found["verdicts"]["firefox"]["ok"] is False
    assert found["addresses"][0]["address"] == "127.0.0.1"


def test_without_a_name_this_installation_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = ROOT.intermediate().issue("expose.test")
    root = tmp_path / "root.pem"
    root.write_text(ROOT.pem)
    with serving(over_tls(context_for(certificate))) as server:
        monkeypatch.setenv("SIEGELPOST_PUBLIC_URL", f"https://expose.test:{server.port}")
        monkeypatch.setenv("SIEGELPOST_PORT", str(server.port))
        monkeypatch.setenv("SIEGELPOST_TRUST_ROOTS", json.dumps([str(root)]))
        load.cache_clear()
        result = doctor("--json")
    assert result.exit_code == 0
    assert "port_open_here" in {finding["id"] for finding in json.loads(result.output)["findings"]}
