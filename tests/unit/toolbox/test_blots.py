"""What a service answers is shown and mailed: its login must not stand in it, however it is written there."""

import html
import json
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from siegelpost.toolbox.blots import blotted

LOGIN = {"username": "roth", "password": 'roth-ä"&/+geheim', "url": "https://dyn.test/?p=<pass>"}


@pytest.mark.parametrize(
    "form",
    [
        *(str, quote, quote_plus, lambda said: quote(said, safe=""), lambda said: quote(said, safe="").lower(), repr),
        *(json.dumps, lambda said: json.dumps(said, ensure_ascii=False), html.escape, lambda said: said.upper()),
        *(lambda said: b64encode(said.encode()).decode(), lambda said: b64encode(f"roth:{said}".encode()).decode()),
        lambda said: b64encode(f"roth:{said}\n".encode()).decode(),
    ],
)
def test_a_login_is_blotted_in_whatever_form_a_service_repeats_it(form: Callable[[str], str]) -> None:
    """As it stands in its own request, in JSON, in a page; of one whose beginning is the name the rest was shown."""
    said = blotted(f"you sent {form(LOGIN['password'])}, which is wrong", LOGIN)
    assert said.startswith("you sent")
    assert "wrong" in said
    assert not any(
        part in said for part in ("geheim", "GEHEIM", "roth", "ROTH", "Z2VoZWlt", form(LOGIN["password"])[4:12])
    )


def test_few_letters_blot_no_words() -> None:
    assert blotted("no such host: oben", {"username": "", "password": "x"}) == "no such host: oben"
