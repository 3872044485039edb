"""The app's key and its certificate, and what it signs; judged by OpenSSL."""

import base64
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support import parts

from siegelpost.mail.sign_in import certificates

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_what_it_signs_openssl_verifies(tmp_path: Path) -> None:
    key = certificates.make_key(NOW, active=True)
    assert "PRIVATE" not in key.sealed_private
    (tmp_path / "app.cer").write_text(key.certificate)
    openssl = parts.need("openssl")

    def said(*words: object) -> str:
        command = [str(openssl), *map(str, words)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    (tmp_path / "public.pem").write_text(said("x509", "-in", tmp_path / "app.cer", "-pubkey", "-noout"))
    assert "3072 bit" in said("x509", "-in", tmp_path / "app.cer", "-text", "-noout")
    thumbprint = said("x509", "-in", tmp_path / "app.cer", "-fingerprint", "-sha256", "-noout")
    head, claims, signature = certificates.assertion(key, "client", "https://login.test/token", NOW).split(".")
    decoded = {name: base64.urlsafe_b64decode(text + "==") for name, text in (("head", head), ("claims", claims))}
    assert json.loads(decoded["head"])["alg"] == "PS256"
    named = base64.urlsafe_b64decode(json.loads(decoded["head"])["x5t#S256"] + "==").hex()
    assert named == thumbprint.strip().partition("=")[2].replace(":", "").lower()
    said_of = json.loads(decoded["claims"])
    assert (said_of["iss"], said_of["sub"], said_of["aud"]) == ("client", "client", "https://login.test/token")
    assert said_of["nbf"] < NOW.timestamp() < said_of["exp"] <= said_of["nbf"] + 600
    (tmp_path / "signed").write_text(f"{head}.{claims}")
    (tmp_path / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    pss = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
    verified = said(
        *("dgst", "-sha256", *pss, "-verify", tmp_path / "public.pem"),
        *("-signature", tmp_path / "signature", tmp_path / "signed"),
    )
    assert verified.strip() == "Verified OK"


@pytest.mark.django_db
def test_there_is_one_in_use_and_one_that_waits(quick_keys: None) -> None:
    first = certificates.make_key(NOW, active=True)
    second = certificates.make_key(NOW, active=False)
    certificates.use(second)
    from siegelpost.mail.models import SignInKey

    assert list(SignInKey.objects.values_list("certificate", "active")) == [(second.certificate, True)]
    assert first.certificate != second.certificate
