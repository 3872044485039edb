"""A process that is killed: it does one thing with a store when it is told to, and says when it has done it.

``python -m tests.support.acme_worker FOLDER look ROOT.pem MOMENT``, ``… full ROOT.pem MOMENT STEP``, ``… import``,
``… swap``
"""

import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tests.support.pki import Authority

from siegelpost.doctor.x509.chain import from_pem
from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.order_context import Patience
from siegelpost.tls.acme.problems import AcmeError
from siegelpost.tls.acme.progress import Progress
from siegelpost.tls.store import Source, Store

NAME = "office.test"


def look(store: Store, root: str, at: str) -> None:
    moment = datetime.fromisoformat(at)
    patience = Patience(lease=30, validation=30, issue=30)
    renewal.look(store, roots=from_pem(Path(root).read_text()), now=lambda: moment, patience=patience)


def full(store: Store, root: str, at: str, step: str) -> None:
    """The disk is full from this step on: no file can grow beyond some bytes."""
    moment, patience = datetime.fromisoformat(at), Patience(lease=30, validation=30, issue=30)

    def fill(progress: Progress) -> None:
        if progress.step == step:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

    with suppress(AcmeError):
        renewal.look(store, roots=from_pem(Path(root).read_text()), now=lambda: moment, patience=patience, told=fill)


def import_(store: Store, *_: str) -> None:
    given = Authority.root().issue(NAME)
    store.activate(store.add(given.chain_pem, given.key_pem, Source.IMPORTED).id)


def swap(store: Store, *_: str) -> None:
    ids = [each.id for each in store.history()][:2]
    for _round in range(10):
        for id in ids:
            store.activate(id)


ACTIONS: dict[str, Callable[..., None]] = {"look": look, "full": full, "import": import_, "swap": swap}


def main() -> None:
    folder, action, *arguments = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    ACTIONS[action](Store(Path(folder)), *arguments)
    print("done", flush=True)


if __name__ == "__main__":
    main()
