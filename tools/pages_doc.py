"""Write ``docs/pages.md``, page × role, from the table of addresses: ``python -m tools.pages_doc > docs/pages.md``."""

import os
import re
import sys
import tempfile

HEAD = """\
# Pages and roles

Every address of the server, and who may use it. The first table is the one in the code that decides
(`siegelpost/web/office/urls.py`); `tests/unit/web/office/test_access.py` tries each of its lines as each role, as
somebody who lacks the right or the contact card, and as nobody, and with guessed identifiers.

- **yes**: answers. **403**: refused, whatever the method. **sign-in**: leads to the sign-in page.
- Whoever lacks the right to work from outside, or as an agent a contact card, gets 403 on every page of the office,
  with what is missing and whom to ask.
- `<…>` stands for an identifier; one that is unknown, or somebody else's, is answered with 404.

This page is written by `make docs` from the code.
"""
PUBLIC = """\
## For everybody

These know nobody by name: a recipient is whoever has the link, a machine asks for health.

| address | what it is |
|---|---|
"""
WHAT = {
    "s/": "a recipient's page, by the secret link; unknown links are answered with 404",
    "widerruf": "withdrawal without a link (§ 356a BGB)",
    "colour.css": "the office's colour as a stylesheet",
    "static/": "stylesheets, scripts, icons",
    "health": "whether the server is well",
    "metrics": "for this machine, or with the token",
}


def page() -> str:
    """The whole page; Django must be started."""
    from siegelpost.office.models import Role
    from siegelpost.web.office.urls import PAGES

    roles = list(Role)
    lines = ["| address | nobody | " + " | ".join(role.value for role in roles) + " |", "|---" * (len(roles) + 2) + "|"]
    for one in PAGES:
        allowed = one.rule.roles
        nobody = "sign-in" if allowed else "yes"
        cells = ["yes" if not allowed or role in allowed else "403" for role in roles]
        lines.append(f"| `/{re.sub(r'<[a-z]+:', '<', one.route)}` | {nobody} | {' | '.join(cells)} |")
    public = [f"| `/{start}` | {what} |" for start, what in WHAT.items()]
    return HEAD + "\n" + "\n".join(lines) + "\n\n" + PUBLIC + "\n".join(public) + "\n"


def main() -> None:
    """Start Django on an empty folder, only to have the table, and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SIEGELPOST_DATA": folder, "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
        import django

        django.setup()
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
