"""Which installation the database belongs to: compared with the keys of the data folder at the start, and again.

Two data folders on one database would each seal, sign and encrypt what the other can neither open nor continue.
"""

from django.db import transaction
from django.utils import timezone

from siegelpost.keys import NAMES, KeyMissingError, UnsafeError, fingerprint
from siegelpost.ledger import anchor, halt, key, sequencer
from siegelpost.ledger.key_samples import all_sealed
from siegelpost.ledger.models import Checkpoint, Installation
from siegelpost.settings import load

# The key that signs is a file of another form.
LEDGER = "ledger"
_WHY = "keys"


class ForeignFolderError(UnsafeError):
    """Data folder and database do not belong together."""

    def __init__(self, names: list[str]) -> None:
        folder, which = load().keys, ", ".join(names)
        super().__init__(
            f"Die Datenbank gehört zu einem anderen Datenordner als {load().data}: Die Schlüssel {which} in {folder} "
            "sind nicht die ihren. Es wurde nichts verändert. Nehmen Sie den Datenordner, zu dem sie gehört (mehrere "
            "Rechner teilen sich einen), oder spielen Sie dessen Ordner keys aus der Datensicherung zurück.",
            f"The database belongs to another data folder than {load().data}: the keys {which} in {folder} are not its "
            "own. Nothing was changed. Use the data folder it belongs to (several machines share one), or restore "
            "that folder's keys from your backup.",
        )


def settle() -> None:
    """See that data folder and database belong together; an empty database takes the folder's keys as its own.

    Raises:
        siegelpost.keys.KeyMissingError: a key is gone that the database depends on; none was made.
        ForeignFolderError: the keys are others.
        siegelpost.ledger.key.LedgerKeyError: the signing key is missing, damaged or another one.
        siegelpost.ledger.anchor.WoundBackError: the database has forgotten what was sealed.
    """
    known = Installation.objects.filter(pk=1).first()
    if known is None:
        _refuse_what_is_lost()
    anchor.check()
    sequencer.signer(Checkpoint.objects.order_by("-size").first())
    here = {name: fingerprint(load().secret(name)) for name in NAMES} | {LEDGER: _of_ledger()}
    with transaction.atomic():
        row, _ = Installation.objects.get_or_create(pk=1, defaults={"keys": here, "made_at": timezone.now()})
        _compare(row.keys, here)
        if here.keys() - row.keys.keys():  # a later version has further keys
            Installation.objects.filter(pk=1).update(keys=here | row.keys)
    halt.lift(_WHY)


def watch() -> None:
    """Stop everybody's writing when the keys, or the database, were exchanged meanwhile.

    Raises:
        ForeignFolderError, siegelpost.keys.KeyMissingError, siegelpost.ledger.key.LedgerKeyError: they were.
    """
    row = Installation.objects.filter(pk=1).first()
    try:
        compare(row.keys if row else dict.fromkeys(NAMES, ""))
    except UnsafeError as error:
        halt.halt(_WHY, error)
        raise
    halt.lift(_WHY)


def compare(known: dict[str, str]) -> None:
    """Compare the keys as they lie in the folder at this moment with those the database knows.

    Raises:
        ForeignFolderError, siegelpost.keys.KeyMissingError, siegelpost.ledger.key.LedgerKeyError: they are not these.
    """
    here = {}
    for name in known:
        file = load().keys / name
        try:
            here[name] = _of_ledger() if name == LEDGER else fingerprint(file.read_bytes())
        except FileNotFoundError:
            raise KeyMissingError(file) from None
    _compare(known, here)


def _compare(known: dict[str, str], here: dict[str, str]) -> None:
    if others := sorted(name for name in known if here.get(name) != known[name]):
        raise ForeignFolderError(others)


def _of_ledger() -> str:
    return fingerprint(key.read().skey.encode())


def _refuse_what_is_lost() -> None:
    """A database of before this row: what is sealed in it tells which keys must be there."""
    for sealed in all_sealed():
        file = load().keys / sealed.key
        if not file.exists() and next(sealed.values(), None) is not None:
            raise KeyMissingError(file)
