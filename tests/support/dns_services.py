"""Dynamic DNS services of the tests' own, over HTTPS on loopback: scripted after what the real ones document.

deSEC (desec.readthedocs.io), Hetzner (docs.hetzner.cloud), IONOS (developer.hosting.ionos.de), INWX (inwx.de, DomRobot)
and DynDNS2 (help.dyn.com). None of them was tried itself.
"""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.pki import Authority
from tests.support.strange_servers import context_for

from siegelpost.certificates.dyndns.api import Endpoint
from siegelpost.certificates.dyndns.record import Access
from siegelpost.settings import Settings, load

SECRET = "t0p-secret-login"
ZONE, ZONE_ID = "buero.test", "4711"
Said = tuple[int, Any]


@dataclass
class Services:
    """What all of them hold: records by name and type, and what was asked of them.

    Args:
        answer: DynDNS2's next answer, status and body.
        fails: given to whatever is asked, instead of the truth.
        session: whether INWX's second factor is on.
    """

    port: int = 0
    root: Path = Path()
    records: dict[tuple[str, str], tuple[int, list[str]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: tuple[int, str] = (200, "good")
    fails: Said | None = None
    retry_after: str = ""
    second_factor: bool = False
    sessions: list[str] = field(default_factory=list)

    def base(self, service: str) -> str:
        return f"https://127.0.0.1:{self.port}/{service}"

    @property
    def settings(self) -> Settings:
        """Ours, trusting these and allowed to ask this machine."""
        return load().model_copy(update={"trust_roots": [self.root], "private_networks": [ip_network("127.0.0.0/8")]})

    def endpoint(self, service: str, **options: str) -> Endpoint:
        context = ssl.create_default_context(cafile=str(self.root))
        return Endpoint(self.base(service), Access(options), context, [ip_network("127.0.0.0/8")])

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [each for each in self.asked if each[0] not in ("GET", "account.login", "account.logout")]


@contextmanager
def serving(folder: Path) -> Iterator[Services]:
    """All services, each below its own path."""
    authority = Authority.root()
    being = Services(root=folder / "root.pem")
    being.root.write_text(authority.pem)

    class Handler(_Handler):
        services = being

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context_for(authority.issue("127.0.0.1")).wrap_socket(server.socket, server_side=True)
    being.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield being
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    services: Services

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body: Any = json.loads(self.rfile.read(length)) if length else None
        _, service, *below = self.path.split("/", 2)
        rest = "".join(below)
        self.services.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.services.asked.append((self.command, "/" + rest) if service != "inwx" else (body["method"], str(body)))
        status, content = self.services.fails or _SERVICES[service](self, "/" + rest, body)
        data = (
            content.encode() if isinstance(content, str) else b"" if content is None else json.dumps(content).encode()
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if self.services.retry_after:
            self.send_header("Retry-After", self.services.retry_after)
        if service == "inwx" and isinstance(body, dict) and body["method"] == "account.login":
            self.send_header("Set-Cookie", "domrobot=session1; path=/; secure; HttpOnly")
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _full(label: str) -> str:
    return ZONE if label in ("@", "") else f"{label}.{ZONE}"


def _desec(request: _Handler, path: str, body: Any) -> Said:
    held = request.services.records
    if request.headers["Authorization"] != f"Token {SECRET}":
        return 401, {"detail": "Invalid token."}
    parts = path.strip("/").split("/")
    if parts[:2] != ["domains", ZONE]:
        return 404, {"detail": "Not found."}
    if len(parts) == 2:
        return 200, {"name": ZONE, "minimum_ttl": 3600}
    if len(parts) == 3:
        key = (_full(body["subname"]), body["type"])
        if body["ttl"] < 3600:
            return 400, {"ttl": ["Ensure this value is greater than or equal to 3600."]}
        held[key] = (body["ttl"], body["records"])
        return 201, body
    key = (_full(parts[3]), parts[4])
    if key not in held:
        return 404, {"detail": "Not found."}
    if request.command == "PATCH":
        held[key] = (body.get("ttl", held[key][0]), body["records"])
    return 200, {"subname": parts[3], "type": key[1], "ttl": held[key][0], "records": held[key][1]}


def _hetzner(request: _Handler, path: str, body: Any) -> Said:
    held = request.services.records
    if request.headers["Authorization"] != f"Bearer {SECRET}":
        return 401, {"error": {"code": "unauthorized", "message": "unable to authenticate"}}
    parts = path.strip("/").split("/")
    missing: Said = (404, {"error": {"code": "not_found", "message": "not found"}})
    if parts[1] not in (ZONE, ZONE_ID):
        return missing
    if len(parts) == 2:
        return 200, {"zone": {"id": int(ZONE_ID), "name": ZONE, "ttl": 3600}}
    action = {"action": {"id": 1, "status": "running", "error": None}}
    if len(parts) == 3:
        held[_full(body["name"]), body["type"]] = (body["ttl"], [each["value"] for each in body["records"]])
        return 201, action
    key = (_full(parts[3]), parts[4])
    if key not in held:
        return missing
    if parts[5:] == ["actions", "set_records"]:
        assert set(body) == {"records"}
        held[key] = (held[key][0], [each["value"] for each in body["records"]])
        return 201, action
    values = [{"value": each, "comment": ""} for each in held[key][1]]
    return 200, {"rrset": {"name": parts[3], "type": key[1], "ttl": held[key][0], "records": values}}


def _ionos(request: _Handler, path: str, body: Any) -> Said:
    held = request.services.records
    if request.headers["X-API-Key"] != SECRET:
        return 401, [{"code": "UNAUTHORIZED", "message": "The customer is not authorized to do this operation."}]
    url = urlsplit(path)
    parts = url.path.strip("/").split("/")
    if parts == ["zones"]:
        return 200, [{"name": "anderes.test", "id": "1", "type": "NATIVE"}, {"name": ZONE, "id": ZONE_ID}]
    if request.command == "GET":
        asked = parse_qs(url.query)
        key = (asked["recordName"][0], asked["recordType"][0])
        ttl, values = held.get(key, (0, []))
        rows = [
            {"id": f"{key[0]} {key[1]}".replace(" ", "+"), "name": key[0], "type": key[1], "content": each}
            | {"ttl": ttl, "prio": 0, "disabled": False}
            for each in values
        ]
        return 200, {"id": ZONE_ID, "name": ZONE, "records": rows}
    if request.command == "PUT":
        name, kind = parts[3].split("+")
        held[name, kind] = (body["ttl"], [body["content"]])
        return 200, body
    for each in body:
        held[each["name"], each["type"]] = (each["ttl"], [each["content"]])
    return 201, body


def _inwx(request: _Handler, path: str, body: Any) -> Said:
    services, params = request.services, body["params"]
    if body["method"] == "account.login":
        if params != {"user": "lindenhof", "pass": SECRET}:
            return 200, {"code": 2200, "msg": "Authentication error"}
        services.sessions.append("open")
        factor = "GOOGLE-AUTH" if services.second_factor else "0"
        return 200, {"code": 1000, "msg": "Command completed successfully", "resData": {"tfa": factor}}
    if request.headers["Cookie"] != "domrobot=session1":
        return 200, {"code": 2002, "msg": "Command use error"}
    if body["method"] == "account.logout":
        services.sessions.remove("open")
        return 200, {"code": 1500, "msg": "Command completed successfully; ending session"}
    if params.get("domain", ZONE) != ZONE:
        return 200, {"code": 2303, "msg": "Object does not exist"}
    if body["method"] == "nameserver.info":
        key = (params["name"], params["type"])
        ttl, values = services.records.get(key, (0, []))
        rows = [
            {"id": place, "name": key[0], "type": key[1], "content": each, "ttl": ttl}
            for place, each in enumerate(values)
        ]
        return 200, {"code": 1000, "msg": "ok", "resData": {"domain": ZONE, "count": len(rows), "record": rows}}
    if body["method"] == "nameserver.updateRecord":
        key = _last_info(services)
        services.records[key] = (params.get("ttl", services.records[key][0]), [params["content"]])
    else:
        services.records[params["name"], params["type"]] = (params["ttl"], [params["content"]])
    return 200, {"code": 1000, "msg": "ok"}


def _last_info(services: Services) -> tuple[str, str]:
    asked = next(each for method, each in reversed(services.asked) if method == "nameserver.info")
    return next(key for key in services.records if f"'{key[0]}'" in asked and f"'{key[1]}'" in asked)


def _dyndns2(request: _Handler, path: str, body: Any) -> Said:
    given = request.headers.get("Authorization", "")
    right = f"Basic {base64.b64encode(f'lindenhof:{SECRET}'.encode()).decode()}"
    if given != right and SECRET not in path:
        return 401, "badauth"
    return request.services.answer


_SERVICES: dict[str, Callable[[_Handler, str, Any], Said]] = {
    "desec": _desec,
    "hetzner": _hetzner,
    "ionos": _ionos,
    "inwx": _inwx,
    "dyndns2": _dyndns2,
}
