"""``siegelpost cert``: judged before it is stored, activated and taken back."""

import getpass
import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.support.fake_acme import fake_acme
from tests.support.pki import Authority, Certificate

from siegelpost.certificates.installed import open_store
from siegelpost.cli import cert_obtain, main
from siegelpost.settings import load
from siegelpost.tls.acme.plan import LETS_ENCRYPT, Challenge, DnsProvider, Plan, load_plan, save_plan
from siegelpost.tls.acme.renewal import look
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source

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
    assert "nichts geändert" in result.output
    assert "Es ist noch kein Zertifikat da" in cert("status").output


def test_refusals_speak_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "alone.pem"
    file.write_text(ROOT.intermediate().issue("expose.test").chain_pem)
    assert "fehlt der private Schlüssel" in cert("import", str(file)).output
    monkeypatch.setenv("SIEGELPOST_LANGUAGE", "en")
    assert "The private key of this certificate is missing" in cert("import", str(file)).output


def test_ordered_here_and_taken_in(tmp_path: Path) -> None:
    middle = ROOT.intermediate()
    printed = cert("csr").output
    request = x509.load_pem_x509_csr(printed.encode())
    [waiting] = json.loads(cert("status", "--json").output)["requests"]
    assert waiting["names"] == ["expose.test"]
    spki = request.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    file = tmp_path / "bought.pem"
    file.write_text(middle.issue("expose.test", spki=spki).chain_pem)
    result = cert("import", "--activate", "--json", str(file))
    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    assert [each["served"] for each in shown["certificates"]] == [True]
    assert shown["requests"] == []


def test_csr_as_json_with_options() -> None:
    shown = json.loads(cert("csr", "a.test", "www.a.test", "--key-type", "rsa3072", "--json").output)
    csr = x509.load_pem_x509_csr(shown["csr"].encode())
    assert shown["names"] == ["a.test", "www.a.test"]
    assert isinstance(csr.public_key(), RSAPublicKey)


def test_a_worse_one_needs_a_confirmation(tmp_path: Path) -> None:
    middle = ROOT.intermediate()
    assert cert("import", "--activate", given(tmp_path, middle.issue("expose.test"))).exit_code == 0
    before = served()
    worse = given(tmp_path, middle.issue("expose.test", days=20))
    refused = cert("import", "--activate", worse)
    assert refused.exit_code == 1
    assert "läuft am" in refused.output
    assert served() == before
    [new] = {each["id"] for each in json.loads(cert("status", "--json").output)["certificates"]} - set(before)
    assert new in refused.output
    assert cert("activate", new).exit_code == 1
    assert served() == before
    assert cert("activate", new, "--anyway").exit_code == 0
    assert served() == [new]


def test_going_back_to_a_worse_one_needs_a_confirmation(tmp_path: Path) -> None:
    store = open_store(load())
    key, chain = self_signed(["expose.test"])
    worse = store.activate(store.add(chain, key, Source.SELF_SIGNED).id).ids
    assert cert("import", "--activate", given(tmp_path, ROOT.intermediate().issue("expose.test"))).exit_code == 0
    assert store.active().by == f"os:{getpass.getuser()}"
    before = served()
    refused = cert("rollback")
    assert refused.exit_code == 1
    assert "Browser würden es ablehnen" in refused.output
    assert served() == before
    assert cert("rollback", "--anyway").exit_code == 0
    assert tuple(served()) == worse


@pytest.mark.parametrize(
    ("language", "error", "mark"), [("de", "Fehler:", "* wird ausgeliefert."), ("en", "Error:", "* is served.")]
)
def test_everything_is_said_in_the_installations_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, error: str, mark: str
) -> None:
    monkeypatch.setenv("SIEGELPOST_LANGUAGE", language)
    assert cert("activate", "nothing").output.startswith(error)
    told = cert("import", "--activate", given(tmp_path, ROOT.intermediate().issue("expose.test"))).output
    assert mark in told


def test_unknown_id() -> None:
    assert cert("activate", "nothing").exit_code == 1


