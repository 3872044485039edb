"""Settings that are wrong, in sentences: which one, and where it stands. Their values are never repeated."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from siegelpost.keys import UnsafeError
from siegelpost.toolbox.words import Words

PREFIX = "SIEGELPOST_"
# As in "pasword" and "ulr". Names that only begin alike are somebody else's: a cluster gives each machine a few.
_ALIKE = 0.88


class MisconfiguredError(UnsafeError):
    """The settings cannot be used; nothing was begun."""

    def __init__(self, mistakes: Iterable[Words]) -> None:
        super().__init__(*(" ".join(each) for each in zip(*map(astuple, mistakes), strict=True)))


def refuse_misspelt(environment: Collection[str], known: Collection[str]) -> None:
    """See that no variable is left unread because of a slip of the pen.

    Args:
        environment: names of variables.
        known: names of settings.

    Raises:
        MisconfiguredError: a variable is nearly called like a setting.
    """
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and _setting(name) not in known)
    if wrong := [
        _unknown(name, near, name, name) for name in unknown if (near := _near(_setting(name), known, PREFIX))
    ]:
        raise MisconfiguredError(wrong)


def explained(
    error: ValidationError, file: Path, environment: Collection[str], known: Collection[str]
) -> MisconfiguredError:
    """What is wrong with which setting, and whether the environment or the file says so."""
    return MisconfiguredError(_mistakes(error, file, environment, known))


def unreadable(error: tomllib.TOMLDecodeError | OSError | UnicodeDecodeError, file: Path) -> MisconfiguredError:
    """The file as a whole."""
    return MisconfiguredError(
        [Words(f"{file} lässt sich nicht lesen ({_plain(error)}).", f"{file} cannot be read ({_plain(error)}).")]
    )


def _plain(error: Exception) -> str:
    return error.reason if isinstance(error, UnicodeDecodeError) else str(error)


def no_json(name: str) -> MisconfiguredError:
    """A list or a table in the environment that cannot be read as one."""
    variable = f"{PREFIX}{name.upper()}"
    return MisconfiguredError(
        [
            Words(
                f'{variable}: Listen und Tabellen stehen hier als JSON, zum Beispiel ["a", "b"].',
                f'{variable}: lists and tables are written as JSON here, such as ["a", "b"].',
            )
        ]
    )


def _mistakes(
    error: ValidationError, file: Path, environment: Collection[str], known: Collection[str]
) -> Iterator[Words]:
    for each in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(each["loc"][0])
        variable = next((one for one in environment if one.upper() == f"{PREFIX}{name.upper()}"), "")
        de, en = (variable, variable) if variable else _in_file(file, name)
        if each["type"] == "extra_forbidden":
            yield _unknown(name, _near(name, known), de, en)
        else:
            yield Words(
                f"{de}: Der Wert von „{name}“ ist nicht erlaubt ({each['msg']}).",
                f"{en}: the value of “{name}” is not allowed ({each['msg']}).",
            )


def _unknown(name: str, near: str, where_de: str, where_en: str) -> Words:
    de, en = (f" Gemeint ist vielleicht „{near}“.", f" Perhaps “{near}” is meant.") if near else ("", "")
    return Words(
        f"{where_de}: Eine Einstellung „{name}“ gibt es nicht.{de} Alle stehen in docs/settings.md.",
        f"{where_en}: there is no setting “{name}”.{en} All of them are in docs/settings.md.",
    )


def _setting(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _near(name: str, known: Collection[str], prefix: str = "") -> str:
    found = get_close_matches(name, known, 1, _ALIKE)
    return f"{prefix}{found[0].upper() if prefix else found[0]}" if found else ""


def _in_file(file: Path, name: str) -> tuple[str, str]:
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    stands = re.compile(rf"""\s*(\[\s*)?["']?{re.escape(name)}["']?\s*[\].=]""")
    at = next((number for number, line in enumerate(lines, 1) if stands.match(line)), None)
    return (f"{file}, Zeile {at}", f"{file}, line {at}") if at else (str(file), str(file))
