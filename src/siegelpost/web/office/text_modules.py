"""Text modules: the list, one of them with its preview, taking away and bringing back; one put into a letter."""

import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.contacts.models import Contact, Salutation
from siegelpost.dispatch import text_modules, wording
from siegelpost.dispatch.frozen.sender import greeting
from siegelpost.dispatch.models import ModulePurpose, TextModule
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language, Role
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.lookup import asked_id

# Who may change what all in the office write with.
_LEADERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


class TextModuleForm(forms.ModelForm[TextModule]):
    """One text module."""

    for_all = forms.BooleanField(
        label=gettext_lazy("Für das ganze Büro"),
        required=False,
        help_text=gettext_lazy("Sonst nur für Sie selbst."),
    )

    class Meta:
        model = TextModule
        fields = ("name", "purpose", "language", "subject", "text", "is_default")
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "subject": forms.TextInput({"autocomplete": "off"}),
            "text": forms.Textarea({"rows": 10}),
        }

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agent = agent
        self.fields["for_all"].initial = self.instance.pk is not None and self.instance.owner_id is None
        if agent.role not in _LEADERS:
            del self.fields["for_all"]

    def validate_constraints(self) -> None:
        """That there is one default is made true when it is kept."""

    def clean_subject(self) -> str:
        """Only placeholders that exist."""
        return self._checked("subject")

    def clean_text(self) -> str:
        """Only placeholders that exist."""
        return self._checked("text")

    def _checked(self, name: str) -> str:
        words: str = self.cleaned_data[name]
        if reasons := wording.unknown(words):
            raise ValidationError(reasons)
        return words

    def save(self, commit: bool = True) -> TextModule:
        """With whose it is; keeping it is the domain's."""
        self.instance.owner = None if self.cleaned_data.get("for_all") else self._agent
        return super().save(commit)


def with_module(query: QueryDict, agent: Agent, untyped: Collection[str] = ()) -> QueryDict:
    """What a letter's form says, with the text module that was asked for put into it.

    It takes the place of words that nobody typed, and comes below those that somebody did.

    Args:
        untyped: words with which a message begins by itself.
    """
    if not (named := query.get("insert")):
        return query
    module = text_modules.one(agent, asked_id(named))
    query = query.copy()
    said = _plain(query.get("message", ""))
    known = text_modules.listed(agent).values_list("text", flat=True)
    typed = said and said not in {_plain(text) for text in (*untyped, *known)}
    query["message"] = f"{said}\n\n{module.text}" if typed else module.text
    if module.subject:
        query["subject"] = module.subject
    return query


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """One's own and the office's, and what was taken away."""
    agent = agent_of(request)
    context = {"modules": text_modules.listed(agent), "removed": text_modules.removed(agent)}
    return render(request, "settings/text_modules.html", context | {"leads": agent.role in _LEADERS})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new one, or one to change; with the preview of what is typed."""
    agent = agent_of(request)
    module = text_modules.one(agent, public_id) if public_id else TextModule(language=agent.language, owner=agent)
    _refuse_others(agent, module)
    form = TextModuleForm(request.POST or None, instance=module, agent=agent)
    looks_only = "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not looks_only:
        saved = text_modules.save(form.save(commit=False))
        messages.success(request, _("Der Textbaustein „%(name)s“ ist gespeichert.") % {"name": saved})
        return redirect("text_modules")
    context = {
        "form": form,
        "module": module if public_id else None,
        "placeholders": wording.PLACEHOLDERS,
        "preview": _sample(agent, form),
    }
    status = 422 if form.errors and not looks_only else 200
    return render(request, "settings/text_module.html", context, status=status)


@require_POST
def preview(request: HttpRequest) -> HttpResponseBase:
    """What it would say to somebody, as it is typed now."""
    agent = agent_of(request)
    form = TextModuleForm(request.POST, agent=agent)
    form.is_valid()
    return render(request, "settings/text_module_preview.html", {"preview": _sample(agent, form)})


@require_POST
def act(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Take it away, bring it back, or delete it for good."""
    agent = agent_of(request)
    module = text_modules.one(agent, public_id)
    _refuse_others(agent, module)
    done = request.POST.get("act")
    if done == "restore":
        text_modules.restore(module)
        messages.success(request, _("„%(name)s“ ist wieder da.") % {"name": module})
    elif done == "erase" and module.removed_at:
        text_modules.erase(module)
        messages.success(request, _("„%(name)s“ ist endgültig gelöscht.") % {"name": module})
    elif done == "remove":
        text_modules.remove(module)
        messages.success(request, _("„%(name)s“ ist gelöscht. Unten holen Sie ihn zurück.") % {"name": module})
    return redirect("text_modules")


def _refuse_others(agent: Agent, module: TextModule) -> None:
    """What all write with is changed by those who lead the office."""
    if module.owner_id is None and agent.role not in _LEADERS:
        raise Http404


def _sample(agent: Agent, form: TextModuleForm) -> dict[str, Any]:
    """What the words in the form would say to a made-up person, about the newest property."""
    asked = str(form["language"].value() or "")
    language = Language(asked) if asked in Language.values else Language.GERMAN
    person = Contact(salutation=Salutation.MS, first_name="Marie", last_name="Muster", company="Muster GmbH")
    about = wording.About(the_office(), agent, person, _sample_estates(str(form["purpose"].value() or "")))
    said = wording.filled(str(form["subject"].value() or ""), str(form["text"].value() or ""), about, language)
    with translation.override(language):
        return {"words": said, "greeting": greeting(person), "language": language}


def _sample_estates(purpose: str) -> list[Estate]:
    return list(estates.find(status="offered")[:1]) if purpose == ModulePurpose.EXPOSE else []
