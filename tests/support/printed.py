"""What ``siegelpost doctor`` prints of a report."""

from io import StringIO

from rich.console import Console

from siegelpost.cli import doctor_live
from siegelpost.doctor.live import LiveReport


def printed(report: LiveReport, language: str) -> str:
    out = StringIO()
    doctor_live.show(report, language, Console(file=out, highlight=False, soft_wrap=True))
    return out.getvalue()
