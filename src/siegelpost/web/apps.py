"""Registers the room with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.web"
    label = "web"

    def ready(self) -> None:
        """Have the key tried that has sealed how people sign in."""
        from siegelpost.ledger import key_samples
        from siegelpost.web import checks

        key_samples.register(key_samples.Sealed("fields", checks.sealed_values))
