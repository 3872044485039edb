"""The documentation says what the program does: no setting, command, promise or link that is not there."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import click
import pytest
from tests.support.environment import FOR_TESTS
from tools import commands_doc, periodic_doc, promises_doc, settings_doc

from siegelpost.dispatch.gate import rules_page
from siegelpost.office.kinds import Language
from siegelpost.settings import Settings

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.de.md")


@cache
def documents() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name)


def blocks(text: str, *languages: str) -> list[str]:
    """The lines of all fenced blocks in one of these languages, without comments."""
    fenced = re.findall(rf"^```({'|'.join(languages)})\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.split("#")[0].strip() for _, block in fenced for line in block.splitlines()]
    return [line for line in lines if line]


def headings(text: str) -> list[tuple[int, str]]:
    """Level and text of each heading outside of fenced blocks."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", plain, re.MULTILINE)]


def anchor(title: str) -> str:
    """How a heading is linked to, as the usual renderers of Markdown have it."""
    kept = re.sub(r"[^\w\- ]", "", title.lower())
    return kept.replace(" ", "-")


def test_every_setting_is_documented() -> None:
    assert (ROOT / "docs/settings.md").read_text() == settings_doc.page(), "run: make docs"


def test_every_command_is_documented() -> None:
    assert (ROOT / "docs/commands.md").read_text() == commands_doc.page(), "run: make docs"


def test_every_periodic_job_is_documented() -> None:
    assert (ROOT / "docs/periodic.md").read_text() == periodic_doc.page(), "run: make docs"


@pytest.mark.parametrize(("name", "language"), [("gate-rules.de.md", "de"), ("gate-rules.md", "en")])
def test_the_rules_of_the_gate_are_documented(name: str, language: str) -> None:
    assert (ROOT / "docs" / name).read_text() == rules_page.page(Language(language)), "run: make docs"


def test_every_command_and_option_explains_itself() -> None:
    found = list(commands_doc.commands())
    options = [(name, each) for name, command in found for each in command.params if isinstance(each, click.Option)]
    silent = [name for name, command in found if not command.help]
    silent += [f"{name} {each.opts[0]}" for name, each in options if not each.help and not each.hidden]
    assert silent == []


def named_commands() -> list[tuple[str, str]]:
    """Every call of ``siegelpost`` in a document or a unit of systemd, and where it stands."""
    units = [path for path in (ROOT / "deploy").iterdir() if path.suffix == ".service"]
    return [
        (path.name, call)
        for path in (*documents(), *units)
        if path.name != "commands.md"  # written from the commands
        for call in re.findall(r"(?:^|`|/bin/)siegelpost (\w[^`\n#]*)", path.read_text(), re.MULTILINE)
    ]


def test_commands_and_options_named_in_documents_exist() -> None:
    known = {name.removeprefix("siegelpost "): command for name, command in commands_doc.commands()}
    wrong = []
    for where, call in named_commands():
        words = call.split()
        command = known.get(" ".join(words[:2])) or known.get(words[0])
        options = {option for each in command.params for option in each.opts} if command else set()
        used = {word.partition("=")[0].rstrip(".,;)") for word in words if re.match(r"--?[a-z]", word)}
        if command is None or not used <= options | {"--help"}:
            wrong.append((where, call))
    assert wrong == []


def test_both_guides_to_operations_have_the_same_shape() -> None:
    texts = [(ROOT / "docs" / name).read_text() for name in ("operations.md", "operations.de.md")]
    assert len({tuple(level for level, _ in headings(text)) for text in texts}) == 1
    assert len({tuple(re.findall(r"^```.*$", text, re.MULTILINE)) for text in texts}) == 1


def test_variables_named_in_documents_exist() -> None:
    known = {f"SIEGELPOST_{name.upper()}" for name in Settings.model_fields} | {"SIEGELPOST_CONFIG"}
    named = {name for path in documents() for name in re.findall(r"\bSIEGELPOST_[A-Z_]*[A-Z]\b", path.read_text())}
    assert {name for name in named if not name.startswith(FOR_TESTS)} - known == set()


@pytest.mark.parametrize("readme", READMES)
def test_the_readmes_commands_are_what_ci_runs(readme: str) -> None:
    shown = blocks((ROOT / readme).read_text(), "sh", "shell", "console", "bash")
    assert shown == ["make demo", "make test"]
    steps = (ROOT / ".ci/run").read_text()
    for command in shown:
        assert re.search(rf"^(\w+ .*)?{command}( <|$| \|\|)", steps, re.MULTILINE), f"CI does not run {command}"


def test_targets_of_make_named_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for path in documents() for target in re.findall(r"`make ([a-z]+)[^`]*`", path.read_text())}
    assert named - targets == set()


def test_both_readmes_have_the_same_shape() -> None:
    levels = [[level for level, _ in headings((ROOT / readme).read_text())] for readme in READMES]
    assert levels[0] == levels[1]


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S))
    broken = []
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        name, _, fragment = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        titles = [anchor(title) for _, title in headings(target.read_text())] if target.suffix == ".md" else []
        if not target.exists() or (fragment and fragment not in titles):
            broken.append(link)
    assert broken == []


@cache
def found_in(name: str) -> frozenset[str]:
    """The tests that pytest would find in a file; none where there is no such file."""
    found = re.fullmatch(r"tests/(\w+/)*test_\w+\.py", name) and (ROOT / name).is_file()
    body = ast.parse((ROOT / name).read_text()).body if found else []
    functions = (node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function for function in functions if function.startswith("test_"))


def is_test(named: str) -> bool:
    """Whether there is a test of this name (``path::name``), or any in this file (a path alone)."""
    path, _, name = named.partition("::")
    return name in found_in(path) if name else bool(found_in(path))


def exact_promises() -> list[tuple[str, list[str]]]:
    return [row for rows in promises_doc.promises().values() for row in rows.items()]


def test_promises_and_their_tests_are_documented() -> None:
    assert (ROOT / "docs/security-promises.md").read_text() == promises_doc.page(), "run: make docs"


def test_every_promise_names_a_test() -> None:
    assert len(exact_promises()) >= 100
    assert [promise for promise, tests in exact_promises() if not any("::" in test for test in tests)] == []


def test_every_test_that_a_promise_names_is_there() -> None:
    named = [test for _, tests in exact_promises() for test in tests]
    assert [test for test in named if not is_test(test)] == []


@pytest.mark.parametrize(
    "named",
    [
        "tests/test_gone.py",
        "tests/test_docs.py::test_gone",
        "tests/test_docs.py::is_test",
        "tests/support/soak_list.py",
        "tools/run_tests.py",
    ],
)
def test_what_is_no_test_holds_no_promise(named: str) -> None:
    assert not is_test(named)


def test_what_security_promises_are_the_headings_of_the_table() -> None:
    promised = (ROOT / "SECURITY.md").read_text().partition("\n## What is promised\n")[2].partition("\n## ")[0]
    before, *lists = re.split(r"^### .*\n", promised, flags=re.MULTILINE)
    assert not before.strip(), "a promise stands under whom it is made to"
    items = [item for each in lists for item in re.split(r"\n(?! {2}|$)", each.strip())]
    named = re.compile(r"- \*\*\[([^]]+)\]\(docs/security-promises\.md#([\w-]+)\)\.\*\* \w")
    assert [item for item in items if not named.match(item)] == [], "a promise begins with its name, and the name leads"
    names = [found.groups() for found in map(named.match, items) if found]
    assert names == [(name, anchor(name)) for name in promises_doc.promises()]


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
