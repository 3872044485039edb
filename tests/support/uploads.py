"""The files that imports keep beside the database. All tests of a process share their folder."""

from pathlib import Path

from siegelpost.settings import load


def files() -> list[Path]:
    """What lies there."""
    folder = load().data / "imports"
    return list(folder.iterdir()) if folder.exists() else []


def clear() -> None:
    """Leave nothing there: files do not go with a test's transaction."""
    for file in files():
        file.unlink()
