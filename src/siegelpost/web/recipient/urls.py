"""Addresses of the recipient's acts; looking at a page is the lane's."""

from django.urls import path

from siegelpost.web.recipient import interest, legal, registered, viewings, views, withdrawal

urlpatterns = [
    path("s/<secret:token>/", views.declare, name="recipient_declare"),
    path(f"s/<secret:token>/{views.CHECK}/", views.check, name="recipient_check"),
    path("s/<secret:token>/widerruf/", withdrawal.withdraw, name="recipient_withdraw"),
    path("s/<secret:token>/annehmen/", registered.accept, name="registered_accept"),
    path("s/<secret:token>/ablehnen/", registered.refuse, name="registered_refuse"),
    path("s/<secret:token>/code/", registered.unlock, name="registered_unlock"),
    path("s/<secret:token>/antwort/", interest.say, name="recipient_say"),
    path("s/<secret:token>/unterlagen/", interest.ask_for_document, name="recipient_document"),
    path("s/<secret:token>/besichtigung/", viewings.act_on, name="recipient_viewing"),
    path("s/<secret:token>/kenne-ich/", interest.knows, name="recipient_knows"),
    path("s/<secret:token>/sprache/", interest.speak, name="recipient_speak"),
    path("s/<secret:token>/angebote/", interest.offers, name="recipient_offers"),
    path("einwilligung/<secret:token>/", interest.consent, name="recipient_consent"),
    path("widerruf/", withdrawal.withdraw, name="public_withdraw"),
    path("widerruf/<secret:token>/", withdrawal.confirm, name="withdrawal_confirm"),
    path("widerruf/<secret:token>/eingang/", withdrawal.done, name="withdrawal_done"),
    path("widerruf/<secret:token>/beleg/", withdrawal.receipt, name="withdrawal_receipt"),
    *(path(f"{kind.path}/", legal.page, {"kind": kind.text}, name=f"legal_{kind.path}") for kind in legal.PAGES),
]
