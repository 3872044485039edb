"""Saying what is done by an answer, with the button that takes it back."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from siegelpost.dispatch.recipient.to_do import ToDo


def say_done(request: HttpRequest, done: ToDo | None) -> None:
    """Say on the next page that this is done; the message's tag is where it is taken back."""
    if done is None:
        return
    text = _("„%(name)s %(what)s“ ist damit erledigt.") % {"name": done.dispatch.contact, "what": done.subject.headline}
    messages.info(request, text, extra_tags=reverse("to_do", args=[done.matter, done.thing.pk]))