def test_a_bought_one_pauses_the_automatic_one_and_obtain_asks(tmp_path: Path) -> None:
    """``cert activate`` of a bought one made the next order due at once; the command line says what waits, and why."""
    save_plan(open_store(load()), Plan(("expose.test",)))
    shown = cert("import", "--activate", given(tmp_path, ROOT.intermediate().issue("expose.test", days=189)))
    assert "Pausiert, weil ein gekauftes eingesetzt ist" in shown.output
    before = served()
    assert json.loads(cert("status", "--json").output)["automatic"]["waits_until"]
    for arguments in ([], ["--again"], ["expose.test", "www.expose.test"]):
        refused = CliRunner().invoke(main, ["cert", "obtain", *arguments])
        assert refused.exit_code == 1
        assert "--instead" in refused.output
    assert served() == before
    assert (plan := load_plan(open_store(load())))
    assert plan.names == ("expose.test",), "nothing was saved"


def test_obtain_tells_of_the_order_that_the_running_server_was_quicker_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server saw the new plan first, and obtained the certificate: the command said nothing of what was done."""

    def server_first(*arguments: Any, **options: Any) -> tuple[str, ...]:
        assert look(*arguments, roots=fake.roots)
        return look(*arguments, **options)

    with fake_acme(tmp_path / "fake") as fake:
        (tmp_path / "ca.pem").write_text(fake.ca_bundle)
        given = ["--authority", fake.directory, "--ca-bundle", str(tmp_path / "ca.pem")]
        monkeypatch.setattr(cert_obtain, "look", server_first)
        told = cert("obtain", *given)
        assert (told.exit_code, told.stderr) == (0, "… Ab jetzt verwenden\n")
        monkeypatch.setattr(cert_obtain, "look", look)
        assert cert("obtain", *given).stderr == "", "nothing was due, and nothing is told anew"
        assert len(fake.orders) == 1


def changed(kept: Plan, **given: Any) -> Plan:
    """What ``cert obtain`` makes of a kept plan, with nothing said but this."""
    unsaid: dict[str, Any] = dict.fromkeys(inspect.signature(cert_obtain._plan).parameters, ())
    unsaid |= dict.fromkeys(("eab_hmac_file", "ca_bundle", "dns_option_file", "contact", "preferred_chain"))
    unsaid |= dict.fromkeys(("profile", "eab_key_id", "dns_provider"), "") | given
    return cert_obtain._plan(
        kept, load(), **{key: each for key, each in unsaid.items() if key not in ("kept", "settings")}
    )


@pytest.mark.parametrize(
    ("names", "given", "profile"),
    [
        (("192.0.2.7",), {"names": ("expose.test",)}, ""),
        (("192.0.2.7",), {"names": ("expose.test",), "profile": "shortlived"}, "shortlived"),
        (("expose.test",), {"names": ("www.expose.test",)}, "shortlived"),
    ],
    ids=["chosen for the address", "said again", "chosen for a name"],
)
def test_the_profile_of_an_address_goes_with_it(names: tuple[str, ...], given: dict[str, Any], profile: str) -> None:
    """An address's plan that was changed to a name kept asking for certificates of six days."""
    kept = Plan(names, (replace(LETS_ENCRYPT, profile="shortlived"),))
    assert changed(kept, **given).authorities[0].profile == profile


def test_a_preferred_chain_is_kept_until_another_is_said() -> None:
    kept = changed(Plan(("expose.test",)), preferred_chain="ISRG Root X2")
    assert changed(kept).authorities[0].preferred_chain == "ISRG Root X2"
    assert changed(kept, preferred_chain="").authorities[0].preferred_chain == ""


def test_a_standing_record_needs_no_login_and_keeps_the_name_servers_that_were_named() -> None:
    """A login at a DNS provider that nothing needs any more is not kept either."""
    before = Plan(("expose.test",), (LETS_ENCRYPT,), (Challenge.DNS_01,), DnsProvider("hetzner", {"auth_token": "x"}))
    plan = changed(before, challenges=("dns-persist-01",), name_servers=("192.0.2.53",)).checked()
    assert plan.challenges == (Challenge.DNS_PERSIST_01,)
    assert plan.dns == DnsProvider("", {}, ("192.0.2.53",))
