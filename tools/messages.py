"""``make messages``: collect the German texts of code and templates into the catalogue of the English ones.

German is the language the texts are written in, so a catalogue exists for English only.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "siegelpost"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
METHODS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/jinja2/**", "jinja2"),
    ("**/templates/**", f"{__spec__.name if __spec__ else __name__}:extract_django"),
]
OPTIONS = {"**/jinja2/**": {"trimmed": "true", "silent": "false"}}
HEADER = "# The English texts of Siegelpost; the German ones stand in the code."
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extract_django(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Babel's view of a Django template: Django rewrites its tags into calls, which are read as Python.

    Lines lose their indentation, which means nothing there and would mean something to Python.
    """
    rewritten = templatize(file.read().decode())
    flat = "\n".join(line.strip() for line in rewritten.split("\n"))
    yield from extract_python(BytesIO(flat.encode()), keywords, comment_tags, options)


def extract() -> Catalog:
    """All texts of the code as it is now, untranslated."""
    if not settings.configured:
        settings.configure()
    found = Catalog(charset="utf-8")
    for _file, _line, message, comments, context in extract_from_dir(
        SOURCE, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(message, context=context, auto_comments=comments)
    return found


def load() -> Catalog:
    """The catalogue as it stands; an empty one when there is none yet."""
    if not CATALOGUE.exists():
        return Catalog("en", header_comment=HEADER, project="Siegelpost", charset="utf-8", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def untranslated(catalogue: Catalog) -> list[Message]:
    """The texts that have no English yet, or not all of its plural forms."""

    def forms(text: Message) -> tuple[str, ...]:
        return (text.string,) if isinstance(text.string, str) else tuple(text.string or [""])

    return [text for text in catalogue if text.id and not all(forms(text))]


def main() -> None:
    """Bring the catalogue up to date: new texts come in untranslated, gone ones go, nothing is guessed."""
    catalogue = load()
    catalogue.update(extract(), no_fuzzy_matching=True)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, ignore_obsolete=True, omit_header=False)
    missing = len(untranslated(catalogue))
    print(f"{len(catalogue)} texts, {missing} of them not yet in English: {CATALOGUE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
