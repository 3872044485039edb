"""Every page of the office as somebody looks at it: where it is, or why an address is no page of its own.

The list of addresses is that of the house (:data:`siegelpost.web.office.urls.PAGES`). An address that is added there is
looked at by itself; one that shows no page of its own fails the tests until it stands in :data:`NO_PAGE`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.installations import Installation

from siegelpost.web.office.access import Page as Address
from siegelpost.web.office.urls import PAGES

SUPPORT = Path(__file__).parent
PART, FILE, SENT, ELSEWHERE = "part of a page", "a file", "only takes what is sent", "leads to another page"
NO_PAGE = {
    **dict.fromkeys(("today_now", "today_certificate", "setup_certificate_line", "dispatches_going_out"), PART),
    **dict.fromkeys(("certificate_verdict", "settings_mail_dns"), PART),
    **dict.fromkeys(
        ("contact_cards", "contact_data", "contact_data_pdf", "contact_card", "appointment_file", "calendar_feed"), FILE
    ),
    **dict.fromkeys(("estate_picture", "estate_document", "dispatch_proof", "dispatch_receipt"), FILE),
    **dict.fromkeys(("withdrawal_none", "dispatch_main_contract", "estate_commission"), SENT),
    **dict.fromkeys(("settings_retention_erase", "settings_retention_keep"), SENT),
    **dict.fromkeys(("withdrawal_file", "dispatch_mabv", "orders_csv", "estate_shown_to"), FILE),
    **dict.fromkeys(("certificate_csr", "checklist_pdf", "manifest", "mailbox_attachment", "outbox_key"), FILE),
    **dict.fromkeys(("erased", "own_look_picture", "own_look_pdf"), FILE),
    **dict.fromkeys(("mfa_download_recovery_codes", "account_photo"), FILE),
    **dict.fromkeys(("contact_separate", "contact_different", "contact_consent_withdraw", "activity_remove"), SENT),
    **dict.fromkeys(
        (
            "withdrawal_none",
            "dispatch_main_contract",
            "follow_up",
            "to_do",
            "appointment_cancel",
            "appointment_bring_in",
            "appointment_take_out",
            "estate_media_restore",
        ),
        SENT,
    ),
    **dict.fromkeys(("intake", "intake_file", "intake_password", "intake_reports", "intake_close"), SENT),
    **dict.fromkeys(("estate_import_confirm", "estate_import_cancel", "estate_import_again"), SENT),
    **dict.fromkeys(
        ("contact_book_columns", "contact_book_choose", "contact_book_throw_away", "contact_book_undo"), SENT
    ),
    **dict.fromkeys(("estate_media_order", "estate_media_several", "send_preview", "send_now", "attachments"), SENT),
    **dict.fromkeys(("send_several_preview", "send_several_now", "text_module_preview", "text_module_act"), SENT),
    "dispatch_documents": SENT,
    **dict.fromkeys(("registered_preview", "registered_now", "outbox_hand_over", "dispatch_code"), SENT),
    **dict.fromkeys(("dispatch_try_now", "certificate_begin", "certificate_again", "certificate_stop"), SENT),
    "certificate_records": SENT,
    **dict.fromkeys(("certificate_watched_look", "certificate_watched_remove"), SENT),
    **dict.fromkeys(("certificate_back", "certificate_give_up", "certificate_handover_revoke"), SENT),
    **dict.fromkeys(("dyndns_act", "settings_mailbox_unread"), SENT),
    # While there is no test mail; the account's own journey sees one come round.
    "settings_mail_test_run": ELSEWHERE,
    **dict.fromkeys(("handover_leave", "checklist_sign", "settings_mail_signing", "settings_person_link"), SENT),
    **dict.fromkeys(("settings_person_second_factor",), SENT),
    **dict.fromkeys(
        ("certificate_go_on", "settings_person_card", "settings_person_out", "account_end_session", "push_add"), SENT
    ),
    **dict.fromkeys(("push_try", "push_remove"), SENT),
    # While nothing is being fetched; the assistant's own journey sees it at work.
    "certificate_progress": ELSEWHERE,
    # While dynamic DNS is not set up; its own tests see it at work.
    **dict.fromkeys(("dyndns", "dyndns_preview"), ELSEWHERE),
    **dict.fromkeys(("account_set_password", "mfa_login_webauthn", "mfa_index"), ELSEWHERE),
    # To Microsoft or Google, and back from there.
    **dict.fromkeys(("mail_sign_in_leave", "mail_sign_in_back"), ELSEWHERE),
    # Without anybody chosen.
    "send_several": ELSEWHERE,
    "mail_sign_in_certificate": FILE,
    "help_picture": FILE,
    "mail_sign_in_act": SENT,
    # Whoever has a password is led to changing it; the first day's journey comes by the link and sees it.
    "first_access": ELSEWHERE,
}
# What one sees without being signed in, as a visitor of whom nothing is known.
VISITOR = {"account_login", "account_signup", "account_inactive", "handover_enter", "sign_in_by_link"}
# Only while one is half way in; the walk passes it when it signs in.
HALF_WAY = {"mfa_authenticate"}
# Only while there is none yet.
FRESH = {"mfa_activate_totp"}
# Whole only once name servers that are not there have been waited for.
PATIENT = {"checklist_lines", "checklist", "checklist_empty", "settings_mail_domain"}
STATUS = {"sign_in_by_link": 404}


@dataclass(frozen=True, slots=True)
class Sight:
    """A page to look at: what it is called, and its address without the server."""

    name: str
    address: str
    status: int = 200
    signed_in: bool = True


def fill(installation: Installation, before: str = "") -> dict[str, Any]:
    """An office in the middle of its work; gives what :func:`sights` needs to know of it.

    ``before``: code that is run first.
    """
    parts = (
        before,
        'LANGUAGE = "de"',
        *((SUPPORT / name).read_text() for name in ("diary_office.py", "full_office.py")),
    )
    printed = installation.python("\n".join(parts), timeout=300)
    known: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    known["dispatch_batch"] = known["registered"]
    known["stored"] = next((installation.data / "tls" / "certificates").iterdir()).name
    return known


def leave_empty(installation: Installation) -> None:
    """An office with its texts and its two people, and nothing else."""
    installation.python(NOTHING_YET.format(root=str(SUPPORT.parents[1])), timeout=120)


def sights(known: Mapping[str, Any], language: str, *, patient: bool) -> Iterator[Sight]:
    """Every page of a filled office, and the states of pages that an address alone leads to.

    ``patient``: also the one that answers only after name servers that are not there.
    """
    elsewhere = HALF_WAY | FRESH | ({"account_logout"} if patient else {"account_logout", "checklist_lines"})
    for page in PAGES:
        if page.name not in NO_PAGE and page.name not in elsewhere:
            address = _address(page, known, language)
            yield Sight(page.name, address, STATUS.get(page.name, 200), page.name not in VISITOR)
    contact, estate = known["mara"], known["estates"]
    yield Sight("account_logout", "/account/logout/")
    yield Sight("contact_with_history", f"/contacts/{contact}/")
    yield Sight("contacts_nothing_found", "/contacts/?q=Zwiebelfisch")
    yield Sight("estates_nothing_found", "/estates/?q=Zwiebelfisch")
    yield Sight("send_to_a_contact", f"/send/?contact={contact}")
    yield Sight("send_compose", f"/send/?contact={contact}&estate={estate}")
    yield Sight("send_to_several", f"/send/several/?recipient={contact}&recipient={known['twin']}&estate={estate}")
    yield Sight("registered_compose", f"/registered/new/?contact={contact}")
    yield Sight("registered_dispatch", f"/dispatches/{known['letter']}/")
    for state, import_id in known["imports"].items():
        yield Sight(f"estate_import_{state}", f"/estates/import/{import_id}/")
    for state, book_id in known["books"].items():
        yield Sight(f"contact_book_{state}", f"/contacts/import/{book_id}/")
    yield Sight("not_found", "/nowhere/", 404)


NOTHING_YET = """
import sys
sys.path.insert(0, {root!r})
from tests.support.office import an_agent, an_office
from siegelpost.office.models import Role
an_office()
for name, language in (("Jana Roth", "de"), ("Rose Hill", "en")):
    address = name.partition(" ")[0].lower() + "@lindenhof.test"
    agent = an_agent(name=name, email=address, language=language, role=Role.ADMINISTRATOR)
    agent.set_password("vier Wörter sind genug")
    agent.save()
