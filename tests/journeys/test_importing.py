"""Properties from the office's own program, in a real Chromium: a file is dropped or chosen, read, shown, brought in.

What the server does in the background is held where a test wants to look at it, by the lock it takes itself.
"""

import base64
import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.office_walk import furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox
from tests.unit.estates import transfers as t

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Say = Callable[[str, str], str]


@pytest.fixture
def server(serve: Serve, mail_sink: Mailbox, request: pytest.FixtureRequest) -> Server:
    served = serve()
    furnish(served.installation, mail_sink.port, language=request.node.callspec.params.get("language", "de"))
    return served


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """The text in the language of this test."""
    english = request.node.callspec.params.get("language") == "en"
    return lambda german, in_english: in_english if english else german


@contextmanager
def held(server: Server, lock: str) -> Iterator[None]:
    """The jobs process waits: ``imports`` before it looks at a file, ``import`` before the first change."""
    folder = server.installation.data / "run"
    folder.mkdir(exist_ok=True)
    with (folder / lock).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def package(folder: Path, *, price: int = 300000) -> Path:
    """Three properties with a picture each, and one that cannot be taken."""
    estates = [
        t.estate(
            f"S-{number}",
            title=f"Haus am See {number}",
            inner=f"<preise><kaufpreis>{price + number}</kaufpreis></preise>"
            + t.attachments(t.attachment(f"{number}.jpg")),
        )
        for number in range(3)
    ]
    files = {f"{number}.jpg": t.picture((90, 60 * number, 90), (800, 600)) for number in range(3)}
    xml = t.document(t.provider(*estates, t.estate("S-9", action="TAUSCH")))
    return t.write_zip(folder / f"Objekte-{price}.zip", xml, files)


def drop(page: Page, *files: Path) -> None:
    """Let go of files over the page, as somebody does who drags them from a folder."""
    given = [[base64.b64encode(file.read_bytes()).decode(), file.name] for file in files]
    dragged = page.evaluate_handle(
        """files => {
            const dragged = new DataTransfer();
            for (const [content, name] of files)
                dragged.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name));
            return dragged;
        }""",
        given,
    )
    page.dispatch_event("#main", "dragenter", {"dataTransfer": dragged})
    page.dispatch_event("#main", "dragover", {"dataTransfer": dragged})
    expect(page.locator("form.over")).to_be_visible()
    page.dispatch_event("#main", "drop", {"dataTransfer": dragged})


def opened(open_page: OpenPage, server: Server, device: str, language: str, **options: bool) -> Page:
    page = open_page(device, language=language, **options)
    sign_in(page, server)
    page.goto(f"{server.url}/estates/")
    return page


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(("device", "language"), [("phone", "de"), ("desktop", "en")])
def test_from_the_file_to_the_properties(
    device: str, language: str, server: Server, say: Say, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    page = opened(open_page, server, device, language)
    page.get_by_role("main").get_by_role("link", name=say("Importieren", "Import"), exact=True).click()
    heading(page, say("OpenImmo importieren", "Import OpenImmo"))
    axe(page)
    with held(server, "imports"):
        if device == "desktop":
            drop(page, package(tmp_path))
        else:
            page.locator("#file").set_input_files(package(tmp_path))
            press(page, say("Prüfen", "Check"))
        heading(page, say("Die Datei wird geprüft", "Checking the file"))
        expect(page.locator("#import progress")).to_be_visible()
        axe(page)
        shot(page, f"page-estate-import-reading-{device}", wide=960)
    # Nobody presses anything: the page goes on by itself.
    heading(page, say("Das würde sich ändern", "This would change"))
    figures = page.locator(".figures")
    expect(figures.locator("div", has_text=say("neu", "new")).locator("dd")).to_have_text("3")
    axe(page)
    page.get_by_role("link", name=say("nicht übernommen", "not imported")).click()
    expect(page.locator(".rows > li")).to_have_count(1)
    axe(page)
    page.goto(f"{server.url}/estates/")
    expect(page.get_by_text(say("Haus am See", "Haus am See"))).to_have_count(0)
    expect(page.locator("#latest-import")).to_contain_text(say("wartet auf Ihr Ja", "waits for your yes"))
    axe(page)
    page.get_by_role("link", name=say("ansehen", "view"), exact=True).click()

    with held(server, "import"):
        press(page, say("Jetzt importieren", "Import now"))
        heading(page, say("Wird importiert", "Importing"))
        expect(page.locator("#import progress")).to_have_js_property("max", 4)
        axe(page)
        shot(page, f"page-estate-import-applying-{device}", wide=960)
        # Somebody goes away and comes back.
        page.goto(f"{server.url}/contacts/")
        page.goto(f"{server.url}/estates/")
        page.locator("#latest-import a").click()
        heading(page, say("Wird importiert", "Importing"))
    heading(page, say("Importiert", "Imported"))
    axe(page)
    page.get_by_role("link", name="Haus am See 1").click()
    heading(page, "Haus am See 1")
    expect(page.locator("main img").first).to_be_visible()

    # The same again with other prices: what is told are the changes, field by field.
    page.goto(f"{server.url}/estates/import/")
    page.locator("#file").set_input_files(package(tmp_path, price=250000))
    press(page, say("Prüfen", "Check"))
    heading(page, say("Das würde sich ändern", "This would change"))
    page.locator("summary").first.click()
    expect(page.locator("details[open]")).to_contain_text(say("250.000,00", "250,000.00"))
    axe(page)
    press(page, say("Nichts ändern", "Change nothing"))
    heading(page, say("OpenImmo importieren", "Import OpenImmo"))
    expect(page.get_by_role("main")).to_contain_text(say("Es wurde nichts verändert", "Nothing was changed"))
    assert list((server.installation.data / "imports").iterdir()) == []

    # A package that was cut off on its way says what is wrong, and that nothing has changed.
    broken = tmp_path / "Objekte.zip"
    broken.write_bytes(package(tmp_path).read_bytes()[:-200])
    if device == "desktop":
        drop(page, broken, broken)
        expect(page.get_by_role("alert")).to_contain_text(say("nur eine Datei", "One file at a time"))
        axe(page)
        drop(page, broken)
    else:
        page.locator("#file").set_input_files(broken)
        press(page, say("Prüfen", "Check"))
    heading(page, say("Nicht importiert", "Not imported"))
    expect(page.get_by_role("alert")).to_contain_text(say("Es hat sich nichts geändert", "Nothing has changed"))
    axe(page)
    page.get_by_role("link", name=say("Andere Datei", "Another file")).click()
    expect(page.locator(".rows")).to_contain_text(say("nicht importiert", "not imported"))


@pytest.mark.parametrize("language", ["de"])
def test_it_goes_without_scripts(language: str, server: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = opened(open_page, server, "phone", language, javascript=False)
    page.goto(f"{server.url}/estates/import/")
    page.locator("#file").set_input_files(package(tmp_path))
    with held(server, "imports"):
        press(page, "Prüfen")
        heading(page, "Die Datei wird geprüft")
        expect(page.locator("#import progress")).to_be_visible()
    heading(page, "Das würde sich ändern")
    press(page, "Jetzt importieren")
    heading(page, "Importiert")
    page.get_by_role("link", name="Haus am See 2").click()
    heading(page, "Haus am See 2")
