"""Write the manual's contents: ``python -m tools.handbook_doc > docs/handbuch/README.md``."""

import sys
from pathlib import Path

from siegelpost.handbook.pages import page_of, source_of
from siegelpost.handbook.topics import READERS, TOPICS
from siegelpost.toolbox.words import LANGUAGES, Words

ROOT = Path(__file__).parent.parent
HEAD = """\
# Handbuch · Manual

Was das Büro, der Installationspartner und die Anwältin wissen wollen, Schritt für Schritt. Im Programm steht es unter
„Hilfe“, auf jeder Seite die passende. Ein Test geht jeden Schritt und nimmt die Bilder auf
(`tests/journeys/test_handbook.py`).

What the office, the installation partner and the lawyer want to know, step by step. In the program it stands under
“Help”, on each page the one that fits. A test goes each step and takes the pictures.

This page is written by `make docs` from `siegelpost/handbook/topics.py`; how to add to it: [recipes](../recipes.md).
"""
TITLES = Words("Deutsch", "English")


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    for language in LANGUAGES:
        lines.append(f"## {TITLES[language]}\n")
        for reader, words in READERS.items():
            lines.append(f"### {words[language]}\n")
            for topic in (topic for topic in TOPICS if topic.reader == reader):
                path = source_of(topic, language).relative_to(ROOT)
                lines.append(f"- [{page_of(topic, language).title}](../../{path.as_posix()})")
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
