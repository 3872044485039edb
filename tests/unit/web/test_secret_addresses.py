"""Secret addresses are known from the routes."""

import re

import pytest
from tests.support.office import an_office

from siegelpost.dispatch import links
from siegelpost.web.secret_addresses import in_texts, routes

# Parts of addresses that anybody may read; a new one that is none of these has to say what it is.
OPEN = {"kind", "what", "step", "matter", "id", "sha256", "language", "name", "login", "slug"}
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def test_a_part_of_an_address_is_a_number_a_known_name_or_a_secret() -> None:
    parts = {(kind or "str", name) for route in routes() for kind, name in _PART.findall(route)}
    assert ("secret", "token") in parts
    assert {(kind, name) for kind, name in parts if kind not in {"uuid", "int", "secret"} and name not in OPEN} == set()
    assert {name for kind, name in parts if kind == "secret"} == {"token"}
    assert {kind for kind, name in parts if name in {"token", "key", "code", "secret"}} == {"secret"}


@pytest.mark.django_db
def test_every_link_that_is_made_is_found(settings: object) -> None:
    """What leaves the house as a secret link is one of these addresses, whoever makes it."""
    an_office()
    assert in_texts().search(f"https://a.test{links.PREFIX}x/")
    assert not in_texts().search("https://a.test/contacts/")
