"""Registers the room with Django."""

from django.apps import AppConfig

from siegelpost.word_index import keep_indexes


class ContactsConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.contacts"
    label = "contacts"

    def ready(self) -> None:
        """Have the search index kept."""
        keep_indexes(self)
