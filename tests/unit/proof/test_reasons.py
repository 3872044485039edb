"""The reasons of a refusal are said in German, too: each of them, and to whoever reads German."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import siegelpost
from siegelpost.cli.verify import verify
from siegelpost.ledger import reasons as of_ledger
from siegelpost.ledger.note import NoteError
from siegelpost.proof import reasons
from siegelpost.proof.report import Check, Report
from siegelpost.proof.report_words import text

HOUSE = Path(siegelpost.__file__).parent
REASONS = {name: value for module in (of_ledger, reasons) for name, value in vars(module).items() if name.isupper()}


def _named() -> Iterator[str]:
    """The reasons that the code gives."""
    for file in (*HOUSE.glob("ledger/*.py"), *HOUSE.glob("proof/*.py"), HOUSE / "cli/verify.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "reasons":
                yield node.attr


def test_every_reason_is_said_in_both_languages_and_given_somewhere() -> None:
    assert len(REASONS) > 60
    assert set(_named()) == REASONS.keys()
    assert len({words.en for words in REASONS.values()}) == len(REASONS)
    for words in REASONS.values():
        assert words.de.strip()
        assert words.de != words.en
        assert words.de.count("{}") == words.en.count("{}"), words


def test_what_is_filled_in_stays_and_reasons_within_reasons_are_german_too() -> None:
    assert of_ledger.NO_LEAF.filled(7, 5).de == "ein Ereignis 7 gibt es unter 5 Einträgen nicht"
    assert of_ledger.OTHER_VALUE.filled("'name'").de == "die Angabe 'name' ist nicht die aufgezeichnete"
    within = reasons.YOURS_NOT_GENUINE.filled(NoteError(of_ledger.MANY_SIGNATURES).reason)
    assert within.de.endswith("nicht echt: zu viele Unterschriften")
    assert within.en == "not genuine under the proof's key: too many signatures"


def test_a_name_that_strangers_chose_is_no_reason_and_ends_nobody() -> None:
    """A file called a thousand times “your checkpoint of …” ended the report with a RecursionError."""
    nested = "your checkpoint of " * 1200 + "{x}" + " entries" * 1200
    report = Report()
    report.failed(Check.CONTAINER, nested, reasons.UNREADABLE.filled("{0} too large"))
    report.failed(Check.YOUR_CHECKPOINT, reasons.YOURS_OF.filled(26), reasons.YOURS_NEWER)
    told = text(report, "de")
    assert nested in told
    assert "(ist nicht lesbar ({0} too large))" in told
    assert "Ihr Siegel über 26 Einträge" in told


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
