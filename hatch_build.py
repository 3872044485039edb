"""Build step: compile the message catalogues, for wheels and editable installs alike.

As a program it compiles the ``.po`` files it is given.
"""

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a program, without the build tools
    BuildHookInterface = object  # type: ignore[assignment,misc]  # its methods are not called then


def compile_catalogue(source: Path) -> None:
    """Write the ``.mo`` beside a ``.po``; entries marked fuzzy are left out."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    with source.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]  # the interface is generic only for plugins
    """Called by hatchling before it collects the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in (Path(self.root) / "src").rglob("*.po"):
            compile_catalogue(source)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_catalogue(Path(name))
