"""Changing what the office says about itself and the mail server it sends through."""

from django.db import transaction
from django.db.models import QuerySet

from siegelpost import storage
from siegelpost.office.button_labels import order_label
from siegelpost.office.logo import Logo
from siegelpost.office.models import Language, LegalText, Office, TextKind
from siegelpost.office.texts import current
from siegelpost.settings import FIELDS


def save(office: Office, *, logo: Logo | None = None) -> Office:
    """Keep the office's data; test operation is switched elsewhere, because that is an event.

    Args:
        logo: as :func:`siegelpost.office.logo.draw` makes it; None keeps the one that is there,
            :data:`siegelpost.office.logo.NONE` removes it.

    Raises:
        siegelpost.office.button_labels.LabelRefusedError: a button's label makes no contract; nothing was kept.
    """
    for language in Language:
        if label := office.order_label(language):
            order_label(label, language)
    if logo is not None:
        office.logo = storage.put(logo.png) if logo.png else ""
        office.logo_width, office.logo_height = logo.width, logo.height
    with transaction.atomic():
        office.save()
    return office


@transaction.atomic
def save_mail_server(office: Office, *, password: str | None) -> Office:
    """Keep the mail server.

    Args:
        password: None keeps the one that is stored; empty removes it.
    """
    if password is not None:
        office.smtp_password_sealed = FIELDS.seal_text(password)
    office.save()
    return office


def missing_texts(language: Language) -> list[TextKind]:
    """The texts every office needs and this one has not published yet in this language."""
    needed = (TextKind.WITHDRAWAL_POLICY, TextKind.WITHDRAWAL_FORM, TextKind.CONTRACT, TextKind.PRIVACY)
    return [kind for kind in needed if current(kind, language) is None]


def versions(kind: TextKind, language: Language) -> QuerySet[LegalText]:
    """Every version of a text in a language, the newest first."""
    return LegalText.objects.filter(kind=kind, language=language).order_by("-version")
