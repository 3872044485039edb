"""What a set of parameters is called: what stands in it, in a line, where pytest would only count (``expected7``)."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

_LONGEST = 70
_CONTROLS = bytes({*range(0x20)} - {*b"\t\r\n"})
# Keys and digests are others in each process; its workers must agree on names.
_ANOTHER_EACH_TIME = re.compile("-----BEGIN.*|[0-9a-fA-F:]{40,}|[0-9A-Za-z+/=_-]{43,}", re.DOTALL)


def pytest_make_parametrize_id(val: object) -> str | None:
    """None leaves it to pytest: for what it names itself, and for what nobody could read."""
    if val is None or isinstance(val, bool | int | float | Enum | type) or callable(val):
        return None
    said = _said(val)
    if said is None:
        return None
    said = " ".join(_ANOTHER_EACH_TIME.sub("…", said).split())
    plain = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in said)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _said(value: Any) -> str | None:
    match value:
        case Enum():
            return str(value.value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case str() | int() | float() | None | date() | timedelta() | Decimal():
            return str(value)
        case bytes():
            return value.decode() if value.isascii() and value.translate(None, _CONTROLS) == value else None
        case type():
            return value.__name__
        case Mapping():
            return _all(f"{key}={_said(each)}" if _said(each) is not None else None for key, each in value.items())
        case list() | tuple():
            return _all(map(_said, value))
        case Set():
            return _all(sorted(map(_said, value), key=str))
        case _ if is_dataclass(value):
            return _all(_field(each.name, getattr(value, each.name)) for each in fields(value) if each.repr)
    return None


def _field(name: str, value: object) -> str | None:
    if value is None or value is False:
        return ""
    return name if value is True else _said(value)


def _all(said: Iterable[str | None]) -> str | None:
    parts = list(said)
    return None if None in parts else ", ".join(part for part in parts if part) or "nothing"
