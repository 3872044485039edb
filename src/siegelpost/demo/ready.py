"""Waiting until a server that was just started answers."""

import http.client
import ssl
import subprocess
from pathlib import Path

from siegelpost.demo.steps import StepFailedError, wait_for
from siegelpost.settings import Settings


def wait_until_ready(settings: Settings, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when ``/health/ready`` answers.

    Raises:
        StepFailedError: the server ended, or does not answer within 30 seconds; with its log.
    """
    # Only "is it there": nothing is sent or believed, so its certificate does not matter.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def answers() -> bool:
        if process.poll() is not None:
            raise StepFailedError(f"the server ended:\n{log.read_text(encoding='utf-8', errors='replace')}")
        connection = http.client.HTTPSConnection("localhost", settings.port, context=context, timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()

    wait_for(answers, "the server")
