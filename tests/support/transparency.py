"""Public logs of our own, and certificates that stand in them: what no authority would do for a test."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from tests.support import der
from tests.support.pki import Authority, Certificate, Extension, extension
from tests.support.pki_keys import Key, fresh_key

from siegelpost.doctor.policy.logs import Log


@dataclass(frozen=True)
class TestLog:
    """A log with a key, which writes what it is asked to."""

    __test__ = False

    operator: str
    key: Key = field(default_factory=fresh_key)

    def listed(self, *, accepted: bool = True, never: bool = False, **dates: datetime) -> Log:
        """The log as the list of logs holds it."""
        return Log(f"{self.operator} log", self.operator, self.key.spki, accepted, **dates, never=never)

    def entry(self, issuer: Key, tbs: bytes, at: datetime, *, says: bytes = b"") -> bytes:
        """A signed time stamp (RFC 6962 §3.2) on what ``issuer`` is going to sign; with ``says`` it signs that."""
        return self._entry(b"\0\1" + sha256(issuer.spki).digest(), tbs, at, says)

    def entry_beside(self, certificate: bytes, at: datetime, *, says: bytes = b"") -> bytes:
        """A signed time stamp on a whole certificate, for the server to send along."""
        return self._entry(b"\0\0", certificate, at, says)

    def _entry(self, head: bytes, seen: bytes, at: datetime, says: bytes) -> bytes:
        stamp = int(at.timestamp() * 1000).to_bytes(8, "big")
        signed = b"\0\0" + stamp + head + len(seen).to_bytes(3, "big") + seen + b"\0\0"
        _algorithm, signature = self.key.sign(says or signed)
        tail = b"\4\3" + len(signature).to_bytes(2, "big") + signature
        return b"\0" + sha256(self.key.spki).digest() + stamp + b"\0\0" + tail


def packed(entries: Sequence[bytes]) -> bytes:
    """A list of entries, as a handshake carries it."""
    joined = b"".join(len(one).to_bytes(2, "big") + one for one in entries)
    return len(joined).to_bytes(2, "big") + joined


def entry_list(entries: Sequence[bytes]) -> Extension:
    """The extension that carries entries."""
    return extension("sct_list", der.octets(packed(entries)))


def ocsp_answer(about: Certificate, signer: Authority, entries: bytes, now: datetime) -> bytes:
    """A good OCSP answer of the issuer's, with a list of entries in it (RFC 6962 §3.3)."""
    now = now.replace(microsecond=0)
    leaf, issuer = (asn1_x509.Certificate.load(each) for each in about.chain[:2])
    one = {
        "cert_id": {
            "hash_algorithm": {"algorithm": "sha1"},
            "issuer_name_hash": issuer.subject.sha1,
            "issuer_key_hash": issuer.public_key.sha1,
            "serial_number": leaf.serial_number,
        },
        "cert_status": asn1_ocsp.CertStatus("good"),
        "this_update": now - timedelta(hours=1),
        "next_update": now + timedelta(days=7),
    }
    single = asn1_ocsp.SingleResponse(one)
    carried = asn1_ocsp.SingleResponseExtension({"extn_id": "1.3.6.1.4.1.11129.2.4.5", "extn_value": entries})
    single["single_extensions"] = [carried]
    said = asn1_ocsp.ResponseData(
        {
            "responder_id": asn1_ocsp.ResponderId("by_key", issuer.public_key.sha1),
            "produced_at": now,
            "responses": [single],
        }
    )
    _algorithm, signature = signer.key.sign(said.dump())
    basic = {"tbs_response_data": said, "signature_algorithm": {"algorithm": "sha256_ecdsa"}, "signature": signature}
    body = {"response_type": "basic_ocsp_response", "response": asn1_ocsp.BasicOCSPResponse(basic)}
    answer: bytes = asn1_ocsp.OCSPResponse({"response_status": "successful", "response_bytes": body}).dump()
    return answer


def logged(
    issuer: Authority, name: str, logs: Sequence[TestLog], *, at: datetime, says: bytes = b"", **shape: Any
) -> Certificate:
    """A certificate for ``name`` with an entry of each log, written at this moment."""
    fixed = {"key": fresh_key(), "serial": 4711, **shape}
    plain = x509.load_der_x509_certificate(issuer.issue(name, **fixed).der)
    entries = [log.entry(issuer.key, plain.tbs_certificate_bytes, at, says=says) for log in logs]
    return issuer.issue(name, **fixed, extensions={"sct_list": entry_list(entries)})
