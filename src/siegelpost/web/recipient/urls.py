"""Addresses of the recipient's acts; looking at a page is the lane's."""

from django.urls import path

from siegelpost.web.recipient import registered, views

urlpatterns = [
    path("s/<str:token>/", views.declare, name="recipient_declare"),
    path("s/<str:token>/widerruf/", views.withdraw, name="recipient_withdraw"),
    path("s/<str:token>/annehmen/", registered.accept, name="registered_accept"),
    path("s/<str:token>/ablehnen/", registered.refuse, name="registered_refuse"),
    path("s/<str:token>/code/", registered.unlock, name="registered_unlock"),
    path("widerruf/", views.withdraw, name="public_withdraw"),
]
