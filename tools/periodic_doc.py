"""Write ``docs/periodic.md`` from the table of periodic jobs: ``python -m tools.periodic_doc > docs/periodic.md``."""

import os
import re
import sys
import tempfile

HEAD = """\
# Periodic jobs

What the jobs process does again and again (`siegelpost/server/periodic.py`), each in a thread of its own, room by room.
A job looks at the database and does what is due; what failed or was cut off is made good by the next call. After a
failure it waits longer, up to a minute. While all writing is stopped (`siegelpost/ledger/halt.py`) only the jobs marked
in the last column go on.

This page is written by `make docs` from the code.

| room | what | function | every | also while halted |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page; Django must be started."""
    from siegelpost.server.periodic import JOBS, PeriodicJob

    def row(job: PeriodicJob) -> str:
        what = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", (job.function.__doc__ or "").strip().splitlines()[0]).rstrip(".")
        function = job.name.removeprefix("siegelpost.")
        return f"| {job.owner} | {what} | `{function}` | {_span(job.every)} | {'yes' if job.also_halted else ''} |"

    return HEAD + "\n".join(row(job) for job in sorted(JOBS, key=lambda job: job.owner)) + "\n"


def _span(seconds: float) -> str:
    units = ((3600, "h"), (60, "min"), (1, "s"))
    size, unit = next((one for one in units if seconds >= one[0] and not seconds % one[0]), units[-1])
    return f"{seconds / size:g} {unit}"


def main() -> None:
    """Start Django on an empty folder, only to have the table, and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SIEGELPOST_DATA": folder, "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
        import django

        django.setup()
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
