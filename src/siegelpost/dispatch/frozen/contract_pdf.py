"""What a recipient declared, with the contract and every text that goes with it, as a PDF for both sides."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost.dispatch.gate import legal_texts
from siegelpost.dispatch.models import Declaration, Dispatch
from siegelpost.office.kinds import Language, TextKind
from siegelpost.settings import load
from siegelpost.templating import environment
from siegelpost.toolbox import paper
from siegelpost.toolbox.paper import accent, paragraphs, plain, whole

TEMPLATE = Path(__file__).with_name("contract.typ")


def contract_pdf(dispatch: Dispatch, declarations: list[Declaration]) -> bytes:
    """The PDF (PDF/A-2a), in the language of the dispatch, from what was frozen and declared."""
    page = dispatch.page
    with translation.override(dispatch.language):
        data = {
            "title": _("Ihr Auftrag und Ihre Erklärungen"),
            "language": dispatch.language,
            "test": _("TEST – ohne rechtliche Bedeutung") if dispatch.test else "",
            "id": str(dispatch.public_id),
            "colour": accent(page["office"]["colour"]),
            "words": _words(),
            "office": office_lines(page),
            "recipient": [whole(page["recipient"]["name"]), whole(dispatch.contact.email)],
            "declarations": [
                {"text": whole(_("„%(text)s“") % {"text": one.text}), "signed": whole(_signed(one, dispatch))}
                for one in declarations
            ],
            "offers": [_offer(offer) for offer in page["offers"]],
            "withdrawal": _withdrawal(dispatch),
            "texts": [text_shown(text, page) for text in page["texts"]],
            "german": _in_german(page),
        }
        return paper.pdf(TEMPLATE, data, at=timezone.now())


def office_lines(page: dict[str, Any]) -> list[str]:
    """Who the office is and how it is reached, as papers say it."""
    shown = page["office"]
    return [plain(shown[key]) for key in ("name", "owner", "address_line", "phone", "email") if shown[key]]


def text_shown(text: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    """A frozen legal text of a page as ``legal-text`` of ``paper.typ`` sets it, in the active language."""
    return {
        "title": text["title"],
        "about": plain(legal_texts.about(page)) if text["kind"] == TextKind.WITHDRAWAL_POLICY else "",
        "paragraphs": _below_title(text["title"], paragraphs(text["text"])),
        "version": _("Fassung %(version)s") % {"version": text["version"]},
        "sha256": text["sha256"],
    }


def _in_german(page: dict[str, Any]) -> dict[str, Any] | None:
    """The sheet that § 11 MaBV wants in German, for a contract in another language; older dispatches have none."""
    frozen = page.get("in_german")
    if not frozen:
        return None
    with translation.override(Language.GERMAN):
        return {
            "title": _("Angaben in deutscher Sprache (§ 11 MaBV)"),
            "offer": _words()["offer"],
            "offers": [_offer(offer) for offer in frozen["offers"]],
            "texts": [text_shown(text, page) for text in frozen["texts"]],
        }


def _below_title(title: str, found: list[list[str]]) -> list[list[str]]:
    """Without the first line where it only says the title again."""
    return found[1:] if found and len(found[0]) == 1 and title.startswith(found[0][0]) else found


def _words() -> dict[str, str]:
    return {
        "page": _("Seite"),
        "office": _("Makler"),
        "recipient": _("Auftraggeber/in"),
        "declared": _("Das haben Sie erklärt"),
        "offer": _("Leistung und Provision"),
        "withdrawal": _("Widerruf"),
    }


def _signed(declaration: Declaration, dispatch: Dispatch) -> str:
    moment = environment(dispatch.language).filters["moment"](declaration.made_at)
    return " · ".join(filter(None, [moment, declaration.name]))


def _offer(offer: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Objekt"), plain(offer["title"])),
        (_("Leistung"), plain(offer["service"])),
        (_("Provision bei Erfolg"), plain(offer["commission"])),
        (_("Es zahlt"), plain(offer["who"])),
        *((plain(term["label"]), plain(term["value"])) for term in offer.get("terms", [])),
    ]


def _withdrawal(dispatch: Dispatch) -> str:
    if not dispatch.page["gate"]["hold_days"] or dispatch.period_ends_at is None:
        return ""
    last = environment(dispatch.language).filters["day"](dispatch.period_ends_at - timedelta(seconds=1))
    return _(
        "Sie können den Vertrag bis einschließlich %(day)s ohne Angabe von Gründen widerrufen: auf der Seite Ihrer "
        "Sendung und unter %(address)s, jeweils mit „Vertrag widerrufen“."
    ) % {"day": last, "address": f"{load().public_address}/widerruf/"}
