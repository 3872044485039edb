"""Pages walked by their own links and buttons, as a finger does it, and the taps counted; typing is no tap."""

from typing import Any
from urllib.parse import parse_qsl, urljoin

from django.test import Client
from lxml import html


class Finger:
    """Somebody with a phone in their hand, on one page of the office at a time."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self.taps = 0
        self._typed: dict[str, str] = {}
        self._go(self._client.get(address, secure=True, follow=True))

    def type(self, **values: str) -> None:
        """Write into fields of the page."""
        for name in values:
            assert self._page.xpath(f"//*[@name='{name}']"), f"{self.address} has no field {name}"
        self._typed |= values

    def choose(self, name: str, words: str) -> None:
        """Take one of a list: a tap on it, whatever the phone shows."""
        (option,) = (one for one in self._page.xpath(f"//select[@name='{name}']/option") if words in _words(one))
        self._typed[name] = option.get("value")
        self.taps += 1

    def tap(self, words: str, *, row: str = "") -> None:
        """Tap on the first link or button that says this, in the first row of a list in which ``row`` stands."""
        self.taps += 1
        found = next((one for one in self._tappable(row) if words in (_words(one), one.get("aria-label", ""))), None)
        assert found is not None, f"{self.address} has no {words!r} to tap"
        if found.tag == "a":
            self._go(self._client.get(urljoin(self.address, found.get("href")), secure=True, follow=True))
        else:
            self._send(found)

    def tick(self, name: str, *values: str) -> None:
        """Tick these boxes, a tap each."""
        for value in values:
            (box,) = self._page.xpath(f"//input[@type='checkbox'][@name='{name}'][@value='{value}']")
            box.set("checked", "checked")
            self.taps += 1

    def tap_row(self, words: str) -> None:
        """Tap on the row of a list in which this stands."""
        self.taps += 1
        (link,) = (one for one in self._page.xpath("//ul[contains(@class,'rows')]/li/a[1]") if words in _words(one))
        self._go(self._client.get(urljoin(self.address, link.get("href")), secure=True, follow=True))

    @property
    def text(self) -> str:
        """What is to be read on the page."""
        return _words(self._page)

    def _tappable(self, row: str) -> list[Any]:
        within = self._page
        if row:
            within = next(one for one in self._page.xpath("//li") if row in _words(one))
        return list(within.xpath(".//main//a | .//main//button | .//self::li//a | .//self::li//button"))

    def _send(self, button: Any) -> None:
        (form,) = (
            self._page.xpath(f"//form[@id='{button.get('form')}']")
            if button.get("form")
            else button.xpath("ancestor::form[1]")
        )
        values = self._values(form)
        if button.get("name"):
            values[button.get("name")] = button.get("value", "")
        target = urljoin(self.address, button.get("formaction") or form.get("action") or self.address)
        send = self._client.post if form.get("method", "get").lower() == "post" else self._client.get
        self._go(send(target, values, secure=True, follow=True))

    def see_preview(self) -> None:
        """What the page shows by itself after one has typed: its part is put in place, as htmx does it."""
        (form,) = (one for one in self._page.xpath("//form[@hx-post][@hx-target]") if one.get("hx-trigger"))
        answer = self._client.post(form.get("hx-post"), self._values(form), secure=True, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.content.decode()[:2000]
        (old,) = self._page.xpath(f"//*[@id='{form.get('hx-target').removeprefix('#')}']")
        part: Any = html.document_fromstring(answer.content)
        (new,) = part.xpath(f"//*[@id='{old.get('id')}']")
        old.getparent().replace(old, new)

    def _values(self, form: Any) -> dict[str, Any]:
        """What the form sends, with what was typed; of one name as many values as it has."""
        owned = self._page.xpath(f"//*[@form='{form.get('id')}']") if form.get("id") else []
        values: dict[str, list[str]] = {}
        for name, value in (pair for one in [*form.iter(), *owned] for pair in _value(one)):
            values.setdefault(name, []).append(value)
        return values | self._typed

    def _go(self, answer: Any) -> None:
        assert answer.status_code == 200, (answer.status_code, answer.content.decode()[:2000])
        self._typed = {}
        request = answer.request
        self.address = request["PATH_INFO"] + (f"?{request['QUERY_STRING']}" if request["QUERY_STRING"] else "")
        self._page: Any = html.document_fromstring(answer.content)

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address behind the question mark."""
        return dict(parse_qsl(self.address.partition("?")[2]))


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _value(element: Any) -> list[tuple[str, str]]:
    """Name and value as a browser sends them; none of what is not sent."""
    name = element.get("name")
    if element.tag not in ("input", "select", "textarea") or not name:
        return []
    if element.tag == "textarea":
        return [(name, (element.text or "").removeprefix("\n"))]
    if element.tag == "select":
        options = element.xpath(".//option[@selected]") or element.xpath("(.//option)[1]")
        return [(name, options[0].get("value", ""))] if options else []
    if element.get("type") in ("checkbox", "radio") and element.get("checked") is None:
        return []
    if element.get("type") == "file":
        return []
    return [(name, element.get("value", "on" if element.get("type") == "checkbox" else ""))]
