"""Registers the room with Django."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.office"
    label = "office"

    def ready(self) -> None:
        """Have its rows checked with the whole installation."""
        from siegelpost.ledger import inspection, key_samples
        from siegelpost.office import checks
        from siegelpost.toolbox.words import Words

        key_samples.register(key_samples.Sealed("fields", checks.sealed_values))
        inspection.register(inspection.FsckCheck(checks.NAME, Words("Rechtstexte", "Legal texts"), checks.run))
        inspection.register_files("office", checks.stored_files)
