"""Which tests belong together: the short list, the database part, those in a browser, and the long ones."""

import pytest
from tests.support.short_list import on_short_list

DATABASE_FIXTURES = {"db", "transactional_db", "installation"}
BROWSER_FIXTURES = {"chromium"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("siegelpost")
    group.addoption("--alone", choices=["any", "only", "none"], default="any", help="tests marked alone")
    group.addoption("--database", action="store_true", help="only tests that use the database (but no browser)")
    group.addoption("--part", choices=["all", "short", "rest"], default="all", help="the short list, or all but it")
    group.addoption("--shard", type=shard, default=(1, 1), help="the first of two shares of the files: 1/2")
    group.addoption("--write-golden", action="store_true", help="write the files of tests/golden anew")
    group.addoption("--screenshots", action="store_true", help="write the pictures of docs/screenshots")
    group.addoption("--soak", action="store_true", help="also tests marked soak, which are long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    number, shares = config.getoption("--shard")
    # By file: a module's tests share its browser.
    files = sorted({item.path for item in items})
    ours = set(files[number - 1 :: shares])
    for item in items:
        (kept if item.path in ours and _wanted(item, config) else dropped).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=dropped)


def shard(text: str) -> tuple[int, int]:
    """A share of all tests, as in ``1/2``. Raises ValueError, which pytest tells as a wrong option."""
    number, shares = map(int, text.split("/"))
    if not 1 <= number <= shares:
        raise ValueError(text)
    return number, shares


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whoever uses the browser is a browser test, whether it says so or not."""
    if _fixtures(item) & BROWSER_FIXTURES:
        item.add_marker("browser")


def _uses_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or _fixtures(item) & DATABASE_FIXTURES)


def _wanted(item: pytest.Item, config: pytest.Config) -> bool:
    if item.get_closest_marker("soak") and not config.getoption("--soak"):
        return False
    alone = config.getoption("--alone")
    if alone != "any" and bool(item.get_closest_marker("alone")) != (alone == "only"):
        return False
    part = config.getoption("--part")
    if part != "all" and on_short_list(item.nodeid) != (part == "short"):
        return False
    if config.getoption("--database"):
        return _uses_database(item) and not item.get_closest_marker("browser")
    return True
