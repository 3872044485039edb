"""The reasons of a refusal are said in German, too: each of them, and to whoever reads German."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import siegelpost
from siegelpost.cli.verify import verify
from siegelpost.proof import binding
from siegelpost.proof.reasons import GERMAN, said, said_of_file

HOUSE = Path(siegelpost.__file__).parent
# Everything that runs when a proof is checked.
MODULES = (
    *(f"ledger/{name}.py" for name in ("note", "merkle", "verify", "leaf", "checkpoint")),
    *(f"proof/{name}.py" for name in ("verify", "container", "manifest", "token")),
    "cli/verify.py",
)
ERRORS = {"NoteError", "ProofError", "LeafError", "ContainerError", "ManifestError", "TokenError", "failed"}
# Refused when an event or a key is made here, which checking a proof never does.
ONLY_IN_MAKING = {"the time of an event needs a time zone", "not a private key for notes"}


def _reasons() -> Iterator[str]:
    """What the code says, with ``{}`` for what it fills in."""
    for module in MODULES:
        nodes = list(ast.walk(ast.parse((HOUSE / module).read_text())))
        for node in nodes:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("reason", "_HIDDEN"):
                yield from _texts(node.value)
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ERRORS:
                    yield from _texts(node.args[-1])


def _yielded() -> Iterator[str]:
    """What generators of findings say: the last member of what they give."""
    for module in ("proof/binding.py", "proof/times.py"):
        for given in ast.walk(ast.parse((HOUSE / module).read_text())):
            if isinstance(given, ast.Yield) and isinstance(given.value, ast.Tuple):
                yield from _texts(given.value.elts[-1])


def _texts(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.Constant):
        yield str(said.value)
    elif isinstance(said, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in said.values)  # type: ignore[misc]  # constants of an f-string are texts


def test_there_is_german_for_every_reason_and_for_nothing_else() -> None:
    reasons = {*_reasons(), *binding.REASONS, binding.UNNAMED, *_yielded()} - ONLY_IN_MAKING
    assert len(reasons) > 60
    assert reasons == GERMAN.keys(), sorted(reasons ^ GERMAN.keys())


def test_what_is_filled_in_stays_and_reasons_within_reasons_are_german_too() -> None:
    assert said("there is no leaf 7 in a tree of 5", "de") == "ein Ereignis 7 gibt es unter 5 Einträgen nicht"
    assert said("the value of 'name' is not the one recorded", "de") == "die Angabe 'name' ist nicht die aufgezeichnete"
    assert said("not genuine under the proof's key: too many signatures", "de").endswith(
        "nicht echt: zu viele Unterschriften"
    )
    for english, german in GERMAN.items():
        assert english.count("{}") == german.count("{}"), english
        assert said(english, "en") == english


def test_a_name_that_strangers_chose_is_no_reason_and_ends_nobody() -> None:
    """A file called a thousand times “your checkpoint of …” ended the report with a RecursionError."""
    nested = "your checkpoint of " * 1200 + "x" + " entries" * 1200
    assert said_of_file(nested, "de") == nested
    assert said_of_file("your checkpoint of 26 entries", "de") == "Ihr Siegel über 26 Einträge"
    assert "not genuine" in said("not genuine under the proof's key: " * 1200, "de")


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        ([], {}, "Aufbau der Datei (ist nicht lesbar ("),
        ([], {"SIEGELPOST_LANGUAGE": "en"}, "Form of the container (cannot be read ("),
        (["--lang", "de"], {"SIEGELPOST_LANGUAGE": "en"}, "ist nicht lesbar"),
        (["--lang", "en"], {}, "cannot be read"),
    ],
)
def test_the_command_says_them_in_the_readers_language(
    arguments: list[str], environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")
    result = CliRunner(env={"SIEGELPOST_LANGUAGE": None, **environment}).invoke(verify, [str(broken), *arguments])
    assert result.exit_code == 1
    assert words in result.output


def test_programs_get_the_same_words_whatever_the_language(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")
    german, english = (
        json.loads(CliRunner().invoke(verify, [str(broken), "--json", "--lang", language]).output)
        for language in ("de", "en")
    )
    assert german == english
    [check] = german["checks"]
    assert check["check"] == "container"
    assert check["reason"].startswith("cannot be read")
