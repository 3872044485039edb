"""A small ACME authority for what the real ones here do not know: ARI, ``replaces``, profiles, and every kind of harm.

It follows RFC 8555 as far as one order needs it, and RFC 9773 line by line. It takes every challenge for passed, so
it says nothing about validation: pebble and Caddy do. Its clock is the test's, so that weeks may pass in a moment.
"""

import base64
import ipaddress
import json
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.support import pki

from siegelpost.tls.acme.plan import Authority

KEY_ID = x509.AuthorityKeyIdentifier
PROFILES = {"classic": timedelta(days=90), "shortlived": timedelta(hours=160)}
HARM = "urn:ietf:params:acme:error:"


@dataclass
class Placed:
    """One order, with what was asked for."""

    number: int
    account: str
    names: list[str]
    profile: str | None
    replaces: str | None
    status: str = "pending"
    chain: str = ""


@dataclass
class Certificate:
    order: Placed
    leaf: x509.Certificate
    replaced_by: Placed | None = None


@dataclass
class FakeAuthority:
    """What the tests look at and turn.

    ``harm`` is asked before each request, by path: what it returns is the answer (status and body), None leaves the
    request to the honest part; raising ConnectionError closes the connection.
    """

    directory: str = ""
    ca_bundle: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    harm: Callable[[str], tuple[int, bytes] | None] = lambda path: None
    # What is certified instead of what was asked for.
    names_for: Callable[[list[str]], list[str]] = lambda names: names
    window: Callable[[Certificate], tuple[datetime, datetime]] | None = None
    retry_after: str = "21600"
    explanation: str = ""
    # As Let's Encrypt does: who asks again for the same names while an order is open gets that order.
    reuses_orders: bool = False
    challenge_fails: dict[str, str] | None = None
    orders: list[Placed] = field(default_factory=list)
    issued: list[Certificate] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    breaches: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.guard = threading.RLock()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = _root(self.key, self.now())

    @property
    def authority(self) -> Authority:
        return Authority(self.directory, ca_bundle=self.ca_bundle)

    @property
    def roots(self) -> list[bytes]:
        return [self.root.public_bytes(serialization.Encoding.DER)]


@contextmanager
def fake_acme(folder: Path, **turned: Any) -> Iterator[FakeAuthority]:
    """Run it on a free port; in the end, no request may have broken the RFCs."""
    folder.mkdir(parents=True, exist_ok=True)
    own_root = pki.Authority.root("the fake's own HTTPS")
    own = own_root.issue("localhost", "127.0.0.1")
    (folder / "cert.pem").write_text(own.chain_pem)
    (folder / "key.pem").write_text(own.key_pem)
    fake = FakeAuthority(ca_bundle=own_root.pem, **turned)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    fake.directory = f"https://127.0.0.1:{server.server_port}/directory"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not fake.breaches, fake.breaches


