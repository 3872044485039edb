"""Registers the room with Django."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.mail"
    label = "mail"

    def ready(self) -> None:
        """Have the key of the mails tried, and the mails checked with the whole installation."""
        from siegelpost.ledger import inspection, key_samples
        from siegelpost.mail import checks
        from siegelpost.toolbox.words import Words

        key_samples.register(key_samples.Sealed("mail", checks.sealed_values))
        key_samples.register(key_samples.Sealed("fields", checks.sealed_fields))
        inspection.register(
            inspection.FsckCheck(checks.NAME, Words("Mails und ihre Inhalte", "Mails and contents"), checks.run)
        )
