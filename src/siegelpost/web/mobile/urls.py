"""Every address of the office with who may use it: this table is the access control, and a test tries each line."""

from allauth.account import views as accounts
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions

from siegelpost.web.mobile import (
    account,
    certificate,
    checklist,
    contacts,
    dispatches,
    estates,
    mailbox,
    sending,
    settings,
    setup,
    today,
)
from siegelpost.web.mobile.access import (
    ADMINISTRATION,
    CERTIFICATES,
    EVERYBODY,
    LEADERS,
    SALES,
    SIGNED_IN,
    Page,
)

PAGES = (
    Page("", today.today, "today", SIGNED_IN),
    Page("today/certificate/", today.certificate_line, "today_certificate", SALES),
    Page("more/", account.more, "more", SIGNED_IN),
    # Contacts
    Page("contacts/", contacts.index, "contacts", SALES),
    Page("contacts/new/", contacts.edit, "contact_new", SALES),
    Page("contacts/<uuid:public_id>/", contacts.detail, "contact", SALES),
    Page("contacts/<uuid:public_id>/edit/", contacts.edit, "contact_edit", SALES),
    Page("contacts/<uuid:public_id>/remove/", contacts.remove, "contact_remove", SALES),
    # Properties
    Page("estates/", estates.index, "estates", SALES),
    Page("estates/new/", estates.edit, "estate_new", SALES),
    Page("estates/import/", estates.import_file, "estate_import", SALES),
    Page("estates/import/now/", estates.import_now, "estate_import_now", SALES),
    Page("estates/<uuid:public_id>/", estates.detail, "estate", SALES),
    Page("estates/<uuid:public_id>/edit/", estates.edit, "estate_edit", SALES),
    Page("estates/<uuid:public_id>/archive/", estates.archive, "estate_archive", SALES),
    Page("estates/<uuid:public_id>/media/", estates.media, "estate_media", SALES),
    Page("estates/<uuid:public_id>/media/order/", estates.media_order, "estate_media_order", SALES),
    Page("estates/<uuid:public_id>/media/<uuid:media_id>/", estates.media_edit, "estate_media_edit", SALES),
    Page("estates/<uuid:public_id>/media/<uuid:media_id>/<int:width>.webp", estates.picture, "estate_picture", SALES),
    Page("estates/<uuid:public_id>/media/<uuid:media_id>/file/", estates.document, "estate_document", SALES),
    # Sending and what became of it
    Page("send/", sending.start, "send", SALES),
    Page("send/preview/", sending.preview, "send_preview", SALES),
    Page("send/now/", sending.send, "send_now", SALES),
    Page("dispatches/", dispatches.index, "dispatches", SALES),
    Page("dispatches/going-out/", dispatches.going_out, "dispatches_going_out", SALES),
    Page("dispatches/<uuid:public_id>/", dispatches.detail, "dispatch", SALES),
    Page("dispatches/<uuid:public_id>/proof.zip", dispatches.proof, "dispatch_proof", SALES),
    Page("dispatches/<uuid:public_id>/revoke/", dispatches.revoke, "dispatch_revoke", SALES),
    Page("dispatches/<uuid:public_id>/send-again/", dispatches.send_again, "dispatch_send_again", SALES),
    # The certificate
    Page("certificate/", certificate.page, "certificate", CERTIFICATES),
    Page("certificate/report/", certificate.report, "certificate_report", CERTIFICATES),
    # The security checklist
    Page("checklist/", checklist.page, "checklist", CERTIFICATES),
    Page("checklist/lines/", checklist.lines, "checklist_lines", CERTIFICATES),
    Page("checklist/sign/", checklist.sign, "checklist_sign", CERTIFICATES),
    Page("checklist/<str:sha256>.pdf", checklist.pdf, "checklist_pdf", CERTIFICATES),
    # Settings
    Page("settings/", settings.index, "settings", LEADERS),
    Page("settings/texts/", settings.text_list, "settings_texts", LEADERS),
    Page("settings/texts/<str:kind>/<str:language>/", settings.text, "settings_text", LEADERS),
    Page("settings/office/", settings.office, "settings_office", ADMINISTRATION),
    Page("settings/sending/", settings.sending, "settings_sending", ADMINISTRATION),
    Page("settings/mail/", settings.mail, "settings_mail", ADMINISTRATION),
    Page("settings/mail/probe/", settings.mail_probe, "settings_mail_probe", ADMINISTRATION),
    Page("settings/test-operation/", settings.test_operation, "settings_test", ADMINISTRATION),
    Page("settings/people/", settings.people, "settings_people", ADMINISTRATION),
    Page("settings/people/new/", settings.person, "settings_person_new", ADMINISTRATION),
    Page("settings/people/<uuid:public_id>/", settings.person, "settings_person", ADMINISTRATION),
    Page("settings/people/<uuid:public_id>/link/", settings.person_link, "settings_person_link", ADMINISTRATION),
    Page("settings/people/<uuid:public_id>/card/", settings.person_card, "settings_person_card", ADMINISTRATION),
    Page("settings/people/<uuid:public_id>/sign-out/", settings.person_sign_out, "settings_person_out", ADMINISTRATION),
    Page("setup/office/", setup.office, "setup_office", ADMINISTRATION),
    Page("setup/mail/", setup.mail, "setup_mail", ADMINISTRATION),
    Page("setup/texts/", setup.legal_texts, "setup_texts", ADMINISTRATION),
    # One's own way in
    Page("sign-in/<str:token>/", account.by_link, "sign_in_by_link", EVERYBODY),
    Page("account/", account.account, "account", SIGNED_IN),
    Page("account/first-access/", account.first_access, "first_access", SIGNED_IN),
    Page("account/login/", accounts.login, "account_login", EVERYBODY),
    Page("account/logout/", accounts.logout, "account_logout", EVERYBODY),
    Page("account/inactive/", accounts.account_inactive, "account_inactive", EVERYBODY),
    Page("account/signup/", accounts.signup, "account_signup", EVERYBODY),
    Page("account/confirm/", accounts.reauthenticate, "account_reauthenticate", SIGNED_IN),
    Page("account/password/", accounts.password_change, "account_change_password", SIGNED_IN),
    Page("account/password/new/", accounts.password_set, "account_set_password", SIGNED_IN),
    Page("account/devices/", sessions.list_usersessions, "usersessions_list", SIGNED_IN),
    Page("account/devices/<int:pk>/end/", account.end_session, "account_end_session", SIGNED_IN),
    Page("account/ways/", mfa.index, "mfa_index", SIGNED_IN),
    Page("account/second-step/", mfa.authenticate, "mfa_authenticate", EVERYBODY),
    Page("account/confirm/code/", mfa.reauthenticate, "mfa_reauthenticate", SIGNED_IN),
    Page("account/app/on/", totp.activate_totp, "mfa_activate_totp", SIGNED_IN),
    Page("account/app/off/", totp.deactivate_totp, "mfa_deactivate_totp", SIGNED_IN),
    Page("account/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes", SIGNED_IN),
    Page("account/codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes", SIGNED_IN),
    Page("account/codes/download/", codes.download_recovery_codes, "mfa_download_recovery_codes", SIGNED_IN),
    Page("account/passkeys/", passkeys.list_webauthn, "mfa_list_webauthn", SIGNED_IN),
    Page("account/passkeys/add/", passkeys.add_webauthn, "mfa_add_webauthn", SIGNED_IN),
    Page("account/passkeys/login/", passkeys.login_webauthn, "mfa_login_webauthn", EVERYBODY),
    Page("account/confirm/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn", SIGNED_IN),
    Page("account/passkeys/<int:pk>/edit/", passkeys.edit_webauthn, "mfa_edit_webauthn", SIGNED_IN),
    Page("account/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn", SIGNED_IN),
    # Only while the demonstration runs; elsewhere nothing answers here.
    Page("mailbox/", mailbox.index, "mailbox", EVERYBODY),
    Page("mailbox/<str:name>/", mailbox.mail, "mailbox_mail", EVERYBODY),
    Page("mailbox/<str:name>/<int:number>/", mailbox.attachment, "mailbox_attachment", EVERYBODY),
)

urlpatterns = [page.pattern() for page in PAGES]
