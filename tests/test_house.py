"""The rules of this house, as far as a program can see whether they are kept."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tools import circles, messages

ROOT = Path(__file__).parent.parent
TEXT = {".py", ".md", ".html", ".txt", ".css", ".js", ".toml", ".lock", ".sh", ".po", ".typ", ".svg", ".xml", ""}
SOURCE = ROOT / "src" / "siegelpost"
TEMPLATES = {"templates", "jinja2"}
MAX_LINES = 450


@cache
def tracked() -> tuple[Path, ...]:
    """Text files under version control, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return tuple(path for path in paths if path.suffix in TEXT and path.is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def under(folder: str, *suffixes: str) -> list[Path]:
    return [path for path in tracked() if name_of(path).startswith(folder) and path.suffix in suffixes]


def hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """``file:line: text`` of every line that matches."""
    return [
        f"{name_of(path)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def spots(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """``file:line: text`` of every place that matches, over the ends of lines, too."""
    return [
        f"{name_of(path)}:{text.count(chr(10), 0, found.start()) + 1}: {found[0][:120]}"
        for path in paths
        for text in [path.read_text()]
        for found in pattern.finditer(text)
    ]


def pages() -> list[Path]:
    """Templates of pages; mails have to carry their style with them."""
    return [path for path in under("src/", ".html", ".svg") if "mail" not in path.parts]


def test_files_stay_small() -> None:
    code = [path for path in under("", ".py", ".html", ".css", ".js", ".sh") if "migrations" not in path.parts]
    long = {name_of(path): len(path.read_text().splitlines()) for path in code}
    assert {name: lines for name, lines in long.items() if lines > MAX_LINES} == {}


def test_no_file_knows_the_machine_or_the_place_packages_come_from() -> None:
    # Put together here, so that this file does not hit itself.
    words = ["/" + "work/", "/" + "root/", "/" + "home/", "--(extra-)?index" + "-url"]
    words += ["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "deb" + r"\.debian"]
    allowed = {"tools/lock.sh"}  # says that no address may be written
    found = hits(re.compile("|".join(words)), [path for path in tracked() if name_of(path) not in allowed])
    assert found == []


def test_what_the_toolbox_does_nobody_does_by_hand() -> None:
    """Durable files, locks between processes, sealing: of the copies that there were, some forgot a step."""
    tools = re.compile(r"\b(fsync|O_EXCL|mkstemp|os\.link|flock|lockf|Fernet)\b")
    found = hits(tools, [path for path in under("src/", ".py") if "toolbox" not in path.parts])
    assert found == []


def test_whoever_silences_a_check_says_why() -> None:
    silent = re.compile(r"# (type: ignore(\[[^]]*\])?|noqa(: [A-Z0-9, ]+)?)$")
    assert hits(silent, [path for path in tracked() if path.suffix == ".py"]) == []


def test_quotation_marks_are_translated_with_what_they_quote() -> None:
    translated = re.compile(r"{%\s*(blocktranslate|trans)\b.*?{%\s*end\1\s*%}", re.DOTALL)
    texts = {name_of(path): translated.sub("", path.read_text()) for path in under("src/", ".html", ".txt")}
    assert [name for name, text in texts.items() if re.search(r"„{|}“", text)] == []


def test_no_line_of_a_template_is_long() -> None:
    assert hits(re.compile(".{121}"), [p for p in under("src/", ".html", ".txt") if TEMPLATES & {*p.parts}]) == []


def test_german_is_written_with_umlauts() -> None:
    stems = (
        "fuer|ueber|koenn|muess|wuerd|moeglich|zurueck|pruef|waehl|oeffn|loesch|aender|erklaer|bestaetig|verfueg|geraet|"
        "naechst|spaet|fuehr|gueltig|gemaess|schliess|schluessel|gebuehr|kuendig|laeuft|laesst|enthaelt|erhaelt|gewaehr|"
        "grundstueck|flaeche|gebaeude|empfaeng|vollstaend|zustaend|staend|ausfuell|hinzufueg|gruess"
    )
    # Names of files and of the elements of OpenImmo are no German.
    texts = [
        path for path in under("src/", ".html", ".txt", ".po", ".py", ".typ", ".js") if "openimmo" not in path.parts
    ]
    assert hits(re.compile(rf"\b({stems})(?!\w*\.\w)", re.IGNORECASE), texts) == []


def test_german_quotes_close_as_they_open() -> None:
    """„So“, not „so" and not “so”."""
    assert hits(re.compile('„[^“”"]*[”"]'), under("src/", ".html", ".txt", ".py", ".typ")) == []


def test_every_text_is_there_in_english() -> None:
    catalogue = messages.load()
    texts = [message for message in messages.extract() if message.id]
    missing = [text.id for text in texts if catalogue.get(text.id, text.context) is None]
    assert missing == [], "run: make messages, then translate"


def test_every_entry_of_the_catalogue_is_translated() -> None:
    catalogue = messages.load()
    assert len(catalogue), "the catalogue is empty"
    assert [text.id for text in messages.untranslated(catalogue)] == []
    assert [text.id for text in catalogue if text.id and text.fuzzy] == []


def test_placeholders_survive_translation() -> None:
    broken = [(message.id, str(error)) for message in messages.load() if message.id for error in message.check()]
    assert broken == []


INLINE = {
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    # A script that only carries data is not run, so the content security policy lets it be.
    "script in the page": re.compile(r"<script\b(?![^>]*(\bsrc=|type=.application/json))", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
}


@pytest.mark.parametrize("what", INLINE)
def test_pages_carry_nothing_inline(what: str) -> None:
    assert spots(INLINE[what], pages()) == []


def test_pages_ask_nobody_else() -> None:
    address = r"""(?:(?:src|href|action|srcset|poster)\s*=\s*["']?|url\(\s*["']?|@import\s+["'])(?:https?:)?//"""
    assert hits(re.compile(address, re.IGNORECASE), [*pages(), *under("src/", ".css", ".js")]) == []


def test_imports_point_one_way() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout


def test_nothing_imports_in_a_circle() -> None:
    """Between modules, between the rooms, and between what each room holds."""
    assert list(circles.all_circles()) == []


def test_circles_are_found_where_there_are_some(tmp_path: Path) -> None:
    for name, imported in (("a.one", "b"), ("b", "a.two"), ("a.two", "c"), ("a.three", "a.one")):
        file = tmp_path / f"house/{name.replace('.', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def later():\n    import house.{imported}\n")
    (tmp_path / "house/c.py").write_text("from house.a import three\n")
    assert list(circles.all_circles(tmp_path)) == [
        "modules: house.a.one, house.a.three, house.a.two, house.b, house.c",
        "in house: a, b, c",
    ]


TEMPLATE = re.compile(r"""["']((?:[\w-]+/)+)([\w-]+(?:\.(?:html|txt))?|\{\w+\}\.\w+)["']""")
SUFFIXES = ("", ".html", ".txt")


def templates_of_rooms_above(source: Path, layers: list[str]) -> list[str]:
    """Files that name a template of a room that they may not import: whole, without its suffix, or by its folder."""
    level = {room.strip().removeprefix("siegelpost."): n for n, layer in enumerate(layers) for room in layer.split("|")}
    bases = [*source.glob("*/jinja2"), *source.glob("*/templates")]
    assert bases
    found = []
    for path in (path for path in source.rglob("*") if path.suffix in {".py", ".html", ".txt"}):
        room = path.relative_to(source).parts[0].removesuffix(".py")
        for folder, name in TEMPLATE.findall(path.read_text()):
            place = folder if name.startswith("{") else folder + name
            owners = {base.parent.name for base in bases for end in SUFFIXES if (base / f"{place}{end}").exists()} - {
                room
            }
            if any(level[owner] <= level.get(room, len(layers)) for owner in owners):
                found.append(f"{path.relative_to(source)}: {folder}{name}")
    return found


def test_templates_point_one_way_too() -> None:
    """The page before the gate was a template of ``web``, which ``dispatch`` freezes and may not import."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if "siegelpost.cli" in each.get("layers", ()))
    assert templates_of_rooms_above(ROOT / "src/siegelpost", layers) == []


def test_a_template_of_a_room_above_is_seen(tmp_path: Path) -> None:
    for name, text in {
        "up/jinja2/up/page.html": '{% include "low/part.txt" %}',
        "low/jinja2/low/part.txt": '{% extends "up/page.html" %}',
        "low/one.py": 'render(f"up/{name}.html")\nrender("low/part.txt")\nmail(\'up/page\')',
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert sorted(templates_of_rooms_above(tmp_path, ["siegelpost.up", "siegelpost.low"])) == [
        "low/jinja2/low/part.txt: up/page.html",
        "low/one.py: up/page",
        "low/one.py: up/{name}.html",
    ]


def test_unit_tests_stand_where_the_rooms_stand_that_they_try() -> None:
    folders = {path.parent.relative_to(ROOT / "tests/unit") for path in under("tests/unit/", ".py")}
    assert sorted(map(str, (one for one in folders if not (ROOT / "src/siegelpost" / one).is_dir()))) == []


def test_dataclasses_have_slots_unless_they_remember_something() -> None:
    decorated = re.compile(r"^@dataclass(?!.*slots=True).*\n(?:@.*\n)*class \w+.*\n(?:(?: .*)?\n)*", re.MULTILINE)
    found = [each[0] for path in under("src/siegelpost", ".py") for each in decorated.finditer(path.read_text())]
    assert [body.splitlines()[1] for body in found if "cached_property" not in body] == []


def test_code_in_docstrings_and_comments_stands_between_double_backticks() -> None:
    single = re.compile(r"^(?:\s*#|[^\"']*\"{3}).*(?<![`:\w])`[^`\n]+`(?!`)", re.MULTILINE)
    assert hits(single, under("src/siegelpost", ".py")) == []


def test_only_commands_print() -> None:
    places = [path for path in under("src/", ".py") if "src/siegelpost/cli/" not in path.as_posix()]
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in places
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def normal(requirement: str) -> str:
    """The name in a requirement, as package indexes compare names."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def pinned(lock: str) -> Iterator[tuple[str, str]]:
    """Each entry of a lock file: ``name==version ; marker`` and its hashes."""
    for entry in re.split(r"\n(?=\S)", (ROOT / "requirements" / lock).read_text().strip()):
        requirement, _, hashes = entry.partition(" \\\n")
        yield requirement, hashes


@pytest.mark.parametrize("lock", ["dev.lock", "run.lock"])
def test_every_requirement_is_pinned_by_hash(lock: str) -> None:
    for requirement, hashes in pinned(lock):
        assert re.match(r"[a-z0-9.-]+==[^=\s]+( ; .+)?$", requirement), requirement
        assert re.match(r"\s+--hash=sha256:[0-9a-f]{64}", hashes), requirement


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "run.lock": [*project["dependencies"], *extras["build"]],
        "dev.lock": [*project["dependencies"], *(each for extra in extras.values() for each in extra)],
    }
    for lock, requirements in wanted.items():
        there = {normal(requirement) for requirement, _ in pinned(lock)}
        assert {normal(requirement) for requirement in requirements} - there == set(), f"{lock}; run: make lock"


def test_what_runs_is_what_was_tested() -> None:
    assert set(pinned("run.lock")) - set(pinned("dev.lock")) == set()


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\S+) +\S.+\.$", listed, re.MULTILINE)) == set(phony[1].split())
