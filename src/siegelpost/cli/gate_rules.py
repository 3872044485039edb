"""``siegelpost gate-rules``: the rules of the gate as a table for a lawyer."""

import click
from rich.console import Console
from rich.markdown import Markdown

from siegelpost.dispatch.gate.rules_page import page
from siegelpost.office.kinds import Language


@click.command()
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", help="Language of the table.")
@click.option("--markdown", is_flag=True, help="Print Markdown, as in the documentation, instead of a drawn table.")
def gate_rules(lang: str, markdown: bool) -> None:
    """Print by which rules a dispatch asks for declarations, as a table that a lawyer can read.

    Needs no installation: the rules are part of the program.
    """
    text = page(Language(lang))
    if markdown:
        click.echo(text, nl=False)
    else:
        Console().print(Markdown(text))
