"""Texts that say where something is found name pages that are there, by the names that these have."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

import siegelpost

HOUSE = Path(siegelpost.__file__).parent
TITLE = re.compile(r'{% block (?:title|heading) %}\s*{% translate "([^"]+)" %}')
with (HOUSE / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
    CATALOGUE = [one for one in read_po(file) if isinstance(one.id, str) and one.id]
TITLES = {title for page in (HOUSE / "web/templates").rglob("*.html") for title in TITLE.findall(page.read_text())}
TITLES_IN_ENGLISH = {str(one.string) for one in CATALOGUE if one.id in TITLES}


def leads_nowhere(text: str, titles: set[str]) -> list[str]:
    """Steps of the way that begin with no page's title."""
    return [step for step in text.split(" → ")[1:] if not any(step.startswith(title) for title in titles)]


@pytest.mark.parametrize(
    "one", [one for one in CATALOGUE if "→" in f"{one.id}{one.string}"], ids=lambda one: one.id[:40]
)
def test_a_way_through_the_settings_leads_to_a_page_of_that_name(one: Message) -> None:
    """English texts sent people to “People and rights” and “My access”, which no page is called."""
    assert leads_nowhere(str(one.id), TITLES) == []
    assert leads_nowhere(str(one.string), TITLES_IN_ENGLISH) == []
