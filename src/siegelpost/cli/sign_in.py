"""``siegelpost sign-in``: the way back in for somebody who lost password, passkey and recovery codes."""

from pathlib import Path

import click

from siegelpost.cli.common import data_option, start_django


@click.command("sign-in")
@click.argument("email")
@click.option("--past-second-factor", is_flag=True, help="Also without codes and passkeys: they are lost.")
@data_option
def sign_in(email: str, past_second_factor: bool, data: Path | None) -> None:
    """Print a one-time link, good for 24 hours, that signs in the account with this EMAIL address.

    It leads past the password; the ledger keeps that it was made. An earlier link that was not used ends with it.
    """
    start_django(data=data)
    from siegelpost.office.models import Agent
    from siegelpost.office.sign_in import new_link

    agent = Agent.objects.filter(email__iexact=email, is_active=True).first()
    if agent is None:
        raise click.ClickException(
            f"{email}: kein Zugang mit dieser Adresse, oder er ist gesperrt. / No account with it, or it is blocked."
        )
    click.echo(new_link(agent, by=None, past_second_factor=past_second_factor))
