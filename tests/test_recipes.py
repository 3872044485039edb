"""What recipes, architecture and glossary name is there: every path, function, table, address, and room."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from tools import circles

from siegelpost.web.recipient import urls as recipient_urls

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src/siegelpost"
GUIDES = ("architecture.md", "glossary.md", "recipes.md")
# In the data folder, not in the source.
DATA = ("files/", "imports/", "keys/", "run/", "tls/", "uploads/")


def text_of(guide: str) -> str:
    return (ROOT / "docs" / guide).read_text()


def named(guide: str) -> set[str]:
    """What stands between backticks, outside of drawings, and looks like a path."""
    plain = re.sub(r"^```.*?^```", "", text_of(guide), flags=re.MULTILINE | re.DOTALL)
    words = set(re.findall(r"`([\w./-]+(?:::\w+)?)`", plain))
    return {word for word in words if "::" in word or re.search(r"\w/\w|\.py$", word)}


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a module has at its top level."""
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {each.id for each in targets if isinstance(each, ast.Name)}
    return frozenset(found)


def missing(word: str) -> bool:
    """Whether a path, or the name in it, is not there."""
    path, _, name = word.partition("::")
    places = [place for place in (SOURCE / path, ROOT / path) if place.exists()]
    return not places or (bool(name) and name not in names_in(places[0]))


@pytest.mark.parametrize("guide", GUIDES)
def test_what_is_named_is_there(guide: str) -> None:
    found = named(guide)
    assert len(found) >= 30, "nothing is recognised as a path"
    assert sorted(word for word in found if not word.startswith(DATA) and missing(word)) == []


def test_what_is_not_there_is_seen() -> None:
    assert all(map(missing, ("dispatch/gone.py", "dispatch/states.py::Gone", "tests/unit/gone")))


def test_what_the_data_folder_holds_is_named_in_the_source() -> None:
    source = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))
    rows = re.findall(r"^\| `([\w./]+)` \|", text_of("architecture.md"), re.MULTILINE)
    folder = [row for row in rows if not (SOURCE / row).exists() or row.endswith("/")]
    assert len(folder) >= 8
    parts = {part for row in folder for part in row.strip("/").split("/")}
    assert {part for part in parts if f'"{part}"' not in source} == set()


def test_the_rooms_are_drawn_as_import_linter_holds_them() -> None:
    drawing = re.search(r"## Rooms.*?```text\n(.*?)\n\n", text_of("architecture.md"), re.DOTALL)
    assert drawing
    drawn = [re.split(r"\s{2,}", line.strip())[0] for line in drawing[1].splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if "siegelpost.cli" in each.get("layers", ()))
    assert drawn == [layer.replace("siegelpost.", "") for layer in layers]


@pytest.mark.parametrize("room", ["dispatch", "mail"])
def test_rooms_in_rooms_import_what_is_drawn_below_them(room: str) -> None:
    drawn = re.findall(rf"^\| `{room}/(\w+)` \|", text_of("architecture.md"), re.MULTILINE)
    parts = circles.inside(circles.imports(circles.modules()), f"siegelpost.{room}")
    assert set(drawn) == {part for part in parts if list((SOURCE / room / part).glob("*.py"))} - {"migrations"}
    assert {part: parts[part] & set(drawn[:place]) for place, part in enumerate(drawn)} == {
        part: set() for part in drawn
    }


def test_every_address_of_recipients_stands_under_its_rule() -> None:
    rule = text_of("architecture.md").partition("## Language of addresses")[2]
    routes = [str(each.pattern) for each in recipient_urls.urlpatterns]
    segments = {part for route in routes for part in route.split("/") if part and not part.startswith("<")}
    assert {part for part in segments if f"`{part}`" not in rule and f"/{part}/" not in rule} == set()


def leads_nowhere(reference: str, path: Path) -> bool:
    """Whether a module, or a name in one, that a docstring refers to is not there; a bare name is of its own module."""
    dotted = reference.lstrip("~").partition("(")[0]
    if dotted.startswith("."):
        dotted = ".".join(("siegelpost", *path.parent.relative_to(SOURCE).parts)) + dotted
    elif not dotted.startswith("siegelpost."):
        first = dotted.partition(".")[0]
        return "." not in dotted and first not in path.read_text().replace(f"`{reference}`", "")
    words = dotted.split(".")
    for end in range(len(words), 0, -1):
        place = SOURCE.parent.joinpath(*words[:end])
        module = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
        if module.exists():
            return bool(words[end:]) and words[end] not in names_in(module)
    return True


def test_references_in_docstrings_lead_somewhere() -> None:
    role = re.compile(r":(?:mod|func|class|data|meth|exc):`([^`]+)`")
    found = [(path, name) for path in SOURCE.rglob("*.py") for name in role.findall(path.read_text())]
    assert len(found) > 100
    assert [f"{path.relative_to(SOURCE)}: {name}" for path, name in found if leads_nowhere(name, path)] == []


def test_each_recipe_names_its_test() -> None:
    recipes = re.split(r"^## ", text_of("recipes.md"), flags=re.MULTILINE)[1:]
    assert len(recipes) == 23
    assert [recipe.splitlines()[0] for recipe in recipes if "`tests/" not in recipe] == []
