"""An office that is set up by the quick way, for journeys that are about something else."""

from pathlib import Path

from playwright.sync_api import Page
from tests.support.installations import Installation
from tests.support.serving import Server

CODE = """
import sys
sys.path.insert(0, {root!r})
from tests.support.office import an_office, a_contact, an_estate
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Role
an_office(smtp_host="127.0.0.1", smtp_port={port}, smtp_security="none")
agent = Agent.objects.get(role=Role.ADMINISTRATOR)
agent.name, agent.email, agent.language = "Jana Roth", "jana@lindenhof.test", "{language}"
agent.set_password("{password}")
agent.save()
for name in {contacts!r}:
    first, _, last = name.partition(" ")
    a_contact(first_name=first, last_name=last, email=f"{{last.lower()}}@kunde.test")
for title in {estates!r}:
    an_estate(title=title)
"""
ROOT = Path(__file__).parents[2]
PASSWORD = "vier Woerter sind genug"


def furnish(
    installation: Installation,
    mail_port: int,
    *,
    contacts: tuple[str, ...] = ("Mara Berger",),
    estates: tuple[str, ...] = ("Helle Altbauwohnung",),
    language: str = "de",
) -> None:
    """Texts, mail server, contacts, properties and a password for the first administrator."""
    installation.python(
        CODE.format(
            root=str(ROOT), port=mail_port, contacts=contacts, estates=estates, language=language, password=PASSWORD
        )
    )


def sign_in(page: Page, server: Server, at: str = "") -> None:
    """By password, on the way that the page offers to everybody."""
    page.goto(f"{at or server.url}/account/login/")
    page.locator("input[name=login]").fill("jana@lindenhof.test")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action$='/account/login/'] button").click()
    page.get_by_role("navigation").first.wait_for()
