"""Which migrations have landed, by SHA-256: ``python -m tools.migration_hashes`` compares, ``--add`` adds new ones.

Databases have run a migration that has landed; editing it changes no database any more, only what a new one becomes.
The list is of the form that ``sha256sum --check`` reads.
"""

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tests/migrations.sha256"


def present(root: Path = ROOT) -> dict[str, str]:
    """The SHA-256 of every migration of the source tree, by its path below ``root``."""
    found = (root / "src").glob("siegelpost/**/migrations/[0-9]*.py")
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(found)}


def kept(file: Path = LIST) -> dict[str, str]:
    """Those that have landed."""
    lines = file.read_text().splitlines() if file.exists() else []
    return {path: sha256 for sha256, path in (line.split("  ", 1) for line in lines)}


def faults(there: dict[str, str], landed: dict[str, str]) -> list[str]:
    """A sentence for each that was edited, deleted, or not yet added, with what to do."""
    unmade = "Databases have run it: bring it back (git checkout), and change by a new migration what is to change."
    own = "If it never left your branch: git checkout main -- tests/migrations.sha256, then make migrations."
    sentences = []
    for path, sha256 in sorted(landed.items()):
        if path not in there:
            sentences.append(f"{path} has landed and is gone. {unmade} {own}")
        elif there[path] != sha256:
            sentences.append(f"{path} has landed and was edited. {unmade} {own}")
    new = sorted(there.keys() - landed.keys())
    return sentences + [f"{path} is new: add it with make migrations, in the same commit." for path in new]


def add(there: dict[str, str], landed: dict[str, str]) -> dict[str, str]:
    """The list with the new ones; what stands in it stays as it is."""
    return {**there, **landed}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--add", action="store_true", help="add the new ones to the list")
    if parser.parse_args(arguments).add:
        listed = add(present(), kept())
        LIST.write_text("".join(f"{sha256}  {path}\n" for path, sha256 in sorted(listed.items())))
    found = faults(present(), kept())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
