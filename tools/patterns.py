"""Regular expressions whose cost grows faster than the text they are tried on.

For every repetition in a pattern a text is made that feeds it: what stands before, the repeated part many times over,
and an end that fits nothing. If four times the text takes much more than four times the time, the pattern can be used
to hold the server up. ``python -m tools.patterns`` names them; ``tests/hostile/test_patterns.py`` holds which of them
are judged.
"""

import ast
import importlib
import pkgutil
import re
import re._constants as sre  # type: ignore[import-not-found]  # not in the stubs
import re._parser as parser  # type: ignore[import-not-found]  # not in the stubs
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import islice
from pathlib import Path
from typing import Any

PACKAGE = "siegelpost"
# Characters. So far apart that what grows with the square (16 times) and what does not (4 times) differ by more than a
# busy machine's pace does.
SHORT, LONG = 2_000, 8_000
# Below this many seconds nobody waits, whatever it grows like; beyond so many nothing is waited for.
NOTHING, FOR_EVER = 0.004, 0.4
GROWTH = 7.84
_MOST_TEXTS = 60
_MOST_TRIES = 6
_UNBOUNDED = 100
_ENDS = ("", "\x00", "\n\x00", "!")
_SAMPLES = "\na 0\t-_.,:;@<>()[]{}\"'/\\=+*#&?!%|~^$äßA9zZ\r"
_ANCHORED = frozenset({"match", "fullmatch"})


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern of the source, where it stands, and with which methods it is used there."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Growth:
    """A text that a pattern takes too long over: seconds for a short one, and for one four times as long."""

    text: str
    short: float
    long: float


class _TooLongError(Exception):
    """It was given up."""


def patterns() -> Iterator[Found]:
    """Every pattern that a module of the program keeps under a name, and every one that is written where it is used."""
    package = importlib.import_module(PACKAGE)
    for info in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
        if ".migrations." in info.name or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        source = Path(str(module.__file__)).read_text()
        used = _uses(ast.parse(source))
        place = info.name.removeprefix(f"{PACKAGE}.")
        for name, value in vars(module).items():
            if re.search(rf"(?m)^{re.escape(name)}\b", source):
                for pattern in _kept(value):
                    yield Found(f"{place}:{name}", pattern, frozenset(used.get(name, ())))
        for written, flags, method in _written(ast.parse(source)):
            yield Found(f"{place}:{written!r}", re.compile(written, flags), frozenset({method}))


def _kept(value: object) -> Iterator[re.Pattern[Any]]:
    """The patterns in what a module keeps under a name, tables included."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Mapping):
        yield from _kept(tuple(value.values()))
    elif isinstance(value, tuple | list | frozenset | set):
        for one in value:
            yield from _kept(one)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _kept(tuple(getattr(value, each.name) for each in fields(value)))


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """By which methods names are called in a module; also where a method is only handed on."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _written(tree: ast.AST) -> Iterator[tuple[Any, int, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        first, where, method = node.args[0], node.func.value, node.func.attr
        called = isinstance(where, ast.Name) and where.id == "re" and method not in {"compile", "escape"}
        if called and isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
            yield first.value, re.MULTILINE if "MULTILINE" in ast.dump(node) else 0, method


def worst(found: Found) -> Growth | None:
    """A text over which the pattern takes more than in proportion; None where none was found."""
    try_ = _trial(found)
    for before, body, end in islice(_feeds(found.pattern), _MOST_TEXTS):
        short, long = (_made(found.pattern, before, body, end, size) for size in (SHORT, LONG))
        if (slow := _seconds(try_, long)) < NOTHING:
            continue
        fast = _seconds(try_, short)
        # Slow for whatever reason, or quick: the best of several counts, tried in turn.
        for _ in range(_MOST_TRIES):
            if slow < NOTHING or slow <= GROWTH * fast or slow >= FOR_EVER:
                break
            fast, slow = min(fast, _seconds(try_, short)), min(slow, _seconds(try_, long))
        if (slow >= NOTHING and slow > GROWTH * fast) or slow >= FOR_EVER:
            return Growth(f"{before[:40]!r} {body[:40]!r} {end!r}", fast, slow)
    return None


