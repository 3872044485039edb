"""After each journey the whole installation is checked: what was walked is what its events say, and no false alarm."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(autouse=True)
def whole_afterwards(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Once the server has ended, and before its database goes."""
    if "serve" not in request.fixturenames:
        yield
        return
    installation = request.getfixturevalue("installation")
    yield
    from tests.support import whole  # once Django is up

    assert whole.findings(installation, django_db_blocker) == []
