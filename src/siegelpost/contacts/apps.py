"""Registers the room with Django."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.contacts"
    label = "contacts"
