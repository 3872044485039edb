"""Between two viewings: the line goes down in every phase of sending, and each letter still goes out exactly once."""

import time
from collections import Counter
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Shot, Watch, axe
from tests.support.office_walk import furnish, sign_in
from tests.support.pki import Certificate
from tests.support.serving import NAME, Serve
from tests.support.smtp import Mailbox
from tests.support.weak_line import Line, WeakLine

Device = Literal["phone", "desktop"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
CONTACTS = ("Mara Berger", "Timo Keller", "Ruth Sand")
# In which phase of sending the line goes down, letter by letter; what waits is tried again with every new one.
PHASES: dict[Device, tuple[Line, ...]] = {
    "phone": (Line.REQUEST_LOST, Line.ANSWER_LOST, Line.DOWN),
    "desktop": (Line.ANSWER_CUT, Line.DOWN, Line.REQUEST_LOST),
}
PATIENCE = 30_000


@pytest.fixture(autouse=True)
def line_may_go(watch: Watch) -> None:
    watch.line_may_go = True


def compose(page: Page, base: str, contact: str) -> None:
    page.goto(f"{base}/contacts/")
    page.get_by_role("link", name=contact).click()
    page.get_by_role("main").get_by_role("link", name="Exposé senden").first.click()
    page.locator("#results a").first.click()
    expect(page.get_by_role("button", name="Jetzt senden")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("device", PHASES)
def test_three_letters_whose_line_is_lost_go_out_once_each(
    device: Device,
    serve: Serve,
    mail_sink: Mailbox,
    trusted_certificate: Certificate,
    open_page: OpenPage,
    shot: Shot,
    tmp_path: Path,
) -> None:
    server = serve()
    furnish(server.installation, mail_sink.port, contacts=CONTACTS)
    line = WeakLine(server.port, trusted_certificate, tmp_path, watched="/outbox/hand-over/")
    with line.running():
        base = f"https://{NAME}:{line.port}"
        first = open_page(device)
        sign_in(first, server, at=base)
        first.evaluate("navigator.serviceWorker.ready.then(() => true)")
        pages = [first, first.context.new_page(), first.context.new_page()]
        for page, contact in zip(pages, CONTACTS, strict=True):
            compose(page, base, contact)

        for page, phase in zip(pages, PHASES[device], strict=True):
            line.state = phase
            page.get_by_role("button", name="Jetzt senden").click()
            expect(page.locator("#on-this-phone")).to_be_visible(timeout=PATIENCE)
            assert line.state is Line.DOWN
        axe(first)
        if device == "phone":
            shot(first, "office-send-offline-de-phone")
        # The truth now: the first was tried again with the second and is at the server, which the phone cannot know.
        assert _arrived(mail_sink, 1) == Counter({"berger@kunde.test": 1})

        # The system ends a service worker when it likes; it begins anew, and nothing is lost.
        devtools = first.context.new_cdp_session(first)
        devtools.send("ServiceWorker.enable")
        devtools.send("ServiceWorker.stopAllWorkers")
        # The lists can be read, and say from when they are.
        first.goto(f"{base}/contacts/")
        expect(first.locator("#kept")).to_contain_text("Ohne Netz")
        expect(first.get_by_role("main")).to_contain_text("Ruth Sand")
        expect(first.locator("#waiting")).to_contain_text("3")
        axe(first)
        if device == "phone":
            shot(first, "office-offline-de-phone")
        # A page that was never looked at says so itself, in the place of the browser's own error.
        first.context.set_offline(True)
        first.goto(f"{base}/settings/")
        expect(first.get_by_role("heading", level=1)).to_have_text("Ohne Netz")
        first.get_by_role("main").get_by_role("link", name="Auf diesem Handy", exact=True).click()
        first.context.set_offline(False)
        expect(first.locator("#letters li")).to_have_count(3)
        expect(first.locator("#letters [data-part=state]").first).to_have_text("wartet auf diesem Handy")
        axe(first)
        if device == "phone":
            shot(first, "office-outbox-de-phone")

        devtools.send("ServiceWorker.stopAllWorkers")
        line.state = Line.UP
        for page in pages:  # everybody tries at once, in every tab
            page.evaluate("dispatchEvent(new Event('online'))")
        expect(first.locator("#letters li[data-state=accepted]")).to_have_count(3, timeout=PATIENCE)
        expect(first.locator("#letters")).to_contain_text("vom Mailserver angenommen", timeout=PATIENCE)
        arrived = _arrived(mail_sink, 3)
        assert arrived == Counter(dict.fromkeys(("berger@kunde.test", "keller@kunde.test", "sand@kunde.test"), 1))
        # Whatever a phone still tries afterwards changes nothing.
        again = """async () => {
            for (const letter of await Queue.all()) await Queue.put({ ...letter, state: Queue.WAITING });
            return Queue.deliver();
        }"""
        assert first.evaluate(again)
        assert _arrived(mail_sink, 3) == arrived
        assert (
            server.installation.python(
                "from siegelpost.dispatch.models import Dispatch; print(Dispatch.objects.count())"
            ).strip()
            == "3"
        )


def test_an_answer_that_arrived_is_not_asked_for_again(
    serve: Serve,
    mail_sink: Mailbox,
    trusted_certificate: Certificate,
    open_page: OpenPage,
    tmp_path: Path,
) -> None:
    server = serve()
    furnish(server.installation, mail_sink.port)
    line = WeakLine(server.port, trusted_certificate, tmp_path, watched="/outbox/hand-over/")
    with line.running():
        base = f"https://{NAME}:{line.port}"
        page = open_page("phone")
        sign_in(page, server, at=base)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        compose(page, base, "Mara Berger")
        line.state = Line.GOES_AFTERWARDS
        page.get_by_role("button", name="Jetzt senden").click()
        assert line.lost.wait(30)
        # The page of the dispatch was never seen, so the phone shows what it has: nothing waits.
        expect(page.locator("#no-letters")).to_be_visible(timeout=PATIENCE)
        line.state = Line.UP
        page.reload()
        assert _arrived(mail_sink, 1) == Counter({"berger@kunde.test": 1})


def test_what_changed_since_the_preview_is_not_sent_unseen(
    serve: Serve,
    mail_sink: Mailbox,
    trusted_certificate: Certificate,
    open_page: OpenPage,
    tmp_path: Path,
) -> None:
    server = serve()
    furnish(server.installation, mail_sink.port)
    line = WeakLine(server.port, trusted_certificate, tmp_path, watched="/outbox/hand-over/")
    with line.running():
        base = f"https://{NAME}:{line.port}"
        page = open_page("phone")
        sign_in(page, server, at=base)
        compose(page, base, "Mara Berger")
        line.state = Line.REQUEST_LOST
        page.get_by_role("button", name="Jetzt senden").click()
        expect(page.locator("#on-this-phone")).to_be_visible(timeout=PATIENCE)
        server.installation.python(
            "from siegelpost.estates.models import Estate; Estate.objects.update(price=1, title='Anders')"
        )
        line.state = Line.UP
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#letters li[data-state=changed]")).to_contain_text("etwas geändert", timeout=PATIENCE)
        assert mail_sink.mails() == []


def test_what_the_server_refuses_stays_a_form_and_never_waits_on_the_phone(
    serve: Serve, mail_sink: Mailbox, open_page: OpenPage, watch: Watch
) -> None:
    """Online, with an empty subject, "send now" said "waiting on this phone, goes out by itself", and hid the form."""
    server = serve()
    furnish(server.installation, mail_sink.port)
    page = open_page("phone")
    sign_in(page, server)
    compose(page, server.url, "Mara Berger")
    subject, panel = page.locator("#id_subject"), page.locator("#on-this-phone")
    words = subject.input_value()

    # The preview says by itself what is missing, in its own place and at the field.
    subject.fill("")
    expect(page.locator("#preview [data-field=subject]")).to_be_visible(timeout=PATIENCE)
    expect(subject).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#preview button")).to_have_count(0)
    subject.fill(words)
    expect(page.get_by_role("button", name="Jetzt senden")).to_be_visible(timeout=PATIENCE)
    expect(subject).not_to_have_attribute("aria-invalid", "true")

    # Quicker than the preview, which hears nothing of a value that a script sets.
    subject.evaluate("(field) => { field.value = ''; }")
    page.get_by_role("button", name="Jetzt senden").click()
    expect(page.locator("#errors")).to_contain_text("Betreff", timeout=PATIENCE)
    expect(subject).to_be_focused()
    expect(subject).to_have_attribute("aria-describedby", "id_subject_error")
    expect(page.locator("#id_subject_error")).to_be_visible()
    expect(panel).to_be_hidden()
    axe(page)
    assert page.evaluate("Queue.all()") == []

    # Something else would go out than the preview shows: that is said, the form stays, and the preview looks anew.
    subject.fill(f"{words}!")
    expect(page.locator("#errors")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_role("button", name="Jetzt senden")).to_be_visible()
    server.installation.python(
        "from siegelpost.estates.models import Estate; Estate.objects.update(price=1, title='Anders')"
    )
    page.get_by_role("button", name="Jetzt senden").click()
    expect(page.locator("#errors")).to_contain_text("etwas geändert", timeout=PATIENCE)
    expect(panel).to_be_hidden()
    expect(page.locator("#preview")).to_contain_text("Anders", timeout=PATIENCE)

    # A server that stumbles is no line that is down.
    page.route("**/outbox/hand-over/", lambda route: route.fulfill(status=500, body="{}"))
    page.get_by_role("button", name="Jetzt senden").click()
    expect(page.locator("#server-trouble")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#no-net")).to_be_hidden()
    expect(page.locator("#letters [data-part=words]")).to_contain_text("500")
    watch.complaints = [one for one in watch.complaints if "/outbox/hand-over/" not in one]  # that was asked for
    assert mail_sink.mails() == []


def _arrived(box: Mailbox, at_least: int) -> Counter[str]:
    """How many mails each recipient has, once there are enough."""
    until = time.monotonic() + PATIENCE / 1000
    while len(box.mails()) < at_least and time.monotonic() < until:
        time.sleep(0.1)
    return Counter(parseaddr(mail.recipient)[1] for mail in box.mails())