class _Handler(BaseHTTPRequestHandler):
    fake: FakeAuthority
    protocol_version = "HTTP/1.0"

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return

    def do_HEAD(self) -> None:
        if not self._harmed():
            self._reply(200, None)

    def do_GET(self) -> None:
        if self._harmed():
            return
        fake = self.fake
        if self.path == "/directory":
            self._reply(200, self._directory())
        elif self.path == "/nonce":
            self._reply(204, None)
        elif self.path.startswith("/renewal-info/"):
            with fake.guard:
                self._renewal_info(self.path.removeprefix("/renewal-info/"))
        else:
            fake.breaches.append(f"GET {self.path}: RFC 8555 § 6.3 wants POST-as-GET")
            self._problem(405, "malformed")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if self._harmed():
            return
        with self.fake.guard:
            protected, payload = _jws(body)
            if problem := self._refused(protected):
                self._problem(400, problem)
                return
            head, _, rest = self.path.strip("/").partition("/")
            getattr(self, f"_{head.replace('-', '_')}")(protected, payload, rest)

    # What is answered

    def _directory(self) -> dict[str, Any]:
        base = self.fake.directory.removesuffix("/directory")
        found: dict[str, Any] = {
            "newNonce": f"{base}/nonce",
            "newAccount": f"{base}/account",
            "newOrder": f"{base}/new-order",
            "meta": {"profiles": dict.fromkeys(PROFILES, "see the documentation")},
        }
        if self.fake.window is not None:
            found["renewalInfo"] = f"{base}/renewal-info"
        return found

    def _account(self, protected: dict[str, Any], _payload: dict[str, Any], _rest: str) -> None:
        known = json.dumps(protected["jwk"], sort_keys=True)
        url = self.fake.accounts.setdefault(known, self._url(f"acct/{len(self.fake.accounts)}"))
        self._reply(201, {"status": "valid"}, Location=url)

    def _new_order(self, protected: dict[str, Any], payload: dict[str, Any], _rest: str) -> None:
        fake = self.fake
        names = [each["value"] for each in payload["identifiers"]]
        if payload.get("profile") not in (None, *PROFILES):
            self._problem(400, "invalidProfile")
            return
        placed = Placed(len(fake.orders), protected["kid"], names, payload.get("profile"), payload.get("replaces"))
        for known in fake.orders if fake.reuses_orders else ():
            if (known.account, known.names) == (placed.account, names) and known.status in ("pending", "ready"):
                self._reply(201, self._shown(known), Location=self._url(f"order/{known.number}"))
                return
        if placed.replaces is not None and not self._may_replace(placed):
            return
        fake.orders.append(placed)
        self._reply(201, self._shown(placed), Location=self._url(f"order/{placed.number}"))

    def _may_replace(self, placed: Placed) -> bool:
        """RFC 9773 § 5: same account, an identifier in common, and not replaced already."""
        fake = self.fake
        replaced = next((each for each in fake.issued if certificate_id(each.leaf) == placed.replaces), None)
        if replaced is None:
            self._problem(400, "malformed")
        elif replaced.order.account != placed.account:
            self._problem(403, "unauthorized")
        elif not set(replaced.order.names) & set(placed.names):
            self._problem(400, "malformed")
        elif replaced.replaced_by is not None and replaced.replaced_by.status != "invalid":
            self._problem(409, "alreadyReplaced")
        else:
            replaced.replaced_by = placed
            return True
        return False

    def _shown(self, placed: Placed) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "status": placed.status,
            "identifiers": [{"type": _kind(name), "value": name} for name in placed.names],
            "authorizations": [self._url(f"authz/{placed.number}/{at}") for at in range(len(placed.names))],
            "finalize": self._url(f"finalize/{placed.number}"),
        }
        if placed.chain:
            shown["certificate"] = self._url(f"cert/{placed.number}")
        if placed.replaces:
            shown["replaces"] = placed.replaces
        if placed.profile:
            shown["profile"] = placed.profile
        return shown

    def _order(self, _protected: dict[str, Any], _payload: Any, rest: str) -> None:
        self._reply(200, self._shown(self.fake.orders[int(rest)]))

    def _authz(self, _protected: dict[str, Any], _payload: Any, rest: str) -> None:
        number, at = map(int, rest.split("/"))
        placed = self.fake.orders[number]
        status = "pending" if placed.status == "pending" else "valid" if placed.status != "invalid" else "invalid"
        offered: list[dict[str, Any]] = [
            {
                "type": kind,
                "status": status,
                "url": self._url(f"chall/{number}/{at}/{kind}"),
                "token": base64.urlsafe_b64encode(f"token {number} {at}".encode().ljust(24)).decode().rstrip("="),
            }
            for kind in ("http-01", "tls-alpn-01")
        ]
        if status == "invalid":
            offered[0]["error"] = self.fake.challenge_fails
        offered.insert(0, {"type": "of-the-future-01", "status": "pending", "url": offered[0]["url"], "secret": "?"})
        name = placed.names[at]
        identifier = {"type": _kind(name), "value": name.removeprefix("*.")}
        self._reply(200, {"status": status, "identifier": identifier, "challenges": offered})

    def _chall(self, _protected: dict[str, Any], _payload: Any, rest: str) -> None:
        placed = self.fake.orders[int(rest.split("/")[0])]
        placed.status = "invalid" if self.fake.challenge_fails else "ready"
        self.fake.answered.append(rest.rpartition("/")[2])
        self._reply(200, {"type": self.fake.answered[-1], "status": "processing", "url": self._url(f"chall/{rest}")})

    def _finalize(self, _protected: dict[str, Any], payload: dict[str, Any], rest: str) -> None:
        placed = self.fake.orders[int(rest)]
        request = x509.load_der_x509_csr(_decoded(payload["csr"]))
        leaf = self._sign(request, placed)
        self.fake.issued.append(Certificate(placed, leaf))
        placed.status, placed.chain = "valid", leaf.public_bytes(serialization.Encoding.PEM).decode()
        self._reply(200, self._shown(placed))

    def _cert(self, _protected: dict[str, Any], _payload: Any, rest: str) -> None:
        body = self.fake.orders[int(rest)].chain.encode()
        self._reply(200, body, **{"Content-Type": "application/pem-certificate-chain"})

    def _renewal_info(self, id: str) -> None:
        """RFC 9773 § 4.1 and 4.2; asked without an account, and never about an expired certificate (§ 4.3)."""
        fake = self.fake
        found = next((each for each in fake.issued if certificate_id(each.leaf) == id), None)
        if found is None or fake.window is None:
            self._problem(404, "malformed")
            return
        if found.leaf.not_valid_after_utc < fake.now():
            fake.breaches.append("§ 4.3: asked about an expired certificate")
        start, end = fake.window(found)
        shown: dict[str, Any] = {"suggestedWindow": {"start": _rfc3339(start), "end": _rfc3339(end)}}
        if fake.explanation:
            shown["explanationURL"] = fake.explanation
        self._reply(200, shown, **{"Retry-After": fake.retry_after})

    def _sign(self, request: x509.CertificateSigningRequest, placed: Placed) -> x509.Certificate:
        fake = self.fake
        begins = fake.now().replace(microsecond=0) - timedelta(hours=1)
        names = fake.names_for(placed.names)
        general: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(name)) if _kind(name) == "ip" else x509.DNSName(name) for name in names
        ]
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
            .issuer_name(fake.root.subject)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + PROFILES[placed.profile or "classic"])
            .add_extension(x509.SubjectAlternativeName(general), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(KEY_ID.from_issuer_public_key(fake.key.public_key()), critical=False)
            .sign(fake.key, hashes.SHA256())
        )

    # Inside

    def _harmed(self) -> bool:
        with self.fake.guard:
            self.fake.requests.append(f"{self.command} {self.path}")
            try:
                answer = self.fake.harm(self.path)
            except ConnectionError:
                self.close_connection = True
                return True
        if answer is None:
            return False
        self._reply(answer[0], answer[1])
        return True

    def _refused(self, protected: dict[str, Any]) -> str:
        """RFC 8555 § 6.2 to 6.5."""
        if protected["nonce"] not in self.fake.nonces:
            return "badNonce"
        self.fake.nonces.discard(protected["nonce"])
        if protected["url"] != self._url(self.path.lstrip("/")):
            self.fake.breaches.append(f"§ 6.4: {protected['url']} in a request to {self.path}")
        if ("jwk" in protected) == ("kid" in protected) or ("jwk" in protected) != (self.path == "/account"):
            self.fake.breaches.append(f"§ 6.2: jwk or kid, in a request to {self.path}")
        if "kid" in protected and protected["kid"] not in self.fake.accounts.values():
            return "accountDoesNotExist"
        return ""

    def _url(self, path: str) -> str:
        return self.fake.directory.removesuffix("directory") + path

    def _problem(self, status: int, kind: str) -> None:
        content = {"type": HARM + kind, "detail": f"the fake says {kind}"}
        self._reply(status, content, **{"Content-Type": "application/problem+json"})

    def _reply(self, status: int, content: Any, **headers: str) -> None:
        body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        nonce = secrets.token_urlsafe(16)
        self.fake.nonces.add(nonce)
        self.send_response(status)
        found = {"Content-Type": "application/json", "Replay-Nonce": nonce, "Content-Length": str(len(body))}
        for name, value in {**found, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header is the test's clock."""
        return format_datetime(self.fake.now(), usegmt=True)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def certificate_id(leaf: x509.Certificate) -> str:
    """RFC 9773 § 4.1, worked out here a second time, from the bytes of the certificate's DER."""
    key_id = leaf.extensions.get_extension_for_class(KEY_ID).value.key_identifier or b""
    serial = leaf.serial_number.to_bytes(20, "big").lstrip(b"\0")
    if serial[0] & 0x80:
        serial = b"\0" + serial
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (key_id, serial))


def _jws(body: bytes) -> tuple[dict[str, Any], Any]:
    content = json.loads(body)
    payload = _decoded(content["payload"])
    return json.loads(_decoded(content["protected"])), json.loads(payload) if payload else None


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _kind(name: str) -> str:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "dns"
    return "ip"


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _root(key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the fake's root")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
