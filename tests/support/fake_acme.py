"""A small ACME authority for what the real ones here do not know: ARI, ``replaces``, profiles, and every kind of harm.

It follows RFC 8555 as far as one order needs it, and RFC 9773 line by line. It takes every challenge for passed, so
it says nothing about validation: pebble and Caddy do. Its clock is the test's, so that weeks may pass in a moment.
"""

import base64
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

from acme.jws import JWS
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwk import JWK
from tests.support import pki
from tests.support.fake_issuer import certificate_id, kind_of, leaf_for, middle_of, name_of, root_of

from siegelpost.tls.acme.plan import Authority

PROFILES = {"classic": timedelta(days=90), "tlsserver": timedelta(days=45), "shortlived": timedelta(hours=160)}
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
    error: dict[str, str] | None = None


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
    offers: tuple[str, ...] = ("http-01", "tls-alpn-01", "dns-01")
    # What it looks at when dns-persist-01 is answered: name and account -> what is wrong, or nothing.
    looks: Callable[[str, str], str] = lambda name, account: ""
    issuers: Any = ("fake.test",)
    # By which address a record has to name an account, where it is another than the account's own.
    names_account: str = ""
    # Whether it looks already when an order is placed, and wants no answer then (§ 4.3 of the draft).
    looks_at_once: bool = False
    # What is offered of one certificate: the default chain, and its alternates; each an intermediate of one key.
    chains: list[x509.Certificate] = field(default_factory=list)
    # Sent along with every answer that ``harm`` gives.
    harm_headers: dict[str, str] = field(default_factory=dict)
    orders: list[Placed] = field(default_factory=list)
    issued: list[Certificate] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    # What it counts beside certificates: kind (account, order, failed), by what it is counted, and when.
    happened: list[tuple[str, str, datetime]] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    deactivated: set[str] = field(default_factory=set)
    # Contacts that it takes, by their address; and which accounts may use which profile.
    takes_contact: Callable[[str], bool] = lambda contact: True
    may_use: Callable[[str | None], bool] = lambda profile: True
    nonces: set[str] = field(default_factory=set)
    breaches: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.guard = threading.RLock()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = root_of(self.key, self.now())
        self.middle_key = ec.generate_private_key(ec.SECP256R1())

    @property
    def authority(self) -> Authority:
        return Authority(self.directory, ca_bundle=self.ca_bundle)

    @property
    def roots(self) -> list[bytes]:
        return [self.root.public_bytes(serialization.Encoding.DER)]

    def middle(self, *, known: bool, name: str = "") -> x509.Certificate:
        """A certificate of the one intermediate: by our root, or by one that nobody knows."""
        key = self.key if known else ec.generate_private_key(ec.SECP256R1())
        issuer = self.root.subject if known else name_of(name or "a root that nobody knows")
        return middle_of(self.middle_key.public_key(), issuer, key, self.now())


@contextmanager
def fake_acme(folder: Path, **turned: Any) -> Iterator[FakeAuthority]:
    """Run it on a free port; in the end, no request may have broken the RFCs."""
    folder.mkdir(parents=True, exist_ok=True)
    own_root = pki.Authority.root("the fake's own HTTPS")
    own = own_root.issue("localhost", "127.0.0.1")
    (folder / "cert.pem").write_text(own.chain_pem)
    (folder / "key.pem").write_text(own.key_pem)
    fake = FakeAuthority(ca_bundle=own_root.pem, **turned)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"fake": fake}))
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


