"""Registers the room with Django."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.office"
    label = "office"
