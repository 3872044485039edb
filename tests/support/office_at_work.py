"""What many tests begin with: an office that may send, and a ledger of their own."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def an_office_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard lets it send."""
    from tests.support.office import an_office, the_guard_says  # models, which Django must have loaded first

    an_office()
    the_guard_says(True, monkeypatch)


@pytest.fixture
def own_log() -> Iterator[None]:
    """From key to tiles; gone afterwards."""
    from tests.support import proofs

    proofs.forget()
    yield
    proofs.forget()
