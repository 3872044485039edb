"""The table of contents: each page of the manual, for whom it is written, and which pages of the office it fits."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from siegelpost.toolbox.words import Words


class Reader(StrEnum):
    """For whom a page of the manual is written."""

    AGENT = "agent"
    OFFICE = "office"
    PARTNER = "partner"
    LAWYER = "lawyer"


READERS = MappingProxyType(
    {
        Reader.AGENT: Words("Für Maklerinnen und Makler", "For agents"),
        Reader.OFFICE: Words("Für die Büroleitung", "For the office manager"),
        Reader.PARTNER: Words("Für Installationspartner", "For installation partners"),
        Reader.LAWYER: Words("Für Anwälte und Sachverständige", "For lawyers and court experts"),
    }
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the manual.

    Args:
        slug: its name in addresses and of its files, the same in both languages.
        pages: names of the office's pages that it fits, as in ``web/office/urls.py``.
    """

    slug: str
    reader: Reader
    pages: tuple[str, ...] = ()


# In the order in which the manual is read and printed.
TOPICS = (
    Topic("today", Reader.AGENT, ("today", "more", "to_do", "mailbox", "mailbox_mail")),
    Topic(
        "send-expose",
        Reader.AGENT,
        (
            *("send", "send_preview", "send_now", "send_several", "send_several_preview", "send_several_now"),
            *("own_look", "estate_hand_over", "dispatches", "dispatch", "dispatch_batch", "registered_batch"),
            *("text_modules", "text_module_new", "text_module", "text_module_preview", "dispatch_replace"),
            *("dispatch_revoke",),
        ),
    ),
    Topic("registered-mail", Reader.AGENT, ("registered_new", "registered_preview", "registered_now", "dispatch_code")),
    Topic(
        "conversation",
        Reader.AGENT,
        (
            *("conversation_new", "contacts", "contact", "contact_new", "contact_edit", "duplicates", "contact_merge"),
            *("activity_new", "activity", "follow_up"),
        ),
    ),
    Topic("bounce", Reader.AGENT, ("dispatch_address", "dispatch_send_again", "dispatch_try_now")),
    Topic(
        "viewings",
        Reader.AGENT,
        (
            *("viewing_times", "agenda", "appointment_new", "appointment", "appointment_edit", "appointment_cancel"),
            *("appointment_bring_in", "calendar_settings"),
        ),
    ),
    Topic("photos", Reader.AGENT, ("estate_media", "estate_media_one", "estate_media_several")),
    Topic("estates", Reader.AGENT, ("estates", "estate", "estate_new", "estate_edit", "estate_archive")),
    Topic("documents", Reader.AGENT, ("dispatch_documents", "attachments")),
    Topic("phone", Reader.AGENT, ("outbox", "offline", "push", "push_add", "push_try")),
    Topic(
        "sign-in",
        Reader.AGENT,
        (
            *("account", "sign_in_by_link", "first_access", "account_login", "account_logout", "account_inactive"),
            *("account_signup", "account_reauthenticate", "account_change_password", "account_set_password"),
            *("usersessions_list", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp"),
            *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_list_webauthn"),
            *("mfa_add_webauthn", "mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_edit_webauthn"),
            *("mfa_remove_webauthn",),
        ),
    ),
    Topic(
        "set-up",
        Reader.OFFICE,
        ("setup_office", "setup_mail", "setup_texts", "setup_step", "settings", "settings_test", "settings_sending"),
    ),
    Topic(
        "mail-account",
        Reader.OFFICE,
        (
            *("settings_mail", "settings_mail_probe", "settings_mail_find", "settings_mail_test"),
            *("settings_mail_test_run", "settings_mailbox", "settings_mailbox_probe", "settings_mail_domain"),
            *("mail_sign_in", "mail_sign_in_set_up", "mail_sign_in_leave", "mail_sign_in_back", "mail_sign_in_act"),
        ),
    ),
    Topic("imprint-and-texts", Reader.OFFICE, ("settings_office", "settings_texts", "settings_text", "settings_law")),
    Topic("colleagues", Reader.OFFICE, ("settings_people", "settings_person_new", "settings_person")),
    Topic(
        "import",
        Reader.OFFICE,
        (
            *("estate_import", "estate_import_one", "intake_page", "intake_new", "intake_account"),
            *("contacts_import", "contact_book", "contact_book_columns", "contact_book_choose"),
        ),
    ),
    Topic("erase", Reader.OFFICE, ("contact_remove",)),
    Topic("retention", Reader.OFFICE, ("settings_retention",)),
    Topic(
        "certificate",
        Reader.PARTNER,
        (
            *("certificate", "certificate_assistant", "certificate_begin", "certificate_progress", "certificate_proxy"),
            *("certificate_activate", "certificate_bought", "certificate_order_new", "certificate_order"),
            *("certificate_handover", "handover_enter", "certificate_issued", "certificate_watched"),
        ),
    ),
    Topic(
        "dynamic-dns",
        Reader.PARTNER,
        (
            *("dyndns", "dyndns_preview", "dyndns_set_up", "certificate_surroundings"),
            *("certificate_surroundings_found",),
        ),
    ),
    Topic("backup", Reader.PARTNER, ("checklist", "checklist_lines", "checklist_sign")),
    Topic("proof", Reader.LAWYER),
    Topic(
        "withdrawal",
        Reader.LAWYER,
        ("withdrawal", "dispatch_withdrawal", "void_orders", "dispatch_seller_payment", "dispatch_main_contract"),
    ),
    Topic("doctor", Reader.LAWYER, ("certificate_report",)),
)
BY_SLUG = MappingProxyType({topic.slug: topic for topic in TOPICS})
_BY_PAGE = MappingProxyType({page: topic for topic in TOPICS for page in topic.pages})


def topic_for(page: str | None) -> Topic | None:
    """The page of the manual that fits this page of the office; None where none does."""
    return _BY_PAGE.get(page or "")
