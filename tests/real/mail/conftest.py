"""Every test here has a database of its own, little patience with mail servers, and hears what is told."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from siegelpost.mail.outgoing.transitions import Change


@pytest.fixture(autouse=True)
def little_patience(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support import mailing

    from siegelpost.mail.outgoing import delivery

    monkeypatch.setattr(delivery, "PATIENCE", mailing.LITTLE_PATIENCE)
    mailing.forget_rest()


@pytest.fixture
def changes() -> "Iterator[list[Change]]":
    """What listeners are told."""
    from siegelpost.mail.outgoing import outbox

    told: list[Change] = []
    listener = outbox.on_change(lambda change: told.append(change))
    yield told
    outbox.forget(listener)
