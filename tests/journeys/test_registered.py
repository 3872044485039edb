"""Every way of a recipient through a registered mail: phone and desktop, German and English, with scripts and without,
by the keyboard alone; axe finds nothing on any of the pages.
"""

import re
import subprocess
import zipfile
from email import policy
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.support import second_verifier
from tests.support.browsing import OpenPage, Shot
from tests.support.desk import link_in
from tests.support.installations import COMMAND
from tests.support.keyboard import EVERY, walk
from tests.support.registered_scene import Recipient, RegisteredScene
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NOTICE = ("Einschreiben-E-Mail von Lindenhof Immobilien", "Registered e-mail from Lindenhof Immobilien")
SUBJECT = ("Kündigung des Maklervertrags", "Notice ending the agency agreement")
MESSAGE = ("3. März 2026", "3 March 2026")
PROTECTED = ("Angenommen, mit Code geschützt", "Accepted, protected by a code")
REFUSED = ("Sie haben die Einschreiben-E-Mail abgelehnt", "You have refused the registered e-mail")
OVER = ("Die Frist ist abgelaufen", "The period is over")
TAKEN_BACK = ("Diese Einschreiben-E-Mail wurde zurückgezogen", "This registered e-mail was taken back")
EML = ("Alles als E-Mail herunterladen (.eml)", "Download everything as an e-mail (.eml)")
PDF, TEXT = "Maklervertrag 2026-03-03.pdf", "Übersicht der Besichtigungen.txt"
# By their names in ETSI EN 319 522-1.
RECEIPTS = {"submission": "SubmissionAcceptance", "notification": "NotificationForAcceptance"}


def it_stays_here_and_is_read_in_the_browser(scene: RegisteredScene, mara: Recipient) -> None:
    """The notice has neither message nor files; accepted, both are there to read, and as one ``.eml``."""
    [sent] = scene.send(mara.way.language)
    assert mara.way(*SUBJECT) in sent.notice.text
    assert mara.way(*MESSAGE) not in sent.notice.text
    assert not sent.notice.attachments
    mara.opens(sent.link, *NOTICE)
    expect(mara.page.locator("main")).not_to_contain_text(mara.way(*MESSAGE))
    mara.shot("ask")
    mara.accepts()
    mara.sees(*SUBJECT)
    expect(mara.page.locator("main")).to_contain_text(mara.way(*MESSAGE))
    mara.shot("message")
    with mara.page.expect_download() as waiting:
        mara.presses(*EML, role="link")
    assert waiting.value.suggested_filename == "Einschreiben.eml"
    whole = BytesParser(policy=policy.default).parsebytes(Path(waiting.value.path()).read_bytes())
    assert whole["Subject"] == mara.way(*SUBJECT)
    files = {part.get_filename(): part.get_payload(decode=True) for part in whole.iter_attachments()}
    assert files[TEXT] == b"3 Termine\n"
    with mara.page.expect_download() as waiting:
        mara.enters(mara.page.get_by_role("link", name=PDF))
    assert Path(waiting.value.path()).read_bytes() == files[PDF]
    # Page, .eml and file; each is recorded after its last byte has left, so a moment later.
    until(lambda: scene.kinds(sent.public_id).count("ContentHandover") == 3)
    assert scene.kinds(sent.public_id).count("ConsignmentAcceptance") == 1
    accepted = {"acceptance": "ConsignmentAcceptance", "access": "ContentHandover"}
    assert scene.ask("receipts_of", sent.public_id) == {**RECEIPTS, **accepted}
    confirmation = scene.mail_to(sent.address, mara.way("Angenommen:", "Accepted:"))
    assert [file.content_type for file in confirmation.attachments] == ["application/pdf"]


def it_is_refused_for_good(scene: RegisteredScene, mara: Recipient) -> None:
    [sent] = scene.send(mara.way.language)
    mara.opens(sent.link, *NOTICE)
    mara.refuses()
    mara.sees(*REFUSED)
    mara.shot("refused")
    assert scene.server.get(f"{urlsplit(sent.link).path}einschreiben.eml").status == 403
    assert "ConsignmentRejection" in scene.kinds(sent.public_id)
    assert scene.ask("receipts_of", sent.public_id) == {**RECEIPTS, "refusal": "ConsignmentRejection"}
    confirmation = scene.mail_to(
        sent.address, mara.way("Sie haben eine Einschreiben-E-Mail abgelehnt", "You have refused a registered e-mail")
    )
    assert [file.content_type for file in confirmation.attachments] == ["application/pdf"]


