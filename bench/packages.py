"""``python -m bench.packages FOLDER …``: is anything of strangers' OpenImmo packages lost without a word?

Judges every package (XML, ZIP) in the folders and below: a line for each, what is lost below it, with ``--said`` all
that was said of it besides, for what is said also has to be right. The exit status is 1 where anything was lost. See
:mod:`bench.package_judge` for what is looked at.

None are kept here, for they are strangers': the example files and test fixtures of public programs that read or write
OpenImmo are what this was made with. Take their repositories, and cut out what lies between <openimmo> and its end.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.package_judge import Judged


ENDS = frozenset({".xml", ".zip"})


def main() -> int:
    """Judge them all; the exit status."""
    parser = argparse.ArgumentParser(prog="bench.packages", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--said", action="store_true", help="print what is said of each, too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="siegelpost-bench-") as data:
        os.environ |= {"SIEGELPOST_DATA": data, "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from bench.package_judge import judged

        files = [path for each in chosen.folders for path in sorted(each.rglob("*")) if path.suffix.lower() in ENDS]
        found = [_told(judged(path), said=chosen.said) for path in files]
    lost = sum(len(one.lost) for one in found)
    refused = sum(bool(one.refused) for one in found)
    values = sum(one.values for one in found)
    print(f"{len(found)} files, {refused} refused with a reason, {values} values, {lost} lost without a word")
    return int(lost > 0 or not found)


def _told(one: "Judged", *, said: bool) -> "Judged":
    state = f"refused: {one.refused}" if one.refused else f"{one.values} values, {len(one.lost)} lost"
    print(f"{one.name}: {state}")
    for line in one.lost:
        print(f"    LOST {line}")
    for line in one.said if said else ():
        print(f"    said {line}")
    return one


if __name__ == "__main__":
    sys.exit(main())
