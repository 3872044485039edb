"""Where the first administrator's one-time link lies: in a file for the server and root alone, in no journal."""

from pathlib import Path

from siegelpost.toolbox.durable import private_folder, write_durably

NAME = Path("run", "first-sign-in.txt")


def leave(data: Path, link: str | None) -> Path:
    """Put the link into its file (0600), in place of an earlier one; without a link there is no file.

    It is in no backup, as nothing in ``run/`` is.
    """
    file = data / NAME
    file.unlink(missing_ok=True)
    if link:
        private_folder(file.parent)
        write_durably(file, f"{link}\n".encode())
    return file
