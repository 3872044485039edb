"""The main job, walked once: a property comes in, goes out as a link, is confirmed, handed over and proven."""

import subprocess
import sys
import uuid
from pathlib import Path

from siegelpost.contacts.models import Contact
from siegelpost.demo.recipient import DemoBrowser, GateForm, Page
from siegelpost.demo.sample import sample_agent, sample_office, sample_prospect
from siegelpost.demo.steps import StepFailedError, Steps, wait_for
from siegelpost.demo_data import package
from siegelpost.dispatch.evidence.proof import write_proof
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send.send import RefusedByGuardError, send
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.models import Estate
from siegelpost.mail import sink
from siegelpost.office.current import set_test_operation, the_office
from siegelpost.office.models import Agent, Language
from siegelpost.settings import Settings
from siegelpost.tls.store import Store

OK, SEE_OTHER = 200, 303


def walk(steps: Steps, settings: Settings, mailbox: Path) -> Path:
    """Walk it, telling each step, and give the path of the proof.

    Raises:
        StepFailedError: something that must happen did not happen.
    """
    sample_office()
    # Who has ordered a property is not asked again: each walk in the same folder is somebody else's.
    agent, prospect = sample_agent(), sample_prospect(Dispatch.objects.count() + 1)
    estate = _import(steps, settings, agent)
    letter = Letter(
        estates=[estate],
        contact=prospect,
        subject=f"Ihre Anfrage: {estate.title}"[:200],
        message="vielen Dank für Ihre Anfrage. Das Exposé liegt für Sie bereit; ich freue mich auf Ihre Fragen.",
        language=Language.GERMAN,
    )
    # On a second walk in the same folder it is on already, and the guard lets everything out.
    if not the_office().test_operation:
        _meet_the_guard(steps, agent, letter)
    with steps.step(
        "Testbetrieb eingeschaltet: jede Mail, Seite und der Nachweis sagen es",
        "Test operation switched on: every mail, page and the proof say so",
    ):
        set_test_operation(True, by=str(agent.public_id))
    dispatch = _send(steps, agent, letter)
    link = _read_mail(steps, mailbox, prospect, dispatch)
    browser = DemoBrowser(_certificate(settings))
    _confirm(steps, browser, link, prospect)
    _receive(steps, browser, link, mailbox, dispatch, settings)
    return _prove(steps, settings, dispatch)


def _import(steps: Steps, settings: Settings, agent: Agent) -> Estate:
    file = settings.data / "openimmo-beispiel.zip"
    with steps.step("Objekte aus OpenImmo eingelesen", "Properties imported from OpenImmo"):
        package.write(file)
        result = import_file(file, actor=agent)
        if result.rejected:
            raise StepFailedError(f"import: {result.rejected}")
        estates = Estate.objects.filter(buyer_commission_due=True, marketing="purchase").order_by("pk")
        steps.note(
            f"{Estate.objects.count()} Objekte aus {file.name}", f"{Estate.objects.count()} properties from {file.name}"
        )
        return estates[0]


def _meet_the_guard(steps: Steps, agent: Agent, letter: Letter) -> None:
    with steps.step(
        "Sendewächter gefragt: mit dem selbstsignierten Zertifikat geht nichts hinaus",
        "Send guard asked: with the self-signed certificate nothing goes out",
    ):
        try:
            send(agent, letter, public_id=uuid.uuid4())
        except RefusedByGuardError as refused:
            for problem in refused.verdict.problems:
                cause = problem.cause[steps.language]
                steps.note(
                    f"{problem.browser}: {problem.code} – {cause}", f"{problem.browser}: {problem.code} – {cause}"
                )
            return
        except Exception as error:
            raise StepFailedError(f"send: {error}") from error
        raise StepFailedError("send: the guard held nothing")


def _send(steps: Steps, agent: Agent, letter: Letter) -> Dispatch:
    with steps.step("Sicheres Exposé abgeschickt", "Secure exposé sent"):
        dispatch = send(agent, letter, public_id=uuid.uuid4())
        answered = wait_for(
            lambda: Dispatch.objects.filter(pk=dispatch.pk, state=DispatchState.NOTIFIED).first(),
            "the mail server's 250",
        )
        steps.note(
            f"Sendung {answered.public_id}: der Mailserver hat mit 250 geantwortet",
            f"dispatch {answered.public_id}: the mail server has answered 250",
        )
        return answered


