"""The words people read, where docs/glossary.md decides between two."""

import re

from babel.messages.extract import extract_from_dir
from tools import messages

TEXTS_TO_OTHERS = [messages.SOURCE / "dispatch" / "jinja2", messages.SOURCE / "web" / "jinja2"]
# A message by itself; "Mailserver" and "Einschreiben-E-Mail" are other words.
MAIL = re.compile(r"(?<![-\w])Mails?\b(?!-)")
ENGLISH_MAIL = re.compile(r"(?<![-\w])[Mm]ails?\b(?! (?:server|program|app)|-)")
NOT_E_MAIL = re.compile(r"\b[Pp]er Mail\b|\bMailadresse|^Mail:?$")
# What belongs to it stands before it: "die E-Mail", "eine neue E-Mail", but not "per E-Mail".
ONE_E_MAIL = re.compile(r"\b(?:[Dd](?:ie|er)|[Dd]ieser?|[Ee]iner?|[Kk]einer?|[Jj]eder?|neue) E-Mail\b(?!-)")


def said(text: str | tuple[str, ...] | list[str]) -> str:
    """A text with its plural forms, in one line."""
    return " ".join(" ".join([text] if isinstance(text, str) else text).split())


def test_whoever_hears_from_the_office_reads_e_mail_only() -> None:
    english = messages.load()
    found = [
        text
        for folder in TEXTS_TO_OTHERS
        for _file, _line, text, _comments, _context in extract_from_dir(
            folder, [("**", "jinja2")], {"**": messages.OPTIONS["**/jinja2/**"]}, keywords=messages.KEYWORDS
        )
    ]
    assert len(found) > 200
    assert [text for text in map(said, found) if MAIL.search(text)] == []
    translated = [said(entry.string) for text in found if (entry := english.get(text)) and entry.string]
    assert len(translated) > 200
    assert [text for text in translated if ENGLISH_MAIL.search(text)] == []


def test_the_way_and_the_address_are_e_mail_everywhere() -> None:
    assert [text for entry in messages.load() if entry.id and NOT_E_MAIL.search(text := said(entry.id))] == []


def test_one_message_is_a_mail_on_the_pages_of_the_office() -> None:
    pages = [
        path
        for path in (messages.SOURCE / "web" / "templates").rglob("*.html")
        # Recipients see these, too.
        if path.parent.name != "errors"
    ]
    assert len(pages) > 100
    assert [path.name for path in pages if ONE_E_MAIL.search(" ".join(path.read_text().split()))] == []
