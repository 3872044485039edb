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
        StepFailedError: the server ended (the message is what it said), or does not answer within a minute.
    """
    # Only "is it there": nothing is sent or believed, so its certificate does not matter.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def answers() -> bool:
        said = log.read_text(encoding="utf-8", errors="replace")
        if process.poll() is not None:
            raise StepFailedError(said.strip())
        if settings.public_address not in said:
            return False  # whoever answers there is not this server
        connection = http.client.HTTPSConnection("localhost", settings.port, context=context, timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()

    wait_for(answers, "the server")
