"""Pages of the office are sent without the indentation of their source; templates of others stay as they are."""

import re

from django.template.loader import get_template

INDENTED = re.compile(r"^[ \t]", re.MULTILINE)


def source(name: str) -> str:
    """What Django makes the template of."""
    return str(get_template(name).template.source)  # type: ignore[attr-defined]  # of Django's own engine


def test_ours_have_no_indentation() -> None:
    page = source("office/today.html")
    assert "{% block content %}\n<" in page
    assert not INDENTED.search(page)


def test_those_of_others_keep_theirs() -> None:
    assert INDENTED.search(source("account/email.html"))