"""
EMPTY = (
    *(
        "today",
        "contacts",
        "contacts_import",
        "duplicates",
        "agenda",
        "estates",
        "estate_import",
        "send",
        "registered_new",
        "dispatches",
        "push",
    ),
    *("certificate_watched",),
    *("certificate_handover", "mfa_list_webauthn", "mfa_activate_totp", "calendar_settings", "mailbox"),
)


def empty_sights() -> Iterator[Sight]:
    """The pages of an office that has nothing yet."""
    for page in PAGES:
        if page.name in EMPTY:
            yield Sight(f"{page.name}_empty", f"/{page.route}")


def _address(page: Address, known: Mapping[str, Any], language: str) -> str:
    section = page.route.partition("/")[0]
    given = {
        "public_id": known.get(page.name, known.get(section)),
        "other_id": known["twin"],
        "import_id": known["imports"]["done"],
        "book_id": known["books"]["ready"],
        "kind": "imprint",
        "step": "certificate",
        "language": language,
        "pk": known["passkeys"][language],
        "what": f"{known['estates']}~{known['mara']}~{language}",
        "name": known["mail"],
        "slug": "send-expose",
        "media_id": known["media"],
        "token": known["hand_over"] if section == "handover" else "guessed",
        "id": known["stored"] if "stored" in page.route else known["order"],
    }
    route = page.route
    for name, value in given.items():
        for kind in ("uuid", "str", "int", "secret"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    return f"/{route}"
