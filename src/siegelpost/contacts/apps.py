"""Registers the room with Django."""

from django.apps import AppConfig

from siegelpost.word_index import keep_indexes


class ContactsConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.contacts"
    label = "contacts"

    def ready(self) -> None:
        """Have the search index kept, and its rows checked with the whole installation."""
        from siegelpost.contacts import checking
        from siegelpost.ledger import findings

        keep_indexes(self)
        findings.register(findings.Check(checking.NAME, "Einwilligungen", "Consents", checking.run))
        findings.register_erasures("contacts", checking.erased_with_their_contact)
