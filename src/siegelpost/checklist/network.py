"""Everything the checklist asks outside this process, at the same time and within fifteen seconds.

Nothing here touches the database or knows a language, so that it can run in threads of its own.
"""

import http.client
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.utils import timezone

from siegelpost.dispatch.send import guard
from siegelpost.doctor.live import LiveReport
from siegelpost.mail.domain import records
from siegelpost.mail.models import SigningKey
from siegelpost.settings import Settings

_REDIRECT_TIMEOUT = 3.0
_APT_TIMEOUT = 10.0
_APT = Path("/usr/bin/apt")
_APT_LISTS = Path("/var/lib/apt/lists")
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask, not where to listen


@dataclass(frozen=True, slots=True)
class Upgrades:
    """What Debian's package lists on this machine say; ``listed_at`` is when they were fetched."""

    security: tuple[str, ...]
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back. None stands for what could not be asked, or gave no answer."""

    report: LiveReport | None
    mail: tuple[records.RecordFinding, ...] | None
    redirect: str | None
    upgrades: Upgrades | None


def ask(settings: Settings, sender_domain: str | None, own_key: SigningKey | None = None) -> Answers:
    """Ask all at once; never inside a transaction. Each question has a limit of its own of at most 15 seconds."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        report = pool.submit(_report)
        mail = pool.submit(records.examine, sender_domain, own=own_key) if sender_domain else None
        redirect = pool.submit(_redirect, settings)
        upgrades = pool.submit(_upgrades)
        return Answers(report.result(), mail.result() if mail else None, redirect.result(), upgrades.result())


def _report() -> LiveReport | None:
    try:
        return guard.report()
    except (OSError, ValueError):  # a file of the settings that is gone or no certificate
        return None


def _redirect(settings: Settings) -> str | None:
    """Where the plain-HTTP port sends a visitor; empty when it answers with anything but a redirect."""
    if settings.http_port is None:
        return None
    host = _ANYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.http_port, timeout=_REDIRECT_TIMEOUT)
    try:
        connection.request("GET", "/", headers={"Host": settings.public_host})
        answer = connection.getresponse()
        location = answer.headers.get("Location", "")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    leads_to = urlsplit(location)
    return location if answer.status // 100 == 3 and leads_to.scheme == "https" else ""


def _upgrades() -> Upgrades | None:
    """Security updates that wait on a Debian or Ubuntu machine, by its own lists; fetches nothing."""
    try:
        fetched = max(entry.stat().st_mtime for entry in os.scandir(_APT_LISTS) if entry.name.endswith("Release"))
        answer = subprocess.run(  # noqa: S603 - a fixed command
            [_APT, "list", "--upgradable"],
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_APT_TIMEOUT,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Upgrades(_security(answer.stdout), datetime.fromtimestamp(fetched, tz=timezone.get_default_timezone()))


def _security(listing: str) -> tuple[str, ...]:
    """Names from lines like ``openssl/stable-security 3.0.17 amd64 [upgradable from: 3.0.16]``."""
    rows = (line.split(" ", 1)[0].partition("/") for line in listing.splitlines() if "[upgradable from" in line)
    return tuple(sorted(name for name, _, source in rows if "-security" in source))