class Handler(BaseHTTPRequestHandler):
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
            if problem := self._refused(protected, body):
                self._problem(403 if problem == "unauthorized" else 400, problem)
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

    def _account(self, protected: dict[str, Any], payload: dict[str, Any], _rest: str) -> None:
        known = json.dumps(protected["jwk"], sort_keys=True)
        if self.fake.accounts.get(known) in self.fake.deactivated:
            self._problem(403, "unauthorized")
            return
        if not all(map(self.fake.takes_contact, payload.get("contact", ()))):
            self._problem(400, "invalidContact")
            return
        if known not in self.fake.accounts and payload.get("onlyReturnExisting"):
            self._problem(400, "accountDoesNotExist")
            return
        if known not in self.fake.accounts:
            self.fake.happened.append(("account", "", self.fake.now()))
        url = self.fake.accounts.setdefault(known, self._url(f"acct/{secrets.token_hex(4)}"))
        self._reply(201, {"status": "valid"}, Location=url)

    def _new_order(self, protected: dict[str, Any], payload: dict[str, Any], _rest: str) -> None:
        fake = self.fake
        names = [each["value"] for each in payload["identifiers"]]
        if payload.get("profile") not in (None, *PROFILES):
            self._problem(400, "invalidProfile")
            return
        if any(kind_of(name) == "ip" for name in names) and payload.get("profile") != "shortlived":
            self._problem(400, "rejectedIdentifier")  # as Let's Encrypt does
            return
        if not fake.may_use(payload.get("profile")):
            self._problem(403, "unauthorized")
            return
        placed = Placed(len(fake.orders), protected["kid"], names, payload.get("profile"), payload.get("replaces"))
        for known in fake.orders if fake.reuses_orders else ():
            if (known.account, known.names) == (placed.account, names) and known.status in ("pending", "ready"):
                self._reply(201, self._shown(known), Location=self._url(f"order/{known.number}"))
                return
        if placed.replaces is not None and not self._may_replace(placed):
            return
        fake.orders.append(placed)
        fake.happened.append(("order", placed.account, fake.now()))
        if fake.looks_at_once and not any(fake.looks(name, placed.account) for name in names):
            placed.status = "ready"
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
            "identifiers": [{"type": kind_of(name), "value": name} for name in placed.names],
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
        token = base64.urlsafe_b64encode(f"token {number} {at}".encode().ljust(24)).decode().rstrip("=")
        offered: list[dict[str, Any]] = [
            {"type": kind, "status": status, "url": self._url(f"chall/{number}/{at}/{kind}")}
            | (self._persistent() if kind == "dns-persist-01" else {"token": token})
            for kind in self.fake.offers
        ]
        if status == "invalid":
            looked_at = self.fake.offers.index("dns-persist-01") if placed.error else 0
            offered[looked_at]["error"] = placed.error or self.fake.challenge_fails
        offered.insert(0, {"type": "of-the-future-01", "status": "pending", "url": offered[0]["url"], "secret": "?"})
        name = placed.names[at]
        identifier = {"type": kind_of(name), "value": name.removeprefix("*.")}
        self._reply(200, {"status": status, "identifier": identifier, "challenges": offered})

    def _persistent(self) -> dict[str, Any]:
        named = {"accounturi": self.fake.names_account} if self.fake.names_account else {}
        return {"issuer-domain-names": self.fake.issuers} | named

    def _chall(self, _protected: dict[str, Any], _payload: Any, rest: str) -> None:
        number, at, kind = rest.split("/")
        placed = self.fake.orders[int(number)]
        if kind == "dns-persist-01" and (wrong := self.fake.looks(placed.names[int(at)], placed.account)):
            placed.error = {"type": HARM + "unauthorized", "detail": wrong}
        placed.status = "invalid" if self.fake.challenge_fails or placed.error else "ready"
        if placed.status == "invalid":
            self.fake.happened.append(("failed", f"{placed.account} {placed.names[int(at)]}", self.fake.now()))
        self.fake.answered.append(rest.rpartition("/")[2])
        self._reply(200, {"type": self.fake.answered[-1], "status": "processing", "url": self._url(f"chall/{rest}")})

    def _finalize(self, _protected: dict[str, Any], payload: dict[str, Any], rest: str) -> None:
        fake = self.fake
        placed = fake.orders[int(rest)]
        request = x509.load_der_x509_csr(_decoded(payload["csr"]))
        by = (fake.chains[0].subject, fake.middle_key) if fake.chains else (fake.root.subject, fake.key)
        leaf = leaf_for(request, fake.names_for(placed.names), PROFILES[placed.profile or "classic"], fake.now(), by)
        fake.issued.append(Certificate(placed, leaf))
        placed.status, placed.chain = "valid", leaf.public_bytes(serialization.Encoding.PEM).decode()
        self._reply(200, self._shown(placed))

    def _cert(self, _protected: dict[str, Any], _payload: Any, rest: str) -> None:
        number, _, at = rest.partition("/")
        body, chains = self.fake.orders[int(number)].chain.encode(), self.fake.chains
        headers = {"Content-Type": "application/pem-certificate-chain"}
        if chains:
            body += chains[int(at or 0)].public_bytes(serialization.Encoding.PEM)
            others = [self._url(f"cert/{number}/{each}") for each in range(len(chains)) if each != int(at or 0)]
            if others:
                headers["Link"] = ", ".join(f'<{each}>;rel="alternate"' for each in others)
        self._reply(200, body, **headers)

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
        self._reply(answer[0], answer[1], **self.fake.harm_headers)
        return True

    def _refused(self, protected: dict[str, Any], body: bytes) -> str:
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
        if protected.get("kid") in self.fake.deactivated:  # RFC 8555 § 7.3.6
            return "unauthorized"
        owner = next((key for key, url in self.fake.accounts.items() if url == protected.get("kid")), None)
        if owner and not JWS.json_loads(body.decode()).verify(JWK.from_json(json.loads(owner))):
            return "malformed"
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


def _jws(body: bytes) -> tuple[dict[str, Any], Any]:
    content = json.loads(body)
    payload = _decoded(content["payload"])
    return json.loads(_decoded(content["protected"])), json.loads(payload) if payload else None


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
