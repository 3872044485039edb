"""Write ``docs/settings.md`` from the settings themselves: ``python -m tools.settings_doc > docs/settings.md``."""

import json
import sys
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from siegelpost.settings import Settings

HEAD = """\
# Settings

Every setting of an installation. A value comes from, strongest first: an option of the command line, an environment
variable, the file `siegelpost.toml` in the data folder (or the one that `SIEGELPOST_CONFIG` names), the default.
Lists and tables in environment variables are written as JSON. What an office changes while it works (mail server,
texts, test operation) is no setting: it is on the settings pages of the server.

This page is written by `make docs` from the code.

| setting | environment | default | meaning |
|---|---|---|---|
"""


def _shown(default: object) -> str:
    plain = to_jsonable_python(default)
    if plain in (None, ""):
        return "–"
    return f"`{plain if isinstance(plain, str) else json.dumps(plain)}`"


def _choices(field: FieldInfo) -> str:
    if get_origin(field.annotation) is not Literal:
        return ""
    return " One of " + ", ".join(f"`{choice}`" for choice in get_args(field.annotation)) + "."


def page() -> str:
    """The whole page."""
    rows = [
        f"| `{name}` | `SIEGELPOST_{name.upper()}` | {_shown(field.default)} | {field.description}{_choices(field)} |"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
