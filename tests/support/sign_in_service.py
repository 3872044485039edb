"""An authorization server of the tests' own (RFC 6749, 7636, 7523, 7662): strict, with Microsoft's words and a clock.

It gives a new refresh token for each, takes the old one back, and tells Dovecot which tokens are good.
"""

import base64
import hashlib
import html
import json
import secrets
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.support.pki import Authority

CLIENT = "00001111-aaaa-2222-bbbb-3333cccc4444"
SCOPE = "https://mail.test/SMTP.Send https://mail.test/IMAP.AccessAsUser.All offline_access"
# As Microsoft's token endpoint says them, by their numbers.
SAID = {
    50173: "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    54005: "OAuth2 Authorization code was already redeemed, please retry with a new valid code.",
    65001: "The user or administrator has not consented to use the application with ID '{client}' named 'Siegelpost'.",
    65004: "User declined to consent to access the app.",
    700016: "Application with identifier '{client}' was not found in the directory 'office.test'.",
    700024: "Client assertion is not within its valid time range. Review the documentation.",
    700027: "Client assertion failed signature validation. Reason - The key was not found.",
    700082: "The refresh token has expired due to inactivity. The token was issued on 2026-08-01 and was inactive for "
    "90.00:00:00.",
    7000215: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.",
    501481: "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    50011: "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
}
INVALID_CLIENT = frozenset({700016, 700024, 700027, 7000215})


@dataclass
class SignInService:
    """The running service; a test may change all of it while it runs."""

    port: int = 0
    introspection: int = 0
    root: Path = Path()
    user: str = "buero@office.test"
    redirect_uris: set[str] = field(default_factory=set)
    certificates: list[str] = field(default_factory=list)
    secret: str = ""
    clock: timedelta = timedelta(0)
    fault: int | str | None = None  # a number of Microsoft's, or a whole answer
    lifetime: int = 3600
    scope: str = SCOPE
    # What is good: code -> challenge, refresh token, access token -> user.
    codes: dict[str, str] = field(default_factory=dict)
    refreshes: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    guard: Lock = field(default_factory=Lock)

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def revoke(self) -> None:
        """Take everything back that was given."""
        self.refreshes.clear()
        self.tokens.clear()
        self.fault = 50173

    def grant(self) -> str:
        """A refresh token, as if somebody had signed in."""
        token = secrets.token_urlsafe(24)
        self.refreshes.add(token)
        return token

    def page(self, asked: dict[str, str]) -> tuple[int, str]:
        """Where a person agrees or declines: status and body."""
        back = asked.get("redirect_uri", "")
        fits = asked.get("client_id") == CLIENT and asked.get("response_type") == "code"
        if not fits or back not in self.redirect_uris or asked.get("code_challenge_method") != "S256":
            return 400, f"AADSTS50011: {SAID[50011]}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked["code_challenge"]
        agreed = urlencode({"code": code, "state": asked["state"]})
        said = f"AADSTS65004: {SAID[65004]}"
        declined = urlencode({"error": "access_denied", "error_description": said, "state": asked["state"]})
        body = (
            f'<!doctype html><html lang="de"><title>Anmelden</title><p>{html.escape(asked.get("login_hint", ""))}</p>'
            f'<a id="agree" href="{html.escape(back)}?{html.escape(agreed)}">Zustimmen</a> '
            f'<a id="decline" href="{html.escape(back)}?{html.escape(declined)}">Ablehnen</a>'
        )
        return 200, body

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """The answer of the token endpoint."""
        with self.guard:
            self.asked.append(form)
            if isinstance(self.fault, str):
                return 400, json.loads(self.fault)
            number = self.fault or self._client_fault(form) or self._grant_fault(form)
            if number:
                error = "invalid_client" if number in INVALID_CLIENT else "invalid_grant"
                words = f"AADSTS{number}: {SAID.get(number, 'No.').format(client=CLIENT)} Trace ID: 0000 Timestamp: now"
                return 401 if error == "invalid_client" else 400, {
                    "error": error,
                    "error_description": words,
                    "error_codes": [number],
                }
            self.refreshes.discard(form.get("refresh_token", ""))
            access = secrets.token_urlsafe(900)  # as long as Microsoft's, longer than a command line
            self.tokens[access] = self.user
            given: dict[str, object] = {"token_type": "Bearer", "access_token": access, "refresh_token": self.grant()}
            return 200, {**given, "expires_in": self.lifetime, "scope": self.scope}

    def _client_fault(self, form: dict[str, str]) -> int | None:
        if form.get("client_id") != CLIENT:
            return 700016
        if "client_assertion" in form:
            return self._assertion_fault(form["client_assertion"])
        return None if self.secret and form.get("client_secret") == self.secret else 7000215

    def _assertion_fault(self, assertion: str) -> int | None:
        head, claims, signature = assertion.split(".")
        said, claimed = json.loads(_decoded(head)), json.loads(_decoded(claims))
        known = {_encoded(each.fingerprint(hashes.SHA256())): each for each in map(_certificate, self.certificates)}
        certificate = known.get(said["x5t#S256"])
        if certificate is None or said["alg"] != "PS256":
            return 700027
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        try:
            key.verify(_decoded(signature), f"{head}.{claims}".encode(), pss, hashes.SHA256())
        except InvalidSignature:
            return 700027
        assert claimed["iss"] == claimed["sub"] == CLIENT
        assert claimed["aud"] == f"{self.address}/token"
        now = (datetime.now(UTC) + self.clock).timestamp()
        return None if claimed["nbf"] <= now < claimed["exp"] <= now + 660 else 700024

    def _grant_fault(self, form: dict[str, str]) -> int | None:
        if form["grant_type"] == "refresh_token":
            return None if form["refresh_token"] in self.refreshes else 50173
        challenge = self.codes.pop(form["code"], None)
        if challenge is None:
            return 54005
        verified = _encoded(hashlib.sha256(form["code_verifier"].encode()).digest()) == challenge
        return None if verified and form["redirect_uri"] in self.redirect_uris else 501481


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


class _Handler(BaseHTTPRequestHandler):
    service: SignInService

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(datetime.now(UTC) + self.service.clock, usegmt=True)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/authorize":  # browsers ask for an icon
            self._say(200, "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>")
            return
        status, body = self.service.page({name: each[0] for name, each in parse_qs(parts.query).items()})
        self._say(status, "text/html; charset=utf-8", body)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: each[0] for name, each in parse_qs(raw).items()}
        if self.path.startswith("/introspect"):
            user = self.service.tokens.get(form.get("token", ""))
            self._say(200, "application/json", json.dumps({"active": bool(user), "username": user or ""}))
            return
        status, answer = self.service.token(form)
        self._say(status, "application/json", json.dumps(answer))

    def _say(self, status: int, kind: str, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


@contextmanager
def sign_in_service(folder: Path, house: Authority | None = None) -> Iterator[SignInService]:
    """Run it: people and tokens over HTTPS as ``localhost``, what Dovecot asks over HTTP on loopback.

    Args:
        house: who issues its certificate; an authority of its own by default.
    """
    house = house or Authority.root("Authority of the sign-in service")
    served = house.issue("localhost")
    service = SignInService(root=folder / "sign-in-root.pem")
    service.root.write_text(house.pem)
    (folder / "sign-in-chain.pem").write_text(served.chain_pem + served.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "sign-in-chain.pem")
    handler = type("Handler", (_Handler,), {"service": service})
    with ExitStack() as stack:
        for name, secure in (("port", True), ("introspection", False)):
            server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            server.daemon_threads = True
            setattr(service, name, server.server_address[1])
            if secure:
                server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        yield service
