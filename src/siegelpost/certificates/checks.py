"""What the certificates' room looks at when the whole installation is checked: what its passphrase opens."""

import stat
from collections.abc import Iterator
from dataclasses import astuple
from functools import partial

from siegelpost.certificates.installed import open_store
from siegelpost.certificates.models import DynamicDns
from siegelpost.ledger.inspection import FsckFinding, Progress
from siegelpost.ledger.key_samples import Opening
from siegelpost.settings import FIELDS, load
from siegelpost.tls.openable import KeyFault, faults
from siegelpost.toolbox.words import Words

NAME = "certificates"
_WORDS = {
    KeyFault.SEALED: Words(
        "Lässt sich nicht öffnen: beschädigt, oder das Kennwort (tls/passphrase oder SIEGELPOST_KEY_PASSPHRASE) fehlt "
        "oder ist ein anderes. Abhilfe: aus der Datensicherung zurückholen.",
        "Cannot be opened: it is damaged, or the passphrase (tls/passphrase or SIEGELPOST_KEY_PASSPHRASE) is missing "
        "or another one. Remedy: restore it from your backup.",
    ),
    KeyFault.OTHER_KEY: Words(
        "Das ist nicht der Schlüssel des Zertifikats, das daneben liegt.",
        "This is not the key of the certificate beside it.",
    ),
}


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Keys of certificates, of requests and of accounts at authorities open, and fit."""
    store = open_store(load())
    for file, fault in faults(store):
        yield FsckFinding(NAME, str(file), *astuple(_WORDS[fault]))
    passphrase = store.folder / "passphrase"
    if passphrase.exists() and stat.S_IMODE(passphrase.stat().st_mode) & 0o077:
        yield FsckFinding(
            NAME,
            str(passphrase),
            "Das Kennwort der Schlüssel ist für andere lesbar. Abhilfe: chmod 600.",
            "The passphrase of the keys can be read by others. Remedy: chmod 600.",
        )


def sealed_fields() -> Iterator[Opening]:
    """The login at the dynamic DNS service."""
    for row in DynamicDns.objects.all():
        yield f"dynamic DNS {row}", partial(FIELDS.unseal_text, row.options_sealed)
