"""The acknowledgement of a withdrawal as a PDF: what was declared, word for word, with the moment it came in."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost.dispatch.frozen.contract_pdf import TEMPLATE
from siegelpost.dispatch.models import Dispatch, Way, Withdrawal
from siegelpost.office.current import the_office
from siegelpost.templating import environment
from siegelpost.toolbox import paper
from siegelpost.toolbox.paper import accent, whole


def withdrawal_pdf(withdrawal: Withdrawal) -> bytes:
    """The PDF (PDF/A-2a) in the language of the page: content, date and time of a declaration (§ 356a (4) BGB).

    The only place where what somebody typed at the public address leaves the house.
    """
    office = the_office()
    with translation.override(withdrawal.language):
        moment = environment(withdrawal.language).filters["instant"](withdrawal.made_at)
        data = {
            "title": _("Eingangsbestätigung Ihres Widerrufs"),
            "language": withdrawal.language,
            "test": _("TEST – ohne rechtliche Bedeutung") if is_test(withdrawal) else "",
            "id": number_of(withdrawal),
            "colour": accent(office.colour),
            "words": {
                "page": _("Seite"),
                "office": _("Eingegangen bei"),
                "recipient": _("Widerrufen von"),
                "declared": _("Ihre Erklärung"),
                "offer": _("Ihre Angaben, wie sie eingegeben wurden"),
                "withdrawal": _("Was das bedeutet"),
            },
            "office": [whole(line) for line in (office.name, office.owner, office.address_line, office.email) if line],
            "recipient": [whole(withdrawal.name), whole(withdrawal.email)],
            "declarations": [
                {
                    "text": whole(_("„%(text)s“") % {"text": withdrawal.text}),
                    "signed": whole(_("Eingang: %(moment)s") % {"moment": moment}),
                }
            ],
            "offers": [
                [
                    (_("Vertrag"), whole(withdrawal.contract)),
                    (_("Weg"), str(withdrawal.get_way_display())),
                    (_("Nummer"), number_of(withdrawal)),
                ]
            ],
            "withdrawal": _("Das bestätigt nur den Eingang, nicht die Wirksamkeit."),
            "texts": [],
            "german": None,
        }
        return paper.pdf(TEMPLATE, data, at=timezone.now())


def number_of(withdrawal: Withdrawal) -> str:
    """The number it is acknowledged by: of its dispatch where it came by that one's link, else its own."""
    dispatch = _by_link(withdrawal)
    return str(dispatch.public_id if dispatch else withdrawal.public_id)


def is_test(withdrawal: Withdrawal) -> bool:
    """Whether it came by the link of a dispatch in test operation, or while the office tries things out."""
    dispatch = _by_link(withdrawal)
    return dispatch.test if dispatch else the_office().test_operation


def _by_link(withdrawal: Withdrawal) -> Dispatch | None:
    """Its dispatch, unless somebody typed the address: they would read here whether it has a contract (0042)."""
    return None if withdrawal.way == Way.PUBLIC else withdrawal.dispatch
