"""Which tests belong together: the database part, the browser's worker, and the long ones."""

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "installation"}
BROWSER_FIXTURES = {"chromium"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("siegelpost")
    group.addoption("--database", action="store_true", help="only tests that use the database (but no browser)")
    group.addoption("--screenshots", action="store_true", help="write the pictures of docs/screenshots")
    group.addoption("--soak", action="store_true", help="also tests marked soak, which are long")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        _group(item)
        (kept if _wanted(item, config) else dropped).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=dropped)


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _group(item: pytest.Item) -> None:
    """All browser tests in one worker: two heavy browsers on two cores make each other time out."""
    if _fixtures(item) & BROWSER_FIXTURES:
        item.add_marker("browser")
    if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
        item.add_marker(pytest.mark.xdist_group("browser"))


def _uses_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or _fixtures(item) & DATABASE_FIXTURES)


def _wanted(item: pytest.Item, config: pytest.Config) -> bool:
    if item.get_closest_marker("soak") and not config.getoption("--soak"):
        return False
    if config.getoption("--database"):
        return _uses_database(item) and not item.get_closest_marker("browser")
    return True