def _read_mail(steps: Steps, mailbox: Path, prospect: Contact, dispatch: Dispatch) -> str:
    with steps.step("Mail mit Widerrufsbelehrung und Link angekommen", "Mail with policy and link has arrived"):
        mail = wait_for(lambda: _newest(mailbox, prospect.email, dispatch.subject, dispatch), "the mail")
        link = next((link for link in mail.links if "/s/" in link), None)
        if link is None or "Widerrufsbelehrung" not in mail.text:
            raise StepFailedError("the mail has no link or no policy")
        return link


def _newest(mailbox: Path, recipient: str, words: str, dispatch: Dispatch) -> sink.ParsedMail | None:
    """The newest such mail since the dispatch was made: an earlier walk has left some, too."""
    since = (mail for mail in sink.messages(mailbox) if mail.received_at >= dispatch.created_at)
    return next((one for one in since if recipient in one.recipient and words in one.subject), None)


def _certificate(settings: Settings) -> str:
    store = Store(settings.data / "tls")
    return store.chain_pem(store.current()[0].id)


def _confirm(steps: Steps, browser: DemoBrowser, link: str, prospect: Contact) -> None:
    with steps.step("Link geöffnet: nichts ist angekreuzt", "Link opened: nothing is ticked"):
        page = _expect(browser.open(link), OK)
        form = GateForm.of(page)
        if form.ticked or b"<html" not in page.body:
            raise StepFailedError("the page is not the gate, or a box is ticked")
    with steps.step(f"Erklärt: „{form.button}“", f"Declared: “{form.button}”"):
        _expect(browser.open(link, form.answer(prospect.full_name)), SEE_OTHER)


def _receive(
    steps: Steps, browser: DemoBrowser, link: str, mailbox: Path, dispatch: Dispatch, settings: Settings
) -> None:
    with steps.step("Exposé als Seite und als PDF erhalten", "Exposé received as a page and as a PDF"):
        _expect(browser.open(link), OK)
        pdf = _expect(browser.open(f"{link}expose.pdf"), OK)
        if not pdf.body.startswith(b"%PDF"):
            raise StepFailedError("the exposé is no PDF")
        (settings.data / "expose.pdf").write_bytes(pdf.body)
        steps.note(f"{settings.data / 'expose.pdf'} ({len(pdf.body) // 1024} KiB)", f"{settings.data / 'expose.pdf'}")
    with steps.step(
        "Bestätigung mit dem Wortlaut der Erklärungen und dem Siegel angekommen",
        "Confirmation with the declared text and the checkpoint has arrived",
    ):
        mail = wait_for(
            lambda: _newest(mailbox, dispatch.contact.email, "Ihre Bestätigung", dispatch), "the confirmation"
        )
        if "BEGIN SIEGEL" not in mail.text:
            raise StepFailedError("the confirmation carries no checkpoint")
        (settings.data / "bestaetigung.eml").write_bytes(mail.raw)


def _expect(page: Page, status: int) -> Page:
    if page.status != status:
        raise StepFailedError(f"the server answered {page.status} where {status} was due")
    return page


def _prove(steps: Steps, settings: Settings, dispatch: Dispatch) -> Path:
    proof = settings.data / "proof.zip"
    with steps.step("Nachweis geschrieben", "Proof written"):
        with proof.open("wb") as target:
            write_proof(Dispatch.objects.get(pk=dispatch.pk), target)
        steps.note(f"{proof} ({proof.stat().st_size // 1024} KiB)", f"{proof} ({proof.stat().st_size // 1024} KiB)")
    with steps.step(
        "Nachweis geprüft: offline, gegen das Siegel aus der Mail",
        "Proof verified: offline, against the mailed checkpoint",
    ):
        command = [sys.executable, "-m", "siegelpost", "verify", str(proof), "--lang", steps.language]
        verified = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [*command, "--checkpoint", str(settings.data / "bestaetigung.eml")],
            capture_output=True,
            text=True,
            check=False,
        )
        if verified.returncode != 0:
            raise StepFailedError(verified.stdout + verified.stderr)
        steps.console.print(verified.stdout.strip(), style="dim", highlight=False, soft_wrap=True)
    return proof
