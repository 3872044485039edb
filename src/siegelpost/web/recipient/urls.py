"""Addresses of the recipient's acts; looking at a page is the lane's."""

from django.urls import path

from siegelpost.web.recipient import interest, legal, registered, views

urlpatterns = [
    path("s/<str:token>/", views.declare, name="recipient_declare"),
    path("s/<str:token>/widerruf/", views.withdraw, name="recipient_withdraw"),
    path("s/<str:token>/annehmen/", registered.accept, name="registered_accept"),
    path("s/<str:token>/ablehnen/", registered.refuse, name="registered_refuse"),
    path("s/<str:token>/code/", registered.unlock, name="registered_unlock"),
    path("s/<str:token>/antwort/", interest.say, name="recipient_say"),
    path("s/<str:token>/kenne-ich/", interest.knows, name="recipient_knows"),
    path("s/<str:token>/sprache/", interest.speak, name="recipient_speak"),
    path("s/<str:token>/angebote/", interest.offers, name="recipient_offers"),
    path("einwilligung/<str:token>/", interest.consent, name="recipient_consent"),
    path("widerruf/", views.withdraw, name="public_withdraw"),
    *(path(f"{kind.path}/", legal.page, {"kind": kind.text}, name=f"legal_{kind.path}") for kind in legal.PAGES),
]
