"""Settings that are wrong, in sentences: which one, where it stands, what it takes. Values are never repeated."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import astuple
from difflib import get_close_matches
from types import MappingProxyType

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from siegelpost.keys import UnsafeError
from siegelpost.toolbox.words import Words

PREFIX = "SIEGELPOST_"
# Variables that are no settings: where the file is, and what opens the certificates' keys.
BESIDE = ("config", "key_passphrase")
# Names that a setting had before.
RENAMED: Mapping[str, str] = MappingProxyType(
    {"fetch_from": "private_networks", "push_allow_private": "private_networks"}
)
# As in "pasword" and "ulr".
_ALIKE = 0.88
# What a cluster gives every machine for a service of this name, and what the tests are told by.
_FOREIGN = re.compile(r"(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP))(_\w+)?|(TEST|ALLOW)_\w+")

# What a value has to be, by the type of the mistake; places are filled from what is known of the mistake.
_WHOLE = Words("eine ganze Zahl ohne Anführungszeichen", "a whole number without quotation marks")
_TRUTH = Words("true oder false", "true or false")
_TEXT = Words("einen Text in Anführungszeichen", "a text in quotation marks")
_LIST = Words("eine Liste in eckigen Klammern", "a list in square brackets")
_FORM = Words("einen Wert von dieser Form", "a value of this form")
_TAKES: Mapping[str, Words] = MappingProxyType(
    {
        **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
        **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
        **dict.fromkeys(("string_type", "path_type"), _TEXT),
        "list_type": _LIST,
        "dict_type": Words("eine Tabelle aus Namen und Werten", "a table of names and values"),
        "greater_than_equal": Words("mindestens {ge}", "at least {ge}"),
        "less_than_equal": Words("höchstens {le}", "at most {le}"),
        "literal_error": Words("eines von {choices}", "one of {choices}"),
        "empty": Words(
            "einen Wert oder gar keine Zeile; leer sagt es nichts", "a value or no line at all; empty, it says nothing"
        ),
        "time_zone": Words("den Namen einer Zeitzone", "the name of a time zone"),
        "ip_address": Words("Adressen aus Zahlen", "addresses made of numbers"),
        "database_url": Words(
            "eine Adresse von PostgreSQL; Sonderzeichen im Passwort als %XX, ein Schrägstrich als %2F",
            "an address of PostgreSQL; special characters of the password as %XX, a slash as %2F",
        ),
        "port": Words("einen Port zwischen 1 und 65535", "a port between 1 and 65535"),
        "same_port": Words("einen anderen Port als „{other}“", "another port than “{other}”"),
    }
)


class MisconfiguredError(UnsafeError):
    """The settings cannot be used; nothing was begun."""

    def __init__(self, mistakes: Iterable[Words]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(*(" ".join(each) for each in zip(*map(astuple, self.mistakes), strict=True)))


Place = Callable[[str], Words]


def variables(environment: Iterable[str], known: Collection[str]) -> tuple[list[Words], list[Words]]:
    """What is wrong with the variables that begin with our prefix, and what of them is only left unread.

    Wrong is what is nearly called like a setting, or as one was called before.

    Args:
        environment: names of variables.
        known: names of settings.
    """
    wrong: list[Words] = []
    unread: list[Words] = []
    for name in sorted(name for name in environment if name.upper().startswith(PREFIX)):
        setting = name[len(PREFIX) :].lower()
        if setting in known or setting in BESIDE:
            continue
        near = _near(setting, [*known, *BESIDE])
        sentence = _unknown(name, Words(name, name), f"{PREFIX}{near.upper()}" if near else "")
        if near or setting in RENAMED:
            wrong.append(sentence)
        elif not _FOREIGN.fullmatch(setting.upper()):
            unread.append(sentence)
    return wrong, unread


def unknown_keys(content: Mapping[str, object], known: Collection[str], place: Place) -> list[Words]:
    """What of a settings file is no setting; all of it is written without sections."""
    return [
        _section(name, place(name)) if isinstance(value, dict) else _unknown(name, place(name), _near(name, known))
        for name, value in content.items()
        if name not in known
    ]


def explained(error: ValidationError, fields: Mapping[str, FieldInfo], place: Place) -> list[Words]:
    """What is wrong with which setting, and where it was said; each setting once."""
    found: dict[str, Words] = {}
    for each in error.errors(include_input=False, include_url=False):
        context = each.get("ctx", {})
        name = str(each["loc"][0] if each["loc"] else context.get("name", ""))
        found.setdefault(name, _not_allowed(name, each["type"], context, fields.get(name), place(name)))
    return list(found.values())


def no_json(name: str) -> Words:
    """A list or a table in the environment that cannot be read as one."""
    variable = f"{PREFIX}{name.upper()}"
    return Words(
        f'{variable}: Listen und Tabellen stehen hier als JSON, zum Beispiel ["a", "b"].',
        f'{variable}: lists and tables are written as JSON here, such as ["a", "b"].',
    )


def _not_allowed(name: str, kind: str, context: Mapping[str, object], field: FieldInfo | None, place: Words) -> Words:
    choices = ", ".join(getattr(field.annotation, "__args__", ())) if kind == "literal_error" and field else ""
    known = {**context, "choices": choices}
    takes = _TAKES.get(kind, _FORM)
    examples = (field.examples or []) if field and kind != "empty" else []
    de, en = (f", zum Beispiel {examples[0]}", f", for example {examples[0]}") if examples else ("", "")
    return Words(
        f"{place.de}: „{name}“ erwartet {takes.de.format_map(known)}{de}.",
        f"{place.en}: “{name}” takes {takes.en.format_map(known)}{en}.",
    )


def _unknown(name: str, place: Words, near: str) -> Words:
    old = name.removeprefix(PREFIX).lower()
    if old in RENAMED:
        now = RENAMED[old]
        return Words(
            f"{place.de}: „{old}“ heißt jetzt „{now}“ und nennt Netze (docs/settings.md).",
            f"{place.en}: “{old}” is called “{now}” now and names networks (docs/settings.md).",
        )
    de, en = (f" Gemeint ist vielleicht „{near}“.", f" Perhaps “{near}” is meant.") if near else ("", "")
    return Words(
        f"{place.de}: Eine Einstellung „{name}“ gibt es nicht.{de} Alle stehen in docs/settings.md.",
        f"{place.en}: there is no setting “{name}”.{en} All of them are in docs/settings.md.",
    )


def _section(name: str, place: Words) -> Words:
    return Words(
        f"{place.de}: Den Abschnitt „{name}“ gibt es nicht. Die Einstellungen stehen ohne Abschnitte untereinander, "
        "mit ganzem Namen wie „smtp_host“ (docs/settings.md).",
        f"{place.en}: there is no section “{name}”. Settings stand one below the other without sections, by their "
        "whole names such as “smtp_host” (docs/settings.md).",
    )


def _near(name: str, known: Iterable[str]) -> str:
    plain = name.removeprefix(PREFIX).replace("-", "_").lower()
    return next(iter(get_close_matches(plain, list(known), 1, _ALIKE)), "")
