"""Registers the room with Django."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.mail"
    label = "mail"

    def ready(self) -> None:
        """Have the key of the mails tried, and the mails checked with the whole installation."""
        from siegelpost.ledger import findings, sealed
        from siegelpost.mail import checking

        sealed.register(sealed.Sealed("mail", checking.sealed_values))
        sealed.register(sealed.Sealed("fields", checking.sealed_fields))
        findings.register(findings.Check(checking.NAME, "Mails und ihre Inhalte", "Mails and contents", checking.run))
