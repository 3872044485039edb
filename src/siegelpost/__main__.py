"""``python -m siegelpost``: the same as the ``siegelpost`` command."""

from siegelpost.cli import main

main(prog_name="siegelpost")
