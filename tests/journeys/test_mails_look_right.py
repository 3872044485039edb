"""Every kind of mail, as it is seen: pictures in light and dark, on a phone and a desktop; its plain text; its size."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from jinja2 import ChainableUndefined
from playwright.sync_api import Browser, Request
from tests.support import word_engine
from tests.support.browsing import axe
from tests.support.office import a_dispatch, an_agent, an_office, the_guard_says

from siegelpost import templating
from siegelpost.dispatch.models import Declaration, Dispatch, Withdrawal
from siegelpost.mail.outgoing.compose import LARGEST_WITHOUT_ATTACHMENTS, compose
from siegelpost.mail.outgoing.wire import to_wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FOLDER = Path(templating.__file__).parent / "dispatch" / "jinja2" / "dispatch" / "mail"
CERTIFICATES = Path(templating.__file__).parent / "certificates" / "jinja2" / "certificates" / "mail"
# What does not stand in the frame is a piece of one that does.
KINDS = sorted(path.stem for path in FOLDER.glob("*.html") if "mail/base.html" in path.read_text())
# To administrators.
OTHERS = sorted(f"certificates/mail/{path.stem}" for path in CERTIFICATES.glob("*.html"))
URL = "https://siegelpost.lindenhof.test:8443/s/Zk3vQ7mN9pR2tW5xY8bC1dF4gH6jK0lM/"
SMALLER_THAN_13 = "all => all.filter(one => parseFloat(getComputedStyle(one).fontSize) < 13).length"
DEVICES = {"phone": (360, 740), "desktop": (1280, 800)}
CHECKPOINT = (
    "siegelpost.lindenhof.test\n4711\n"
    + "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n"
    + "\n— x "
    + "Az3g" * 24
    + "\n"
)


class _Sample(ChainableUndefined):
    """Stands for what a mail shows that is not among the examples below."""

    def __str__(self) -> str:
        return "Beispiel"


def _also_without_example(words_of: Callable[[Any], str]) -> Callable[[Any], str]:
    """The filter, which takes the present moment for one that has no example."""
    return lambda value: words_of(timezone.now() if isinstance(value, _Sample) else value)


@pytest.fixture(scope="module", autouse=True)
def beside_the_browser() -> Iterator[None]:
    """Playwright runs a loop in this thread; Django then wants to be told that its queries may block it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def examples(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What mails are made of, taken from a real dispatch."""
    the_guard_says(True, monkeypatch)
    office = an_office(phone="0711 123456")
    dispatch = a_dispatch(an_agent(phone="0170 1234567"))
    now = timezone.now()
    Dispatch.objects.filter(pk=dispatch.pk).update(declared_at=now)
    dispatch.refresh_from_db()
    said = "Ich verlange ausdrücklich, dass Sie vor Ablauf der Widerrufsfrist mit der Dienstleistung beginnen."
    later = now + timedelta(days=14)
    return {
        "page": {**dispatch.page, "hidden": False, "code_by": "phone", "test": True},
        "url": URL,
        "dispatch": dispatch,
        "office": office,
        "withdrawal": Withdrawal(
            dispatch=dispatch, name="Mara Berger", email="mara@berger.test", contract=dispatch.subject, made_at=now
        ),
        "declarations": [Declaration(dispatch=dispatch, text=said, made_at=now, name="Mara Berger")],
        "is_open": True,
        "attached": True,
        "accepted": True,
        "checkpoint": CHECKPOINT,
        "test": True,
        "code": "2849-1367",
        "count": 3,
        "visitors": 3,
        "moment": now,
        **dict.fromkeys(("period_ends_at", "last_day", "until", "day"), later),
    }


def rendered(kind: str, language: str, examples: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, plain text and HTML of a kind of mail."""
    environment = templating.environment(language).overlay(undefined=_Sample)
    environment.filters = {
        **environment.filters,
        "until": lambda begin, end: "Samstag, 5. Dezember 2026, 10:30–11:15 Uhr",
    }
    for name in ("day", "moment", "instant", "weekday"):
        environment.filters = {**environment.filters, name: _also_without_example(environment.filters[name])}
    shown = {**examples, "language": language}
    kind = kind if "/" in kind else f"dispatch/mail/{kind}"
    subject, _, text = environment.get_template(f"{kind}.txt").render(shown).partition("\n")
    return (
        " ".join(subject.split()),
        text.strip() + "\n",
        environment.get_template(f"{kind}.html").render(shown),
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_plain_text_says_it_all_and_no_mail_is_large(language: str, examples: dict[str, Any]) -> None:
    for kind in KINDS:
        subject, text, html = rendered(kind, language, examples)
        assert 0 < len(subject) <= 120, kind
        for link in re.findall(r'href="(https://[^"]+)"', html):
            assert link in text, f"{kind}: {link} stands in the HTML alone"
        assert not re.search(r"</?(p|br|div|strong|a|span|table)\b|&(amp|nbsp|quot|#\d+);", text), kind
        assert "\n\n\n\n" not in text, f"{kind}: a hole in the text"
        # A button's label needs no place in the text; what the address is for stands around it.
        framed = r'<(p|table|td|div)\s+class="(action|quiet|test|sender|preheader)".*?</\1>'
        content = re.sub(framed, " ", html, flags=re.DOTALL)
        lost = set(words(content)) - set(words(f"{subject}\n{text}"))
        assert not lost, f"{kind}: only the HTML says {sorted(lost)}"
        raw = to_wire(compose(to="mara@berger.test", subject=subject, text=text, html=html))
        assert len(raw) <= LARGEST_WITHOUT_ATTACHMENTS, kind
        assert not re.search(rb"<img[^>]*src=(?:3D)?.(?!cid:)", raw), kind


@pytest.mark.parametrize("language", ["de", "en"])
def test_word_shows_them_too(language: str, examples: dict[str, Any]) -> None:
    """Outlook on Windows drew the sheet over the whole window, and the button as a bare link."""
    for kind in [*KINDS, *OTHERS]:
        assert list(word_engine.faults(rendered(kind, language, examples)[2])) == [], kind


def _note(asked: list[str], request: Request) -> None:
    asked.append(request.url)


def words(text: str) -> list[str]:
    """The words of a text or of an HTML body."""
    body = re.sub(r"<(style|title)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return re.findall(r"\w{3,}", re.sub(r"<[^>]+>|&[a-z#0-9]+;", " ", body))


def test_they_look_right_in_light_and_dark(examples: dict[str, Any], chromium: Browser, tmp_path: Path) -> None:
    # To look at them: SIEGELPOST_TEST_PICTURES=folder.
    pictures = Path(os.environ.get("SIEGELPOST_TEST_PICTURES", tmp_path))
    for (device, (width, height)), dark in ((pair, dark) for pair in DEVICES.items() for dark in (False, True)):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        asked: list[str] = []
        page.on("request", partial(_note, asked))
        for kind in KINDS:
            _subject, _text, html = rendered(kind, "de" if device == "phone" else "en", examples)
            page.set_content(html)
            room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert room[0] <= room[1], f"{kind} is wider than a {device}"
            small = page.locator("p, a, li, pre").evaluate_all(SMALLER_THAN_13)
            assert small == 0, f"{kind} has letters that are too small"
            button = page.locator("a.button")
            if button.count():
                box = button.first.bounding_box()
                assert box is not None
                assert box["height"] >= 44, f"{kind}: a button for a thumb"
            axe(page)
            page.screenshot(path=pictures / f"{kind}-{device}-{'dark' if dark else 'light'}.png", full_page=True)
        assert not asked, "a mail asks nobody for anything"
        context.close()
