"""``make messages``: collect the German texts of code and templates into the catalogue of the English ones.

German is the language the texts are written in, so a catalogue exists for English only.
"""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.extract import extract_python
from babel.messages.frontend import CommandLineInterface
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = Path("src/siegelpost/locale")
MAPPING = """
[python: siegelpost/**.py]
[jinja2: siegelpost/**/jinja2/**]
trimmed = true
[tools.messages:extract_django: siegelpost/**/templates/**]
"""
KEYWORDS = ("gettext_lazy", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3")


def extract_django(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Babel's view of a Django template: Django rewrites its tags into calls, which are read as Python.

    Lines lose their indentation, which means nothing there and would mean something to Python.
    """
    rewritten = templatize(file.read().decode())
    flat = "\n".join(line.strip() for line in rewritten.split("\n"))
    yield from extract_python(BytesIO(flat.encode()), keywords, comment_tags, options)


def main() -> None:
    """Extract, then bring the catalogue up to date without guessing translations."""
    settings.configure()
    catalogue = LOCALE / "en" / "LC_MESSAGES" / "django.po"
    with tempfile.TemporaryDirectory() as folder:
        mapping, template = Path(folder) / "mapping.cfg", Path(folder) / "django.pot"
        mapping.write_text(MAPPING)
        keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
        _babel("extract", "-F", mapping, *keywords, "-o", template, *PROJECT, "--no-location", "src")
        if catalogue.exists():
            update = ("update", "--no-fuzzy-matching", "--ignore-obsolete", "--omit-header")
            _babel(*update, "-D", "django", "-i", template, "-d", LOCALE, "-l", "en")
        else:
            _babel("init", "-D", "django", "-i", template, "-d", LOCALE, "-l", "en")


PROJECT = ("--project", "Siegelpost", "--sort-by-file")


def _babel(*arguments: object) -> None:
    CommandLineInterface().run(
        [  # type: ignore[no-untyped-call]
            "pybabel",
            "-q",
            *map(str, arguments),
        ]
    )


if __name__ == "__main__":
    main()
