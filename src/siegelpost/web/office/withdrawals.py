"""Withdrawals at the office: one that came by letter, phone or mail; whose contract one means; what of a late one."""

import io
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost import storage
from siegelpost.dispatch import search
from siegelpost.dispatch.models import BY_FUNCTION, Dispatch, Way, Withdrawal
from siegelpost.dispatch.recipient import to_do, withdrawal_desk, withdrawals
from siegelpost.dispatch.recipient.withdrawal_desk import NotMeantError, NotReceivedError, Received
from siegelpost.mail.models import IncomingMail
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.lookup import asked_id

_MOST_REPLIES = 20


class ReceivedForm(forms.Form):
    """How a withdrawal came in that did not come through the function."""

    way = forms.ChoiceField(
        label=gettext_lazy("Wie kam er?"),
        choices=[(way.value, way.label) for way in Way if way not in BY_FUNCTION],
    )
    on = forms.DateField(
        label=gettext_lazy("Tag des Eingangs"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Der Tag, an dem er bei Ihnen im Briefkasten oder Postfach lag."),
    )
    reply = forms.ChoiceField(label=gettext_lazy("Diese Mail sagt es"), required=False)
    file = forms.FileField(
        label=gettext_lazy("Brief als Foto oder Datei"),
        required=False,
        help_text=gettext_lazy("Liegt danach dem Nachweis bei."),
    )
    note = forms.CharField(
        label=gettext_lazy("Notiz"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Bei einem Anruf: Wer hat was gesagt?"),
    )

    def __init__(self, *args: Any, dispatch: Dispatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mails = withdrawal_desk.replies_of(dispatch)[:_MOST_REPLIES]
        choices = [(str(mail.public_id), _words_of(mail)) for mail in mails]
        if not choices:
            del self.fields["reply"]
            return
        self.fields["reply"].choices = [("", _("keine")), *choices]  # type: ignore[attr-defined]  # a ChoiceField


def _words_of(mail: IncomingMail) -> str:
    return f"{timezone.localtime(mail.received_at):%d.%m.%Y %H:%M} · {' '.join(mail.text.split())[:80]}"


@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Enter a withdrawal that came in by letter, phone or mail; a mail that says it fills the form in."""
    dispatch = search.one(public_id)
    if not withdrawal_desk.takes_withdrawals(dispatch):
        raise Http404
    mail = _asked_mail(request, dispatch)
    form = ReceivedForm(request.POST or None, request.FILES or None, dispatch=dispatch, initial=_initial(mail))
    if request.method == "POST" and form.is_valid():
        given, upload = form.cleaned_data, form.cleaned_data["file"]
        received = Received(
            way=Way(given["way"]),
            on=given["on"],
            note=given["note"],
            file_name=upload.name if upload else "",
            file=upload.read(withdrawal_desk.LARGEST_FILE + 1) if upload else b"",
            reply=asked_id(given["reply"]) if given.get("reply") else None,
        )
        try:
            made = withdrawal_desk.receive(dispatch, received, by=agent_of(request))
        except NotReceivedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said_of(made))
            return redirect("dispatch", dispatch.public_id)
    context = {"form": form, "dispatch": dispatch, "mail": mail}
    return render(request, "dispatches/withdrawal_received.html", context, status=422 if form.errors else 200)


def _asked_mail(request: HttpRequest, dispatch: Dispatch) -> IncomingMail | None:
    asked = request.GET.get("reply")
    return withdrawal_desk.replies_of(dispatch).filter(public_id=asked_id(asked)).first() if asked else None


def _initial(mail: IncomingMail | None) -> dict[str, Any]:
    if mail is None:
        return {"way": Way.LETTER, "on": timezone.localdate()}
    return {"way": Way.MAIL, "on": timezone.localdate(mail.received_at), "reply": str(mail.public_id)}


def _said_of(made: Withdrawal) -> str:
    if made.late:
        return _("Eingetragen; der Eingang wird bestätigt. Die Frist war schon vorbei: Bitte entscheiden Sie noch.")
    return _("Eingetragen. Die Sendung ist widerrufen, und der Eingang wird per E-Mail bestätigt.")


@require_POST
def no_withdrawal(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """An answer that reads like a withdrawal is none."""
    reply = withdrawal_desk.said_by_mail().get(public_id=public_id)
    withdrawal_desk.is_none(reply, by=agent_of(request))
    messages.success(request, _("Vermerkt: Diese Antwort ist kein Widerruf."))
    return redirect("today")


@require_http_methods(["GET", "POST"])
def withdrawal(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One withdrawal; a press says which contract it means or that it means none, and what becomes of a late one."""
    found = withdrawal_desk.one(public_id)
    if request.method == "POST":
        press = next((press for name, press in _PRESSES.items() if name in request.POST), _assign)
        return press(request, found)
    context = {
        "withdrawal": found,
        "meant": [] if found.dispatch else withdrawals.meant(found),
        "acknowledged_at": withdrawals.acknowledged_at(found),
    }
    return render(request, "dispatches/withdrawal.html", context)


def _set_aside(request: HttpRequest, found: Withdrawal) -> HttpResponseBase:
    withdrawal_desk.set_aside(found, by=agent_of(request))
    messages.success(request, _("Abgelegt. Bis zum Ende der Aufbewahrung können Sie den Widerruf wieder vorlegen."))
    return redirect("withdrawal", found.public_id)


def _take_up(request: HttpRequest, found: Withdrawal) -> HttpResponseBase:
    withdrawal_desk.take_up(found, by=agent_of(request))
    messages.success(request, _("Der Widerruf steht wieder unter „Heute“."))
    return redirect("withdrawal", found.public_id)


def _decide(request: HttpRequest, found: Withdrawal) -> HttpResponseBase:
    effective = "effective" in request.POST
    withdrawal_desk.decide(found, effective=effective, by=agent_of(request))
    said = _("Als wirksam behandelt: Der Vertrag ist beendet.") if effective else _("Zurückgewiesen. Der Stand bleibt.")
    messages.success(request, said)
    return redirect("withdrawal", found.public_id)


def _recognise(request: HttpRequest, found: Withdrawal) -> HttpResponseBase:
    """The contract has ended already: somebody has seen it and agrees."""
    agent = agent_of(request)
    withdrawal_desk.decide(found, effective=True, by=agent)
    to_do.settle(to_do.Matter.WITHDRAWAL, found.pk, by=agent)
    messages.success(request, _("Anerkannt: Der Vertrag ist beendet."))
    return redirect("today")


def _other(request: HttpRequest, found: Withdrawal) -> HttpResponseBase:
    """It does not end this contract: what it ended goes on; without a link it waits to be assigned anew."""
    agent = agent_of(request)
    if found.way == Way.PUBLIC:
        withdrawal_desk.release(found, by=agent)
    else:
        withdrawal_desk.decide(found, effective=False, by=agent)
        to_do.settle(to_do.Matter.WITHDRAWAL, found.pk, by=agent)
    messages.success(
        request,
        _(
            "Der Vertrag besteht weiter, und der Empfänger erfährt es per E-Mail. Wer gemeinsam beauftragen sollte und "
            "noch nichts erklärt hatte, braucht eine neue Sendung."
        ),
    )
    return redirect("withdrawal", found.public_id)


def _assign(request: HttpRequest, found: Withdrawal) -> HttpResponseBase:
    try:
        dispatch = search.one(asked_id(request.POST.get("dispatch", "")))
        withdrawal_desk.assign(found, dispatch, by=agent_of(request))
    except NotMeantError:
        messages.error(request, _("Mit dieser Sendung wurde nichts beauftragt. Es wurde nichts zugeordnet."))
        return redirect("withdrawal", found.public_id)
    found.refresh_from_db()
    messages.success(request, _said_of(found) if found.late else _("Zugeordnet. Die Sendung ist damit widerrufen."))
    return redirect("dispatch", dispatch.public_id)


_PRESSES = {
    "none": _set_aside,
    "again": _take_up,
    "effective": _decide,
    "rejected": _decide,
    "recognised": _recognise,
    "other": _other,
}


@require_safe
def file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The letter as it was photographed or scanned: to keep, never shown by the browser itself."""
    found = withdrawal_desk.one(public_id)
    if not found.file_sha256:
        raise Http404
    content = io.BytesIO(storage.read(found.file_sha256))
    return FileResponse(content, as_attachment=True, filename=found.file_name, content_type="application/octet-stream")
