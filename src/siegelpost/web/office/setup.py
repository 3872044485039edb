"""The first steps of a new office, in the order in which it needs them; each can be left and come back to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost.certificates import overview
from siegelpost.dispatch.gate.legal_texts import as_read
from siegelpost.dispatch.send import guard
from siegelpost.estates import search as estates
from siegelpost.mail.outgoing import outbox, server_settings
from siegelpost.office import agents, editor, placeholders, texts
from siegelpost.office.current import the_office
from siegelpost.office.forms import MailServerForm, OfficeForm
from siegelpost.office.models import Language, TextKind
from siegelpost.office.statutory import draft
from siegelpost.toolbox.sealing import UnsealableError
from siegelpost.web.office.legal_texts import text_rows


def _is_trusted() -> bool | None:
    """Whether browsers take the certificate; None where that is not known without asking anybody now."""
    if known := guard.known():
        return known.ok
    return False if overview.overview().only_self_signed else None


def _mails() -> bool:
    """Whether a mail server has taken a mail from here: entered alone proves nothing."""
    try:
        server_settings.current()
    except server_settings.NotConfiguredError:
        return False
    except UnsealableError:
        pass  # it was entered, and is to be entered anew: that is said elsewhere
    return outbox.was_ever_accepted()


def _has_texts() -> bool:
    office = the_office()
    published = texts.in_force(Language(office.language))
    return TextKind.IMPRINT in published and not editor.missing_texts(Language(office.language))


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step: what it is, why it is needed, where it is done, and whether it is, None where nobody knows now.

    Args:
        ways: where it is done, as names of pages with what is written on the button, the first the usual one; empty
            for a step that has a form of its own.
        optional: nothing waits for it.
    """

    key: str
    label: Promise
    why: Promise
    done: Callable[[], bool | None]
    heading: Promise | str = ""
    ways: tuple[tuple[str, Promise], ...] = field(default=())
    optional: bool = False

    @property
    def address(self) -> str:
        """Where it is."""
        return reverse("setup_step", args=[self.key]) if self.ways else reverse(f"setup_{self.key}")


STEPS = (
    SetupStep("office", _("Büro"), _("Name und Anschrift stehen in jeder Mail."), lambda: bool(the_office().name)),
    SetupStep(
        "certificate",
        _("Zertifikat"),
        _("Solange Browser warnen, geht keine Sendung hinaus."),
        _is_trusted,
        _("Ohne Warnung erreichbar"),
        (("certificate_assistant", _("Zertifikat einrichten")),),
    ),
    SetupStep("mail", _("Mailkonto"), _("Darüber gehen Ihre Sendungen hinaus."), _mails),
    SetupStep("texts", _("Impressum und Texte"), _("Ohne sie geht kein Exposé hinaus."), _has_texts),
    SetupStep(
        "people",
        _("Mitarbeiter"),
        _("Jeder meldet sich mit einem eigenen Zugang an."),
        lambda: agents.everybody().count() > 1,
        _("Wer arbeitet mit?"),
        (("settings_person_new", _("Mitarbeiter/in anlegen")),),
        optional=True,
    ),
    SetupStep(
        "estate",
        _("Erstes Objekt"),
        _("aus Ihrer Maklersoftware (OpenImmo) oder von Hand"),
        estates.any_there,
        _("Ihr erstes Objekt"),
        (("estate_import", _("Aus einer OpenImmo-Datei")), ("estate_new", _("Von Hand anlegen"))),
    ),
)
_BY_KEY = MappingProxyType({step.key: step for step in STEPS})


def next_step() -> str | None:
    """Where a new office begins, or None when it has: everything else can wait, and stands on *Heute*."""
    return None if the_office().name else STEPS[0].address


@dataclass(frozen=True, slots=True)
class SetupLine:
    """A step as *Heute* lists it."""

    step: SetupStep
    done: bool | None
    is_next: bool


def left() -> list[SetupLine]:
    """All steps with what is done of them; empty once nothing that is needed is known to be left."""
    is_done = {step.key: step.done() for step in STEPS}
    needed = [step for step in STEPS if not step.optional and is_done[step.key] is False]
    return [SetupLine(step, is_done[step.key], step is needed[0]) for step in STEPS] if needed else []


def goes_on(request: HttpRequest) -> dict[str, list[SetupLine]]:
    """For pages of a step that are used later, too: what is left, for whoever sets the office up."""
    return {"set_up": left() if getattr(request.user, "may_administer", False) else []}


def step_after(request: HttpRequest) -> str:
    """The step that comes next, where a page of the settings was opened from the sequence; else empty."""
    named = request.GET.get("next", "")
    return named if named == "setup_texts" else ""


def _after(key: str) -> str:
    """Where it goes on: the next step that is not done, or the first page."""
    later = STEPS[STEPS.index(_BY_KEY[key]) + 1 :]
    return next((step.address for step in later if step.done() is False), reverse("today"))


def _progress(key: str) -> list[dict[str, object]]:
    at = STEPS.index(_BY_KEY[key])
    return [
        {"label": step.label, "done": number != at and step.done(), "here": number == at, "number": number + 1}
        for number, step in enumerate(STEPS)
    ]


@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponseBase:
    """Who the office is."""
    form = OfficeForm(request.POST or None, request.FILES or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        editor.save(form.save(commit=False), logo=form.new_logo)
        return redirect(_after("office"))
    context = {"form": form, "progress": _progress("office")}
    return render(request, "setup/office.html", context, status=422 if form.errors else 200)


@require_safe
def step(request: HttpRequest, step: str) -> HttpResponseBase:
    """A step that is done on other pages: what it is for, the way there, and on without it."""
    shown = _BY_KEY.get(step)
    if shown is None or not shown.ways:
        raise Http404
    context = {
        "step": shown,
        "done": shown.done(),
        "verdict": guard.known(),
        "after": _after(step),
        "progress": _progress(step),
    }
    return render(request, "setup/step.html", context)


@require_safe
def certificate_line(request: HttpRequest) -> HttpResponseBase:
    """What browsers say, asked for after the page is there: the doctor may take some seconds."""
    return render(request, "setup/certificate_line.html", {"verdict": guard.verdict()})


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponseBase:
    """Which mail server it sends through; can be done later."""
    office = the_office()
    office.mail_from = office.mail_from or office.email
    form = MailServerForm(request.POST or None, instance=office, label_suffix="")
    if request.method == "POST" and form.is_valid():
        editor.save_mail_server(form.save(commit=False), password=form.new_password)
        return redirect(f"{reverse('settings_mail_probe')}?next=setup_texts")
    context = {"form": form, "progress": _progress("mail"), "after": _after("mail")}
    return render(request, "setup/mail.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def legal_texts(request: HttpRequest) -> HttpResponseBase:
    """Publish the drafts, with the advice to have a lawyer read them."""
    office = the_office()
    if request.method == "POST":
        texts.publish_defaults(office)
        return redirect(_after("texts"))
    spoken = Language(office.language)
    drafts = [
        {"kind": kind, "text": as_read(draft(kind, spoken), spoken, office)} for kind in texts.unpublished(spoken)
    ]
    lacking = [
        place for kind in texts.unpublished(spoken) for place in placeholders.lacking(draft(kind, spoken), office)
    ]
    context = {
        "progress": _progress("texts"),
        "after": _after("texts"),
        "rows": text_rows(),
        "drafts": drafts,
        "spoken": spoken,
        "lacking": str(texts.LackingError(list(dict.fromkeys(lacking)))) if lacking else "",
    }
    return render(request, "setup/texts.html", context)