def _trial(found: Found) -> Callable[[Any], object]:
    if found.methods and found.methods <= _ANCHORED:
        return found.pattern.fullmatch if "fullmatch" in found.methods else found.pattern.match
    return lambda text: sum(1 for _ in found.pattern.finditer(text))


def _made(pattern: re.Pattern[Any], before: str, body: str, end: str, size: int) -> Any:
    text = before + body * (size // max(1, len(body))) + end
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _seconds(try_: Callable[[Any], object], text: Any) -> float:
    signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, FOR_EVER)
    began = time.thread_time()
    try:
        try_(text)
    except _TooLongError:
        return FOR_EVER
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - began


def _give_up(_number: int, _frame: object) -> None:
    raise _TooLongError


def _feeds(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """For each repetition: what leads to it, what feeds it, and how the text may end."""
    written = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree = parser.parse(written, pattern.flags & ~re.DEBUG)
    for before, bodies in _repetitions(tree, ""):
        for body in bodies:
            for end in _ENDS:
                yield before, body, end
                yield "", body, end
                yield "", before + body, end


def _repetitions(items: Any, before: str) -> Iterator[tuple[str, list[str]]]:
    for kind, value in items:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _least, most, inner = value
            if most > _UNBOUNDED:
                yield before, list(dict.fromkeys(filter(None, (_sample(inner, turn) for turn in range(5)))))
        for inner in _inner(kind, value):
            yield from _repetitions(inner, before)
        before += _sample([(kind, value)], 0)


def _inner(kind: Any, value: Any) -> list[Any]:
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind is sre.BRANCH:
        return list(value[1])
    return [value] if kind is sre.ATOMIC_GROUP else []


def _sample(items: Any, turn: int) -> str:
    """A text that these parts of a pattern match; ``turn`` chooses among several."""
    text = ""
    for kind, value in items:
        if kind is sre.LITERAL:
            text += chr(value)
        elif kind in (sre.NOT_LITERAL, sre.IN, sre.ANY):
            fitting = [sign for sign in _SAMPLES if _fits(kind, value, sign)]
            text += fitting[turn % len(fitting)] if fitting else ""
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            text += _sample(value[2], turn) * max(1, min(value[0], 50))
        elif inner := _inner(kind, value):
            text += _sample(inner[turn % len(inner)], turn)
    return text


def _fits(kind: Any, value: Any, sign: str) -> bool:
    if kind is sre.ANY:
        return sign != "\n"
    if kind is sre.NOT_LITERAL:
        return ord(sign) != int(value)
    wanted = value[:1] != [(sre.NEGATE, None)]
    return bool(any(_is_one(what, one, sign) for what, one in value) == wanted)


def _is_one(what: Any, one: Any, sign: str) -> bool:
    if what is sre.RANGE:
        return bool(one[0] <= ord(sign) <= one[1])
    if what is sre.CATEGORY:
        return re.match(_CATEGORIES[one], sign) is not None
    return what is sre.LITERAL and ord(sign) == int(one)


_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


def main() -> int:
    """Name the patterns that grow, and how many there are in all."""
    every = list(patterns())
    grown = [(found, growth) for found in every if (growth := worst(found))]
    for found, growth in grown:
        times = f"{growth.short * 1000:.1f} ms, four times as much {growth.long * 1000:.1f} ms"
        print(f"{found.place}: {times}: {growth.text}")
    print(f"{len(grown)} of {len(every)} patterns grow faster than their text", file=sys.stderr)
    return bool(grown)


if __name__ == "__main__":
    import django

    django.setup()
    sys.exit(main())