def the_sender_hides_the_subject_and_tells_a_code_by_phone(scene: RegisteredScene, mara: Recipient) -> None:
    [sent] = scene.send(mara.way.language, hidden=True, code_by="phone")
    assert sent.notice.subject == mara.way(*NOTICE)
    assert "Lindenhof" in sent.notice.text
    for hidden in SUBJECT:
        assert hidden not in sent.notice.text
    mara.opens(sent.link, *NOTICE)
    expect(mara.page.locator("body")).to_contain_text("Lindenhof")
    expect(mara.page.locator("body")).not_to_contain_text(mara.way(*SUBJECT))
    mara.shot("hidden")
    mara.accepts("0000 0000")
    expect(mara.page.get_by_role("alert")).to_contain_text(mara.way("noch 4 Versuche", "4 tries left"))
    mara.looks()
    mara.accepts(sent.code)
    mara.sees(*SUBJECT)
    # The link of the mail alone opens nothing, not even after the acceptance.
    mara.opens(sent.link, *PROTECTED)
    assert scene.server.get(f"{urlsplit(sent.link).path}einschreiben.eml").status == 403
    for _ in range(5):
        mara.types("code", "1111-1111")
        mara.page.keyboard.press("Enter")
        expect(mara.page.get_by_role("alert")).to_be_visible()
    expect(mara.page.get_by_role("alert")).to_contain_text(mara.way("gesperrt", "locked"))
    mara.looks()
    mara.shot("locked")


def the_code_goes_to_a_second_address(scene: RegisteredScene, mara: Recipient) -> None:
    second = f"zweit.{mara.way.language}.{mara.way.device}.{mara.way.scripts}@berger.example".lower()
    [sent] = scene.send(mara.way.language, code_by="mail", code_address=second)
    found = re.search(r"\b\d{4}-\d{4}\b", scene.mail_to(second).text)
    assert found
    assert found[0] not in sent.notice.text
    mara.opens(sent.link, *NOTICE)
    mara.accepts(found[0])
    mara.sees(*SUBJECT)
    mara.opens(sent.link, *PROTECTED)
    mara.types("code", found[0])
    mara.page.keyboard.press("Enter")
    mara.sees(*SUBJECT)


def it_is_reminded_of_and_the_period_ends(scene: RegisteredScene, mara: Recipient) -> None:
    [sent] = scene.send(mara.way.language)
    assert scene.ask("period_of", sent.public_id) == {"days": 7}
    until(lambda: scene.state(sent) == "notified")
    scene.ask("remind_registered", sent.public_id)
    reminder = scene.mail_to(sent.address, mara.way("Erinnerung:", "Reminder:"))
    mara.opens(link_in(reminder), *NOTICE)
    scene.ask("end_period", sent.public_id)
    mara.accepts()  # the page is still open, and too late
    mara.sees(*OVER)
    mara.opens(sent.link, *OVER)
    mara.shot("over")
    expiry = "AcceptanceRejectionExpiry"
    assert "ConsignmentAcceptance" not in scene.kinds(sent.public_id)
    assert scene.ask("receipts_of", sent.public_id) == {**RECEIPTS, "expiry": expiry}
    told = scene.mail_to("jana.roth@lindenhof.example", "Frist abgelaufen")
    assert [file.content_type for file in told.attachments] == ["application/pdf"]


def it_is_taken_back(scene: RegisteredScene, mara: Recipient) -> None:
    [sent] = scene.send(mara.way.language)
    scene.ask("revoke", sent.public_id)
    mara.opens(sent.link, *TAKEN_BACK)


def several_get_one_each(scene: RegisteredScene, mara: Recipient) -> None:
    """What one does has nothing to do with the other; both are in one overview."""
    one, other = scene.send(mara.way.language, recipients=2)
    assert one.batch == other.batch
    assert one.public_id != other.public_id
    assert other.address not in one.notice.raw.decode(errors="replace")
    mara.opens(one.link, *NOTICE)
    mara.accepts()
    mara.sees(*SUBJECT)
    assert (scene.state(one), scene.state(other)) == ("open", "notified")
    mara.opens(other.link, *NOTICE)
    mara.refuses()
    mara.sees(*REFUSED)
    assert (scene.state(one), scene.state(other)) == ("open", "refused")


LINES = (
    it_stays_here_and_is_read_in_the_browser,
    it_is_refused_for_good,
    the_code_goes_to_a_second_address,
    the_sender_hides_the_subject_and_tells_a_code_by_phone,
    it_is_reminded_of_and_the_period_ends,
    it_is_taken_back,
    several_get_one_each,
)


def test_each_way_of_a_recipient(
    registered_scene: RegisteredScene, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    walk(LINES, registered_scene, Recipient, open_page, shot, every=False)
    _proven(registered_scene, open_page, shot, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_each_way_of_a_recipient_in_every_combination(
    registered_scene: RegisteredScene, open_page: OpenPage, shot: Shot
) -> None:
    walk(LINES, registered_scene, Recipient, open_page, shot, every=True)


def _proven(scene: RegisteredScene, open_page: OpenPage, shot: Shot, folder: Path) -> None:
    """A proof that both verifiers take, together with the checkpoint that the recipient's mail has."""
    [sent] = scene.send("de")
    mara = Recipient.comes(EVERY[0], open_page, shot)
    mara.opens(sent.link, *NOTICE)
    mara.accepts()
    mara.sees(*SUBJECT)
    confirmation = scene.mail_to(sent.address, "Angenommen:")
    assert "BEGIN SIEGEL" in confirmation.text
    proof, mail = folder / "proof.zip", folder / "confirmation.eml"
    scene.ask("prove", sent.public_id, str(proof))
    mail.write_bytes(confirmation.raw)
    verified = subprocess.run(
        [COMMAND, "verify", proof, "--checkpoint", mail], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout
    with zipfile.ZipFile(proof) as archive:
        assert second_verifier.is_good({name: archive.read(name) for name in archive.namelist()})
