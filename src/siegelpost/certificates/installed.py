"""The certificate store of this installation, and what its settings say to the certificate side."""

import os

from siegelpost.doctor.x509.chain import as_certificates
from siegelpost.settings import Settings
from siegelpost.tls.bought import House
from siegelpost.tls.store import Store

PASSPHRASE_VARIABLE = "SIEGELPOST_KEY_PASSPHRASE"  # noqa: S105 - the name of it


def open_store(settings: Settings) -> Store:
    """The store in the data folder; the passphrase of its keys may come from the environment."""
    passphrase = os.environ.get(PASSPHRASE_VARIABLE)
    return Store(settings.data / "tls", passphrase.encode() if passphrase else None)


def house(settings: Settings) -> House:
    """Whom a certificate is judged for here.

    Raises:
        OSError: a file of ``trust_roots`` cannot be read.
    """
    roots = [each for root in settings.trust_roots for each in as_certificates(root.read_bytes())]
    return House(settings.public_host, roots, settings.private_networks)
