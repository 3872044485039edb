"""The ledger as a Django app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Label and name of the app."""

    name = "siegelpost.ledger"
    label = "ledger"
