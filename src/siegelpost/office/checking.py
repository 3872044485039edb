"""What the office can say of its rows: which key opens them, whether texts and events agree."""

from collections.abc import Iterator
from functools import partial

from siegelpost.ledger.sealed import Opening
from siegelpost.office.models import Office
from siegelpost.office.sealing import unseal


def sealed_values() -> Iterator[Opening]:
    """The password of the mail server."""
    for office in Office.objects.exclude(smtp_password_sealed=""):
        yield "smtp_password", partial(unseal, office.smtp_password_sealed)


def stored_files() -> Iterator[tuple[str, str]]:
    """The logo."""
    for logo in Office.objects.exclude(logo="").values_list("logo", flat=True):
        yield logo, "office logo"
