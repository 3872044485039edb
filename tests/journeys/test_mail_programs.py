"""Real mails of every purpose, as Gmail, Outlook on Windows, a WebKit and a text browser show them.

To look at them: ``SIEGELPOST_TEST_PICTURES=folder pytest -n0 --soak tests/journeys/test_mail_programs.py`` writes every
kind of mail in both languages, by every engine, as a picture or a text.
"""

import os
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser
from tests.support import mail_programs
from tests.support.office import an_agent, an_estate, an_office, the_guard_says
from tests.support.said import to_recipients

from siegelpost import demo_data
from siegelpost.estates import editor, teasers
from siegelpost.office import agents, logo
from siegelpost.office import editor as office_editor
from siegelpost.office import photo as photos
from siegelpost.office.models import Language

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
DEMO = Path(demo_data.__file__).parent
# Bytes of each picture, by its name.
LARGEST = {"logo.png": 20 * 1024, "teaser.jpeg": 60 * 1024, "photo.jpeg": 15 * 1024}


@pytest.fixture(params=[Language.GERMAN, pytest.param(Language.ENGLISH, marks=pytest.mark.soak)])
def mails(
    request: pytest.FixtureRequest, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> dict[str, EmailMessage]:
    """One mail of each purpose and subject, from an office with a logo, a photo and a picture for before the gate."""
    # Playwright runs a loop in this thread; Django then wants to be told that its queries may block it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    the_guard_says(True, monkeypatch)
    an_office(owner="Jana Roth")
    drawn = logo.draw((DEMO / "hu-1014-grundriss.png").read_bytes())
    office_editor.save(an_office(), logo=drawn)
    photo = photos.draw((DEMO / "hu-1014-kueche.jpg").read_bytes())
    agent, estate = agents.save_myself(an_agent(phone="+49 711 555 01 21"), photo=photo), an_estate()
    teasers.show(editor.add_media(estate, (DEMO / "hu-1014-haus.jpg").read_bytes(), name="haus.jpg"))
    found: dict[str, EmailMessage] = {}
    for mail in to_recipients(request.param, agent, estate):
        message = message_from_bytes(mail.mime(), policy=default)
        assert isinstance(message, EmailMessage)
        if message.get_body(("html",)):
            about = re.sub(r"\W+", "-", str(message["Subject"]))[:30].strip("-")
            found.setdefault(f"{request.param}-{mail.purpose}-{about}", message)
    return found


def test_each_is_shown_whole_by_engines_that_are_not_ours(
    mails: dict[str, EmailMessage], chromium: Browser, tmp_path: Path
) -> None:
    """Mails were looked at in one browser only, which drops nothing of what mail programs drop."""
    wanted = os.environ.get("SIEGELPOST_TEST_PICTURES")
    folder = Path(wanted or tmp_path)
    _by_chromium(mails, chromium, folder if wanted else None)
    _by_webkit(mails, folder)
    for name, message in mails.items():
        _by_text_browser(name, message, folder)
    with_all = sum(_pictures_travel_along(name, message) for name, message in mails.items())
    assert with_all == 2, "the notice and its reminder show the property"


def _by_chromium(mails: dict[str, EmailMessage], chromium: Browser, pictures: Path | None) -> None:
    for device, width in mail_programs.WIDTHS.items():
        for dark in (False, True) if pictures else (False,):
            page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light")
            for name, message in mails.items():
                for program in sorted(mail_programs.ON[device]):
                    shown = mail_programs.PROGRAMS[program]
                    suffix = f"{program}-{device}{'-dark' if dark else ''}"
                    picture = pictures and pictures / f"{name}-{suffix}.png"
                    wide, room = mail_programs.by_chromium(page, shown(mail_programs.html_of(message)), picture)
                    assert wide <= room, f"{name} is wider than a {device} in {program}"
            page.close()


def _by_webkit(mails: dict[str, EmailMessage], folder: Path) -> None:
    pages = {folder / f"{name}.html": folder / f"{name}-webkit.png" for name in mails}
    for page, message in zip(pages, mails.values(), strict=True):
        page.write_text(mail_programs.html_of(message))
    width = mail_programs.WIDTHS["phone"]
    mail_programs.by_webkit(pages, width=width)
    for picture in pages.values():
        with Image.open(picture) as seen:
            assert seen.width == width, f"{picture.name}: wider than a phone"
            assert seen.height > width, picture.name
            assert len(set(seen.convert("L").tobytes())) > 50, f"{picture.name}: nothing is seen"


def _by_text_browser(name: str, message: EmailMessage, folder: Path) -> None:
    """Without eyes for the layout one hears the greeting first, then what it is about, the link, and who writes."""
    html, plain = (message.get_body((kind,)) for kind in ("html", "plain"))
    assert html
    assert plain
    shown = mail_programs.by_w3m(html.get_content())
    (folder / f"{name}-w3m.txt").write_text(shown)
    # The number of a link stands before its words, and behind the mail once more, with where it leads.
    flowing, text = re.sub(r"\[\d+\]", "", "".join(shown.split())), plain.get_content()
    for link in re.findall(r"https://\S+", text):
        assert link in flowing, f"{name}: {link} is in the text alone"
    letter = text.partition("────")[0]
    at = 0
    # Where links lead, some say only in that list: they were looked for above.
    lines = [line for line in map(str.strip, letter.split("\n")) if line and not line.startswith("https://")]
    for line in ("".join(line.split()) for line in lines):
        found = flowing.find(line.strip("–"), at)
        assert found >= 0, f"{name}: {line} is missing, or stands elsewhere than in the text"
        at = found


def _pictures_travel_along(name: str, message: EmailMessage) -> bool:
    """Whether it has all there are; each is small, and none is loaded from anywhere."""
    parts = {str(part.get_filename()): part.get_content() for part in message.walk() if part["Content-ID"]}
    for picture, content in parts.items():
        assert len(content) <= LARGEST[picture], f"{name}: {picture}"
    body = message.get_body(("html",))
    assert body
    sources = re.findall(r'<img\s[^>]*?src="([^"]*)"', body.get_content())
    assert {source.partition("@")[0] for source in sources} == {f"cid:{picture}" for picture in parts}, name
    return set(parts) == set(LARGEST)
