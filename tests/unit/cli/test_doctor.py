"""``siegelpost doctor`` for a chain that is not being served, and in batches."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from time import process_time
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result
from tests.support import pki
from tests.support.pki import Authority
from tests.unit.doctor.live.test_revocation import list_of, points

from siegelpost.cli import main
from siegelpost.settings import load

NAME = "expose.test"


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], input=given)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    root = Authority.root()
    chain, roots = tmp_path / "chain.pem", tmp_path / "root.pem"
    chain.write_text(root.intermediate().issue(NAME).chain_pem)
    roots.write_text(Authority.root("Another").pem + "words between\n" + root.pem)
    return str(chain), str(roots)


def test_fine_is_status_0(files: tuple[str, str]) -> None:
    result = run("--chain", files[0], "--name", NAME, "--root", files[1])
    assert result.exit_code == 0, result.output
    assert "Chrome: öffnet die Seite ohne Warnung." in result.output


def test_a_warning_is_status_1_with_cause_and_steps(files: tuple[str, str]) -> None:
    result = run("--chain", files[0], "--name", "other.test", "--root", files[1], "--lang", "en")
    assert result.exit_code == 1
    assert "Firefox: warns (SSL_ERROR_BAD_CERT_DOMAIN)." in result.output
    assert "1. The certificate is for: expose.test." in result.output


def test_json_has_a_verdict_for_each_browser(files: tuple[str, str]) -> None:
    result = run("--chain", files[0], "--name", NAME, "--json")
    answer = json.loads(result.output)
    assert result.exit_code == 1
    assert set(answer["verdicts"]) == {"chromium", "firefox", "safari"}
    chromium = answer["verdicts"]["chromium"]
    assert (chromium["ok"], chromium["code"]) == (False, "ERR_CERT_AUTHORITY_INVALID")
    assert chromium["cause"]
    assert len(chromium["remedy"]) >= 2
    assert [criterion["kind"] for criterion in answer["criteria"]] == ["name", "date", "authority"]


def test_the_moment_can_be_given(files: tuple[str, str]) -> None:
    later = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    result = run("--chain", files[0], "--name", NAME, "--root", files[1], "--at", later, "--json")
    assert json.loads(result.output)["verdicts"]["firefox"]["code"] == "SEC_ERROR_EXPIRED_CERTIFICATE"


@pytest.mark.parametrize("arguments", [("--chain", "FILE"), ("--chain", "FILE", "--name", NAME, "--at", "soon")])
def test_what_is_missing_is_said(files: tuple[str, str], arguments: tuple[str, ...]) -> None:
    result = run(*(files[0] if each == "FILE" else each for each in arguments))
    assert result.exit_code == 2
    assert "Error:" in result.output


def test_no_certificate_is_status_2(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    assert run("--chain", str(nothing), "--name", NAME).exit_code == 2
    answer = run("--chain", str(nothing), "--name", NAME, "--json")
    assert "error" in json.loads(answer.output)


def batch(*lines: Any) -> list[dict[str, Any]]:
    given = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    result = run("--batch", "--json", given=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_batch_answers_line_by_line_and_nothing_stops_it() -> None:
    root = Authority.root()
    sound = {"id": 1, "name": NAME, "chain_pem": root.issue(NAME).chain_pem, "root_pem": root.pem, "at": None}
    answers = batch(
        sound,
        b"no json\n",
        [1, 2],
        {"id": "no name", "chain_pem": pki.self_signed(NAME).pem},
        {"id": "bad name", "name": "a b", "chain_pem": pki.self_signed(NAME).pem},
        {"id": "no chain", "name": NAME, "chain_pem": ""},
        {"id": "bad time", "name": NAME, "chain_pem": sound["chain_pem"], "at": "yesterday"},
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        sound | {"id": 2, "root_pem": ""},
        sound | {"id": 3, "at": "2020-01-01T00:00:00Z"},
    )
    assert len(answers) == 11
    assert all(verdict["ok"] and verdict["code"] is None for verdict in answers[0]["verdicts"].values())
    assert all("error" in answer for answer in answers[1:9])
    assert [answer["id"] for answer in answers[3:7]] == ["no name", "bad name", "no chain", "bad time"]
    assert answers[9]["verdicts"]["firefox"]["code"] == "SEC_ERROR_UNKNOWN_ISSUER"
    assert answers[10]["verdicts"]["chromium"]["code"] == "ERR_CERT_DATE_INVALID"


def test_in_years_it_says_what_it_cannot_know_beside_what_it_accepts() -> None:
    """For programs a value of its own, and for people other words than of a certainty."""
    root = Authority.root()
    asked = {"name": NAME, "chain_pem": root.issue(NAME, days=800).chain_pem, "root_pem": root.pem}
    today, then = batch(asked, asked | {"at": (datetime.now(UTC) + timedelta(days=700)).strftime("%Y-%m-%dT%H:%M:%SZ")})
    assert (today["ok"], today["unknown"]) == (True, [])
    assert (then["ok"], [each["key"] for each in then["unknown"]]) == (True, ["rules"])


def test_a_thousand_chains_take_less_than_five_seconds() -> None:
    root = Authority.root()
    issuer = root.intermediate()
    lines = []
    for number in range(1000):
        name = f"n{number}.test"
        chain = issuer.issue(name).chain_pem
        lines.append({"id": number, "name": name, "chain_pem": chain, "root_pem": root.pem})
    start = process_time()
    answers = batch(*lines)
    taken = process_time() - start
    assert all(answer["ok"] for answer in answers)
    assert taken < 5


class _Lists(BaseHTTPRequestHandler):
    """Serves what an authority took back."""

    content: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize("revoked", [False, True])
def test_on_request_the_authority_is_asked_whether_it_took_the_certificate_back(
    revoked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the rule for requests to addresses of others: this machine is asked only where a setting allows it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Lists) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = Authority.root()
        served = root.issue(NAME, **points(f"http://127.0.0.1:{server.server_port}/1.crl"))
        _Lists.content = list_of(root, *([served] if revoked else []))
        (tmp_path / "chain.pem").write_text(served.chain_pem)
        (tmp_path / "root.pem").write_text(root.pem)
        asked = ("--chain", str(tmp_path / "chain.pem"), "--name", NAME, "--root", str(tmp_path / "root.pem"))
        outside = json.loads(run(*asked, "--revocation", "--json").output)
        allowed = load().model_copy(update={"private_networks": [ip_network("127.0.0.0/8")]})
        monkeypatch.setattr("siegelpost.cli.doctor.load", lambda: allowed)
        shown = run(*asked, "--revocation", "--lang", "en")
        server.shutdown()
    assert [each["why"] for each in outside["revocation"]] == ["not_reached"]
    assert shown.exit_code == int(revoked)
    assert ("CRLite" in shown.output) is revoked
    assert ("has not been taken back" in shown.output) is not revoked
