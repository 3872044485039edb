"""Registers the room with Django."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.certificates"
    label = "certificates"

    def ready(self) -> None:
        """Have its keys tried with the whole installation."""
        from siegelpost.certificates import checks
        from siegelpost.ledger import inspection, key_samples
        from siegelpost.toolbox.words import Words

        key_samples.register(key_samples.Sealed("fields", checks.sealed_fields))
        inspection.register(
            inspection.FsckCheck(
                checks.NAME, Words("Schlüssel der Zertifikate", "Keys of the certificates"), checks.run
            )
        )
