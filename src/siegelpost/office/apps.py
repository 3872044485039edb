"""Registers the room with Django."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.office"
    label = "office"

    def ready(self) -> None:
        """Have its rows checked with the whole installation."""
        from siegelpost.ledger import findings, sealed
        from siegelpost.office import checking

        sealed.register(sealed.Sealed("fields", checking.sealed_values))
        findings.register(findings.Check(checking.NAME, "Rechtstexte", "Legal texts", checking.run))
        findings.register_files("office", checking.stored_files)
