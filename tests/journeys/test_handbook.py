"""Every step of the manual, gone as it says, in a real Chromium; in both languages, on a phone."""

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse
from playwright.sync_api import Download, Page
from playwright.sync_api import Error as BrowserError
from tests.support.browsing import OpenPage, Shot
from tests.support.handbook import Act, Deed, Reader, walks_of
from tests.support.installations import COMMAND, Installation
from tests.support.pki import Authority
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server
from tests.support.smtp import Mailbox

from siegelpost.demo_data import package
from siegelpost.handbook.pages import PICTURES, page_of
from siegelpost.handbook.topics import TOPICS, Topic
from siegelpost.handbook.topics import Reader as Audience
from siegelpost.toolbox.words import LANGUAGES, Language

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "tests/support/handbook_office.py"
WHO = {"de": "jana@lindenhof.test", "en": "rose@lindenhof.test"}
PASSWORD = "vier Wörter sind genug"
VCARD = "BEGIN:VCARD\nVERSION:3.0\nN:{0};Eva;;;\nEMAIL:eva@{0}.test\nEND:VCARD\n"
# Browsers warn of the chain that it is asked about: nobody knows who issued it.
ENDS = {"doctor": 1}


@dataclass
class Desk:
    """Where somebody sits who follows the manual: files beside them, and a terminal."""

    installation: Installation
    authority: Authority
    folder: Path

    def file(self, name: str) -> Path:
        """A file that a step hands in, by what its name ends with."""
        made = self.folder / name
        match made.suffix:
            case ".jpg":
                made.write_bytes(package.picture("hu-1014-kueche.jpg"))
            case ".xml":
                made.write_text(package.XML.read_text().replace("HU-", made.stem.upper()))
            case ".vcf":
                made.write_text(VCARD.format(made.stem))
            case ".crt":
                made.write_text(self._issued())
        return made

    def runs(self, command: str, downloads: list[Download]) -> None:
        """Give the command in a terminal; an archive that it names is the last that was downloaded."""
        _siegelpost, *arguments = shlex.split(command)
        for name in arguments:
            if name.endswith(".zip"):
                shutil.copy(downloads[-1].path(), self.folder / name)
            elif name.endswith(".pem"):
                (self.folder / name).write_text(self.authority.issue(NAME).chain_pem)
        environment = self.installation.environment()
        ended = subprocess.run(
            [COMMAND, *arguments], env=environment, cwd=self.folder, capture_output=True, check=False
        )
        assert ended.returncode == ENDS.get(arguments[0], 0), (command, ended.stdout.decode(), ended.stderr.decode())

    def _issued(self) -> str:
        """What a shop sends for the newest request."""
        requests = [*(self.installation.data / "tls").rglob("*.csr"), *(self.installation.data / "tls").rglob("*.pem")]
        asked = [file for file in requests if "CERTIFICATE REQUEST" in file.read_text()]
        csr = x509.load_pem_x509_csr(max(asked, key=lambda file: file.stat().st_mtime).read_bytes())
        spki = csr.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return self.authority.intermediate().issue(NAME, spki=spki).chain_pem


@pytest.fixture
def office(installation: Installation, serve: Serve, mail_sink: Mailbox) -> Server:
    """An office in the middle of its day, whose mails arrive."""
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nMAIL_PORT = {mail_sink.port}\n{OFFICE.read_text()}"
    installation.python(code, timeout=120)
    # Nobody is there who would issue a certificate.
    return serve(acme_directory=f"https://127.0.0.1:{free_port()}/directory")


@pytest.fixture
def desk(office: Server, authority: Authority, tmp_path: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(office.installation, authority, folder)


def sign_in(page: Page, server: Server, language: str) -> None:
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{server.url}{reverse('account_login')}")
    page.locator("input[name=login]").fill(WHO[language])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action$='/account/login/'] button").click()
    page.get_by_role("navigation").first.wait_for()


def walk(reader: Reader, desk: Desk, shot: Shot, manual: str, acts: list[Act]) -> None:
    for act in acts:
        match act.deed:
            case Deed.PICTURE:
                shot(reader.page, act.words.removesuffix(".webp"), folder=PICTURES)
            case Deed.RUN:
                desk.runs(act.words, reader.downloads)
            case _:
                reader.does(act, manual)


def go_through(
    topics: list[Topic], language: Language, office: Server, desk: Desk, open_page: OpenPage, shot: Shot
) -> None:
    """Each section of these pages, one after another; what did not go is told in the end."""
    page = open_page("phone", language=language)
    sign_in(page, office, language)
    reader, wrong = Reader(page, desk.file, PASSWORD), []
    for topic in topics:
        manual = f"{office.url}{reverse('help_page', args=[topic.slug])}"
        for section in walks_of(page_of(topic, language), language):
            try:
                walk(reader, desk, shot, manual, section.acts)
            except (AssertionError, BrowserError, StopIteration) as error:
                wrong.append(f"{topic.slug} ({language}), {section.title}: {str(error)[:900]}")
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("audience", Audience)
def test_every_step_is_gone(
    audience: Audience, office: Server, desk: Desk, open_page: OpenPage, shot: Shot, request: pytest.FixtureRequest
) -> None:
    """The languages take turns, page by page: that both ask for the same, the unit tests hold. Pictures are of both."""
    topics = [topic for topic in TOPICS if topic.reader == audience]
    for turn, language in enumerate(LANGUAGES):
        in_turn = topics if request.config.getoption("--screenshots") else topics[turn :: len(LANGUAGES)]
        go_through(in_turn, language, office, desk, open_page, shot)


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_manual_is_gone(
    language: Language, office: Server, desk: Desk, open_page: OpenPage, shot: Shot
) -> None:
    go_through(list(TOPICS), language, office, desk, open_page, shot)
