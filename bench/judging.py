"""Judging a folder of strangers' files: a line for each, and below it what is lost without a word."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path


@dataclass(slots=True)
class Judged:
    """What became of one file: values looked at, those that are lost, and what was said, or why it was refused."""

    name: str
    values: int = 0
    lost: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    refused: str = ""


def run(program: str, about: str, ends: Collection[str], judge: str) -> int:
    """Judge every file of the folders that the command names; the exit status, 1 where anything was lost.

    Args:
        about: what ``--help`` says.
        ends: how the names of such files end, in small letters.
        judge: the module whose ``judged`` looks at one; loaded when there is a database.
    """
    parser = argparse.ArgumentParser(prog=program, description=about)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--said", action="store_true", help="print what is said of each, too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="siegelpost-bench-") as data:
        os.environ |= {"SIEGELPOST_DATA": data, "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        judged: Callable[[Path], Judged] = import_module(judge).judged
        files = [path for each in chosen.folders for path in sorted(each.rglob("*")) if path.suffix.lower() in ends]
        found = [_told(judged(path), said=chosen.said) for path in files]
    return _summed(found)


def _summed(found: Sequence[Judged]) -> int:
    lost = sum(len(one.lost) for one in found)
    refused = sum(bool(one.refused) for one in found)
    values = sum(one.values for one in found)
    sys.stdout.write(f"{len(found)} files, {refused} refused with a reason, {values} values, {lost} lost\n")
    return int(lost > 0 or not found)


def _told(one: Judged, *, said: bool) -> Judged:
    state = f"refused: {one.refused}" if one.refused else f"{one.values} values, {len(one.lost)} lost"
    lines = [f"{one.name}: {state}", *(f"    LOST {line}" for line in one.lost)]
    lines += [f"    said {line}" for line in one.said] if said else []
    sys.stdout.write("\n".join(lines) + "\n")
    return one
