"""The demonstration's mailbox: what the built-in mail server received, to be read on a page."""

import io
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from siegelpost.mail import sink
from siegelpost.settings import load


def _folder() -> Path:
    folder = load().demo_mailbox
    if folder is None:
        raise Http404
    return folder


def _mail(name: str) -> sink.ParsedMail:
    found = sink.message(_folder(), name)
    if found is None:
        raise Http404
    return found


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All mails, the newest first."""
    return render(request, "mailbox/index.html", {"mails": sink.messages(_folder())})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponseBase:
    """One mail as its plain text, with its attachments; its HTML is the sender's and is not shown on this origin."""
    return render(request, "mailbox/mail.html", {"mail": _mail(name)})


@require_safe
def attachment(request: HttpRequest, name: str, number: int) -> HttpResponseBase:
    """An attachment, always to be saved and never shown on this origin."""
    attachments = _mail(name).attachments
    if number >= len(attachments):
        raise Http404
    found = attachments[number]
    return FileResponse(
        io.BytesIO(found.content), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
