"""The prospect's browser, as far as the demonstration needs one: links, pages and forms over real HTTPS."""

import http.client
import ssl
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit, urlunsplit

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Page:
    """What came back."""

    status: int
    location: str
    content_type: str
    body: bytes


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.boxes: list[str] = []
        self.ticked = False
        self.button = ""
        self._in_button = False
        self._in_gate = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._in_gate = given.get("class") == "gate"
        if not self._in_gate:
            return
        name = given.get("name") or ""
        if tag == "input" and given.get("type") == "checkbox":
            self.boxes.append(name)
            self.ticked = self.ticked or "checked" in given
        elif tag == "input" and name:
            self.fields[name] = given.get("value") or ""
        self._in_button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._in_button:
            self.button += data.strip()

    def handle_endtag(self, tag: str) -> None:
        self._in_button = False


@dataclass(frozen=True, slots=True)
class GateForm:
    """The form at the gate: hidden and text fields, boxes, and what the button says."""

    fields: dict[str, str]
    boxes: list[str]
    ticked: bool
    button: str

    @classmethod
    def of(cls, page: Page) -> "GateForm":
        """The form on this page."""
        parser = _Form()
        parser.feed(page.body.decode())
        return cls(parser.fields, parser.boxes, parser.ticked, parser.button)

    def answer(self, name: str) -> bytes:
        """What a browser would send with every box ticked and the name typed."""
        return urlencode({**self.fields, "name": name, **dict.fromkeys(self.boxes, "on")}).encode()


class DemoBrowser:
    """Trusts one certificate, the way a person does who clicks a warning away; that is why the demonstration
    runs in test operation.
    """

    def __init__(self, certificate_pem: str) -> None:
        self._context = ssl.create_default_context(cadata=certificate_pem)

    def open(self, url: str, body: bytes | None = None) -> Page:
        """GET, or POST when there is a body."""
        parts = urlsplit(url)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=self._context, timeout=30)
        headers = {"User-Agent": "Mozilla/5.0 (Siegelpost demo)"}
        if body is not None:
            headers |= {"Content-Type": FORM, "Origin": f"https://{parts.netloc}", "Sec-Fetch-Site": "same-origin"}
        try:
            target = urlunsplit(("", "", parts.path, parts.query, ""))
            connection.request("POST" if body is not None else "GET", target, body=body, headers=headers)
            response = connection.getresponse()
            return Page(
                response.status,
                response.getheader("Location", ""),
                response.getheader("Content-Type", ""),
                response.read(),
            )
        finally:
            connection.close()
