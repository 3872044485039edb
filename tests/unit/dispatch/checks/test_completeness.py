"""Whoever adds a column or a kind of event decides whether it can be compared: nothing is left out by mistake.

What the checks find is tried in ``tests/unit/cli/test_fsck.py``.
"""

from siegelpost.dispatch.checks.missing import ABOUT
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.events import EventKind as E

COMPARED = {
    *("kind", "state", "language", "subject", "message", "test", "gate_row", "page", "content", "pdf_sha256"),
    *("gate_html", "expires_at", "notified_at", "declared_at", "policy_arrived", "opened_at", "main_contract_on"),
    *("released", "seller_paid_on", "public_id", "joint", "instead_of"),
}
# Whose it is and can change; what is computed, or only says what is due; and when the row was made.
NOT_IN_EVENTS = {
    *("id", "batch", "agent", "contact", "created_at", "held_because", "held_told_at", "period_ends_at"),
    *("written_subject", "written_message"),  # what went out of them is compared
    *("confirmation_due", "remind_every_days", "reminders_left", "next_reminder_at"),
}
OF_OTHERS = {
    *(E.SUBMISSION_REJECTION, E.CONTENT_CONSIGNMENT_FAILURE),  # never written so far
    *(E.CONSENT_ASKED, E.CONSENT_GIVEN, E.CONSENT_WITHDRAWN, E.CONTACT_ERASED, E.CONTACTS_MERGED),
    *(E.CONTACTS_SEPARATED, E.LEGAL_TEXT_PUBLISHED, E.TEST_OPERATION_CHANGED, E.ESTATE_IMPORTED, E.AGENT_SIGNED_IN),
    *(E.SIGN_IN_LINK_MADE, E.SECOND_FACTOR_REMOVED),
    *(E.ACCESS_GRANTED, E.CHECKLIST_SIGNED, E.BACKUP_RESTORED, E.CERTIFICATE_ORDERED, E.CERTIFICATE_ORDER_ENDED),
    *(E.CERTIFICATE_ACTIVATED, E.CERTIFICATE_ACCOUNT_RENEWED, E.CERTIFICATE_HANDED_OVER, E.DISPATCH_ERASED),
    *(E.WATCHED_HOST_ADDED, E.WATCHED_HOST_REMOVED),
    *(E.DYNAMIC_DNS_CHANGED, E.INTAKE_CHANGED),
}


def test_every_column_of_a_dispatch_is_compared_or_known_not_to_be() -> None:
    columns = {field.name for field in Dispatch._meta.local_fields}
    assert columns == COMPARED | NOT_IN_EVENTS
    assert not COMPARED & NOT_IN_EVENTS


def test_every_kind_of_event_is_about_a_dispatch_or_known_not_to_be() -> None:
    assert set(E) == set(ABOUT) | OF_OTHERS
    assert not set(ABOUT) & OF_OTHERS
