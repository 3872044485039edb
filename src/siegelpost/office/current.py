"""Finding and changing the one office of this installation."""

from django.db import transaction

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Office
from siegelpost.settings import load

_SHOWN = ("name", "owner", "address_line", "phone", "email", "website", "colour", "logo", "logo_width", "logo_height")


def the_office() -> Office:
    """The office; made with an empty name when the installation is new."""
    office, _ = Office.objects.get_or_create(pk=1, defaults={"name": "", "language": load().language})
    return office


def office_shown(office: Office) -> dict[str, str]:
    """Who the office is, as recipients read it; ``accessibility`` says whether it has such a page."""
    shown = {name: str(getattr(office, name)) for name in _SHOWN}
    return shown | {"accessibility": "yes" if office.shows_accessibility else ""}


@transaction.atomic
def set_test_operation(on: bool, *, by: str) -> Office:
    """Switch test operation; in it a warning does not stop a dispatch, and every mail, page and proof says *test*.

    Args:
        by: public id of the administrator who decided.
    """
    office = the_office()
    if office.test_operation != on:
        office.test_operation = on
        office.save(update_fields=["test_operation"])
        append(EventKind.TEST_OPERATION_CHANGED, subject="office", data={"on": on, "by": by})
    return office
