"""The settings' TOML file: read whole, or refused in a sentence that names the line and never what stands in it."""

import re
import tomllib
from pathlib import Path
from typing import Any

from siegelpost.misconfigured import MisconfiguredError
from siegelpost.toolbox.words import Words

LARGEST = 1 << 20
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
# How tomllib begins what it says, and what that means for who wrote the line.
_MEANINGS: dict[str, Words] = {
    "Cannot overwrite a value": Words(
        "Die Einstellung steht weiter oben schon einmal; es darf sie nur einmal geben.",
        "The setting stands further up already; there may be one only.",
    ),
    "Cannot declare": Words("Der Abschnitt steht weiter oben schon einmal.", "The section stands further up already."),
    "Expected '=' after a key": Words(
        "Nach dem Namen gehört ein Gleichheitszeichen: name = Wert.",
        "An equals sign belongs after the name: name = value.",
    ),
    "Invalid value": Words(
        'Text gehört in gerade Anführungszeichen (name = "Text"), Zahlen und true oder false nicht.',
        'Text belongs into straight quotation marks (name = "text"), numbers and true or false do not.',
    ),
    "Unescaped '\\'": Words(
        "Ein umgekehrter Schrägstrich wird verdoppelt (\\\\), oder der Text steht in einfachen Anführungszeichen.",
        "A backslash is doubled (\\\\), or the text stands in single quotation marks.",
    ),
    "Illegal character": Words(
        "Hier fehlt das schließende Anführungszeichen, oder es steht ein Steuerzeichen.",
        "The closing quotation mark is missing here, or there is a control character.",
    ),
    "Unterminated string": Words("Das schließende Anführungszeichen fehlt.", "The closing quotation mark is missing."),
    "Unclosed array": Words("Die eckige Klammer wird nicht geschlossen.", "The square bracket is not closed."),
    "Expected newline or end of document": Words(
        "Hinter dem Wert steht noch etwas; Bemerkungen beginnen mit #.",
        "Something stands behind the value; remarks begin with #.",
    ),
}
_OTHERWISE = Words("So ist es kein TOML: erwartet wird name = Wert.", "This is no TOML: name = value is expected.")
_QUOTES = Words(
    'Anführungszeichen müssen gerade sein ("), nicht „so“ oder “so”.',
    'Quotation marks have to be straight ("), not „so“ or “so”.',
)


def read(file: Path, *, named: bool) -> dict[str, Any]:
    """What stands in the file.

    Args:
        named: somebody said that it is there, so that its absence is a mistake.

    Raises:
        MisconfiguredError: it cannot be read, is no text, or no TOML.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        if named:
            raise _whole(file, "Die Datei gibt es nicht.", "There is no such file.") from None
        return {}
    except IsADirectoryError:
        raise _whole(file, "Das ist ein Ordner und keine Datei.", "This is a folder and no file.") from None
    except PermissionError:
        raise _whole(
            file,
            "Dieses Konto darf die Datei nicht lesen. Sie gehört dem Konto, unter dem der Server läuft.",
            "This account may not read the file. It belongs to the account that the server runs under.",
        ) from None
    except OSError as error:
        raise _whole(file, f"Nicht lesbar: {error.strerror}.", f"Not readable: {error.strerror}.") from None
    if len(raw) > LARGEST:
        raise _whole(file, "Die Datei ist größer als 1 MiB.", "The file is larger than 1 MiB.")
    return _parsed(file, _decoded(file, raw))


def line_of(file: Path, name: str) -> int | None:
    """On which line the setting stands, as far as that can be seen."""
    stands = re.compile(rf"""\s*(\[\s*)?["']?{re.escape(name)}["']?\s*[\].=]""")
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((number for number, line in enumerate(lines, 1) if stands.match(line)), None)


def _decoded(file: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = raw.count(b"\n", 0, error.start) + 1
        raise _whole(
            file,
            "Die Datei ist nicht in UTF-8 gespeichert. Bitte im Editor als UTF-8 speichern.",
            "The file is not saved as UTF-8. Please save it as UTF-8 in the editor.",
            where,
        ) from None


def _parsed(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _AT.search(said)
        lines = text.splitlines()
        number = int(found[1]) if found else len(lines)
        typographic = bool(set("".join(lines[number - 1 : number])) & set("„“”‚‘’«»"))
        meaning = next((words for start, words in _MEANINGS.items() if said.startswith(start)), _OTHERWISE)
        words = _QUOTES if typographic and not said.startswith("Cannot") else meaning
    except RecursionError:
        number, words = None, _OTHERWISE
    raise _whole(file, words.de, words.en, number)


def _whole(file: Path, de: str, en: str, line: int | None = None) -> MisconfiguredError:
    at_de, at_en = (f", Zeile {line}", f", line {line}") if line else ("", "")
    return MisconfiguredError([Words(f"{file}{at_de}: {de}", f"{file}{at_en}: {en}")])
