"""Looking at an exposé as its recipient would, before anybody has it; and the PDF to be handed over in person."""

import uuid
from dataclasses import dataclass

from csp.utils import build_policy
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost import storage
from siegelpost.cases import history
from siegelpost.contacts import activities
from siegelpost.contacts import search as contacts
from siegelpost.contacts.models import Activity, Contact
from siegelpost.dispatch import own_look
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.letter import Letter
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate
from siegelpost.office.models import Agent, Language
from siegelpost.web.office import send
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.lookup import asked_id, at_most
from siegelpost.web.templatetags.office import address

_PICTURES = {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked at, as it stands in an address: ``ESTATE,ESTATE~CONTACT~LANGUAGE``; no contact: nobody."""

    estates: list[Estate]
    contact: Contact | None
    language: Language

    @classmethod
    def of(cls, said: str) -> "Wanted":
        """What the address names.

        Raises:
            Http404: it names nothing.
            ObjectDoesNotExist: a property or the contact is not there.
        """
        named, _, rest = said.partition("~")
        contact, _, language = rest.partition("~")
        if language not in Language.values:
            raise Http404
        found = [estates.one(public_id) for public_id in at_most(named.split(","), send.MOST_ESTATES)]
        return cls(found, contacts.one(asked_id(contact)) if contact else None, Language(language))

    def letter(self, agent: Agent) -> Letter:
        """The letter with which sending it would begin."""
        words = send.first_words(agent, self.estates, self.language)
        if self.contact is None:
            return own_look.sample(self.estates, *words, self.language)
        return Letter(self.estates, self.contact, *words, self.language)

    @property
    def back(self) -> str:
        """Where one came from."""
        if self.contact is None:
            return reverse("estate_hand_over", args=[self.estates[0].public_id])
        return address("send", contact=self.contact, estate=self.estates)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, what: str) -> HttpResponseBase:
    """The recipient's page, before the gate or behind it; with the words as they are typed, where a form sends them."""
    wanted = Wanted.of(what)
    letter = send.letter_of(request)[0] if request.method == "POST" else wanted.letter(agent_of(request))
    try:
        html = own_look.page(agent_of(request), letter, gate=request.GET.get("step") == "gate", back=wanted.back)
    except NotReadyError as error:
        context = {"reasons": error.reasons, "back": wanted.back}
        return render(request, "dispatches/own_look_refused.html", context, status=409)
    # It is the recipient's page, form and all: here its forms lead nowhere.
    policy = build_policy(replace={"form-action": ["'none'"]})
    return HttpResponse(html, headers={"Content-Security-Policy": policy})


@require_safe
@cache_control(private=True, max_age=86400, immutable=True)
def picture(request: HttpRequest, what: str, name: str) -> HttpResponseBase:
    """A picture of this very page; no other stored file is handed out here."""
    sha256, _, form = name.partition(".")
    if form not in _PICTURES or sha256 not in own_look.pictures(agent_of(request), Wanted.of(what).estates):
        raise Http404
    try:
        return HttpResponse(storage.read(sha256), content_type=_PICTURES[form])
    except FileNotFoundError:
        raise Http404 from None


@require_safe
def pdf(request: HttpRequest, what: str) -> HttpResponseBase:
    """The PDF as it would go out, to be looked at."""
    wanted = Wanted.of(what)
    return _pdf(request, wanted.estates, wanted.language, "inline")


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Look at a property's exposé as its recipients would; take its PDF along, and note to whom it was given."""
    estate = estates.one(public_id)
    if request.method != "POST":
        shown_to = history.contacts_of(estate, everything="all" in request.GET)
        context = {"estate": estate, "contacts": shown_to.found, "more": shown_to.more, "languages": Language.choices}
        return render(request, "estates/hand_over.html", context)
    language = request.POST.get("language", "")
    if language not in Language.values:
        return redirect("estate_hand_over", estate.public_id)
    answer = _pdf(request, [estate], Language(language), "attachment")
    if request.POST.get("note"):
        contact = contacts.one(asked_id(named)) if (named := request.POST.get("contact")) else None
        text = _("Exposé als PDF mitgegeben.")
        activities.save(Activity(agent=agent_of(request), contact=contact, estate=estate, text=text))
    return answer


def _pdf(request: HttpRequest, chosen: list[Estate], language: Language, how: str) -> HttpResponse:
    made = own_look.pdf(agent_of(request), chosen, language)
    name = f"expose-{slugify(chosen[0].title)[:60] or 'objekt'}.pdf"
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
