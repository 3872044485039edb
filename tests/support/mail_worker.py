"""A process that delivers what is queued until nothing is left, to be killed by tests: ``python mail_worker.py``.

It is the jobs process reduced to its mail part: recover once, then deliver what is due. Says ``ready`` when it
begins, and at its end how much memory it had in the course of time, from the first sweep of mails to the last.
"""

import json
import os
import time
from pathlib import Path

import django
from django.db import InterfaceError, OperationalError, connections

os.environ["DJANGO_SETTINGS_MODULE"] = "siegelpost.django_settings"
django.setup()


def main() -> None:
    """Deliver until every mail has found its end."""
    from siegelpost.mail.models import MailState, OutgoingMail
    from siegelpost.mail.outgoing import delivery, outbox

    delivery.recover()
    print("ready", flush=True)
    open_states = [MailState.QUEUED, MailState.SENDING]
    course: list[int] = []
    waits = True
    while waits:
        try:
            waits = OutgoingMail.objects.filter(state__in=open_states).exists()
            if outbox.due().exists():
                delivery.sweep()
                course.append(memory())
            else:
                time.sleep(0.05)
                delivery.recover()
        except (OperationalError, InterfaceError):
            # The jobs process begins anew in the same way.
            connections.close_all()
            time.sleep(0.05)
    print(json.dumps(course))


def memory() -> int:
    """The memory of this process in KiB, without the pages of the database file that are mapped into it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0])


if __name__ == "__main__":
    main()
