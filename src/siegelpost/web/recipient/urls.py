"""Addresses of the recipient's acts; looking at a page is the lane's."""

from django.urls import path

from siegelpost.web.recipient import views

urlpatterns = [
    path("s/<str:token>/", views.declare, name="recipient_declare"),
    path("s/<str:token>/widerruf/", views.withdraw, name="recipient_withdraw"),
    path("widerruf/", views.withdraw, name="public_withdraw"),
]
