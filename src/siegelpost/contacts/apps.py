"""Registers the room with Django."""

from django.apps import AppConfig

from siegelpost.toolbox.words import Words


class ContactsConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.contacts"
    label = "contacts"

    def ready(self) -> None:
        """Have its rows checked with the whole installation."""
        from siegelpost.contacts import checks
        from siegelpost.ledger import inspection

        inspection.register(inspection.FsckCheck(checks.NAME, Words("Einwilligungen", "Consents"), checks.run))
        inspection.register_erasures("contacts", checks.erased_with_their_contact)
