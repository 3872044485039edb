"""Registers the room with Django."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.mail"
    label = "mail"
