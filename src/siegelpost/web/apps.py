"""Registers the room with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.web"
    label = "web"

    def ready(self) -> None:
        """Have the key tried that has sealed how people sign in, and say what routes call a secret."""
        from django.urls import register_converter

        from siegelpost.ledger import key_samples
        from siegelpost.web import checks
        from siegelpost.web.secret_addresses import SecretConverter

        register_converter(SecretConverter, "secret")
        key_samples.register(key_samples.Sealed("fields", checks.sealed_values))
