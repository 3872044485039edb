"""What we use of others' libraries: named where it is imported, and of their private parts no more than is known."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IMPORT = re.compile(r"^ *(?:import ([\w.]+)|from (\w[\w.]*) import )", re.MULTILINE)
OURS = {"siegelpost", "tests", "bench", "tools"}
# Used without being imported: commands, plugins, types, pages' scripts (django-htmx), and what packs the program.
NOT_IMPORTED = {
    *("django-htmx", "django-stubs", "djlint", "editables", "hatchling", "import-linter", "lxml-stubs", "mypy"),
    *("oxlint", "pytest-timeout", "pytest-xdist", "ruff", "uv"),
}
# Names that a library keeps to itself, by the requirement whose upper bound holds them; why stands where they are used.
PRIVATE = {
    "_add_nonce": "acme",
    "_check_response": "acme",
    "_post_once": "acme",
    "_send_request": "acme",
    "_content": "requests",
    "_private": "dns-lexicon",
    "_start_asgi_task": "uvicorn",
    "_ssl_established": "pyftpdlib",
    "_ssl_requested": "pyftpdlib",
    # Of Django, by its documentation for everybody; of Python itself.
    "_base_manager": "Django",
    "_db": "Django",
    "_default_manager": "Django",
    "_meta": "Django",
    "_actions": "",
    "_exit": "",
    "_msg_callback": "",
    "_sslobj": "",
}


def normal(requirement: str) -> str:
    """The name in a requirement, as package indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement)[0]).lower()


def imported(*folders: str) -> Iterator[str]:
    """Modules that these folders' files import; by their lines, which is quicker than by their syntax."""
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        yield from (first or second for first, second in IMPORT.findall(path.read_text()))


def distributions(*folders: str) -> set[str]:
    """What has to be installed for these folders' imports."""
    known = packages_distributions()
    tops = {name.partition(".")[0] for name in imported(*folders)} - OURS - sys.stdlib_module_names
    return {normal(each) for top in tops for each in known.get(top, [top])}


def test_whatever_is_imported_is_named_and_whatever_is_named_is_used() -> None:
    """Issue 12: django-ninja and pyHanko were installed everywhere and imported nowhere."""
    run = {normal(each) for each in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["portal"]]}
    every = run | {normal(each) for extra in PROJECT["optional-dependencies"].values() for each in extra}
    assert distributions("src") - run == set()
    everything = distributions("src", "tests", "tools", "bench")
    assert everything - every == set()
    assert every - everything == NOT_IMPORTED
    assert run - distributions("src") <= NOT_IMPORTED


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in ("_", "_asdict", "_replace")


def made_here(tree: ast.Module) -> Iterator[str]:
    """Names that our own code gives: of functions, classes, variables, and to its own objects."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr


def test_private_parts_of_libraries_are_those_that_are_known_and_each_has_an_upper_bound() -> None:
    trees = [ast.parse(path.read_text()) for path in (ROOT / "src").rglob("*.py")]
    attributes = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    modules = {part for name in imported("src") if name.partition(".")[0] not in OURS for part in name.split(".")}
    found = {name for name in attributes.difference(*map(made_here, trees)) | modules if is_private(name)}
    # Of these a class of ours has its own form, or something else of ours bears the name.
    hidden = {"_check_response", "_content", "_send_request"}
    assert found | hidden == set(PRIVATE)
    named = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["portal"]]
    bounded = {normal(each) for each in named if "<" in each}
    assert {normal(name) for name in PRIVATE.values() if name} - bounded == set()
