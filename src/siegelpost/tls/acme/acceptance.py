"""What came back from the authority is looked at like anything from a stranger, before it may be stored."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import VerdictState
from siegelpost.doctor.texts import CAUSES, fill
from siegelpost.doctor.x509.chain import ChainError
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.naming import names_of
from siegelpost.toolbox.damages import X509_DAMAGES

_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def must_be_good(chain_pem: str, key_pem: str, names: tuple[str, ...], roots: Sequence[bytes], at: datetime) -> None:
    """Raise unless this chain is for our key and all our names, and every browser would accept it.

    Raises:
        AcmeError: ``nonsense``, ``wrong_key``, ``wrong_names`` or ``doctor``.
    """
    try:
        chain = x509.load_pem_x509_certificates(chain_pem.encode())
        public = chain[0].public_key().public_bytes(*_SPKI)
    except (IndexError, *X509_DAMAGES) as error:
        raise AcmeError(Code.NONSENSE, detail=f"no certificate: {error}") from error
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    if public != key.public_key().public_bytes(*_SPKI):
        raise AcmeError(Code.WRONG_KEY)
    found = names_of(chain[0])
    if missing := [name for name in names if name not in found]:
        raise AcmeError(Code.WRONG_NAMES, missing=", ".join(missing), found=", ".join(found) or "–")
    for name in names:
        _ask_the_doctor(chain_pem, name.replace("*", "siegelpost", 1), roots, at)


def _ask_the_doctor(chain_pem: str, name: str, roots: Sequence[bytes], at: datetime) -> None:
    try:
        judgement = judge(chain_pem, name, at=at, local_roots=roots)
    except ChainError as error:
        raise AcmeError(Code.NONSENSE, detail=str(error)) from error
    for browser, verdict in judgement.verdicts.items():
        if verdict.state is VerdictState.REFUSED:
            finding = verdict.findings[0]
            sentence = CAUSES[finding.cause].sentence
            raise AcmeError(
                Code.DOCTOR,
                name=name,
                browser=browser,
                error=finding.code,
                cause=finding.cause,
                cause_de=fill(sentence, "de", {**finding.values, "name": name}),
                cause_en=fill(sentence, "en", {**finding.values, "name": name}),
            )
