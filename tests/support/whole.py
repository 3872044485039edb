"""``siegelpost fsck`` of another installation, in this process: a command of its own would take a second to start."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest.mock import patch

from django.db import connections
from pytest_django.plugin import DjangoDbBlocker
from tests.support.installations import Installation

from siegelpost.django_settings import database
from siegelpost.ledger import fsck
from siegelpost.proof import timestamp
from siegelpost.settings import load


def findings(installation: Installation, blocker: DjangoDbBlocker) -> list[str]:
    """What ``fsck`` finds there, remarks left out; the tests' own database is as it was afterwards.

    From a thread of its own, which has a connection of its own; in this one Playwright's event loop may be running.
    """
    with blocker.unblock(), _here(installation), ThreadPoolExecutor(1) as thread:
        return thread.submit(_found).result()


def _found() -> list[str]:
    try:
        found = [each for check in [*fsck.checks(), timestamp.CHECK] for each in fsck.run(check, lambda *_: None)]
    finally:
        connections.close_all()
    return [each.text("en") for each in found if not each.remark]


@contextmanager
def _here(installation: Installation) -> Iterator[None]:
    """Settings and new connections are those of the installation."""
    given = {"DATA": str(installation.data)} | {name.upper(): value for name, value in installation.settings.items()}
    with patch.dict(os.environ, {f"SIEGELPOST_{name}": value for name, value in given.items()}):
        load.cache_clear()
        changed = {**connections.settings["default"], **database(load())}
        try:
            with patch.dict(connections.settings, {"default": changed}):
                yield
        finally:
            load.cache_clear()
