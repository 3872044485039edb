"""Figures for Prometheus: what an administrator wants to be woken for."""

import os
import resource
from datetime import UTC, datetime

from django.db import connection

from siegelpost.foreign import room
from siegelpost.ledger.halt import reason
from siegelpost.ledger.models import Event
from siegelpost.mail.outgoing import outbox, unreadable
from siegelpost.mail.push import delivery as push
from siegelpost.settings import Settings
from siegelpost.tls.front.journal import Journal
from siegelpost.tls.store import Store


def metrics(settings: Settings) -> str:
    """The text that Prometheus reads; runs in a thread."""
    lines: list[str] = []

    def figure(name: str, help: str, *values: tuple[str, float]) -> None:
        lines.append(f"# HELP {name} {help}\n# TYPE {name} gauge")
        lines.extend(f"{name}{labels} {value:g}" for labels, value in values)

    waiting = Event.objects.filter(leaf_index__isnull=True).count()
    figure("siegelpost_events_waiting", "Ledger events that are not sealed yet.", ("", waiting))
    figure(
        "siegelpost_tasks_waiting",
        "Mails and push messages that are due and not handed over yet.",
        ("", outbox.due().count() + push.due().count()),
    )
    figure(
        "siegelpost_mails_unreadable",
        "Mails that wait because the key does not open them.",
        ("", unreadable.waiting().count()),
    )
    figure(
        "siegelpost_halted", "1 while nothing is written, lest harm be done; the log says why.", ("", bool(reason()))
    )
    if host := room.host_state():
        figure(
            "siegelpost_foreign_read",
            "Files, mails and pictures of strangers that were read or refused, since the server was started.",
            *(('{outcome="ended"}', host.read), ('{outcome="stopped"}', host.stopped)),
            ('{outcome="turned_away"}', host.turned_away),
        )
    connection.close()
    store = Store(settings.data / "tls")
    figure(
        "siegelpost_certificate_not_after_seconds",
        "End of validity of each active certificate, as Unix time.",
        *(
            (f'{{name="{each.names[0]}",source="{each.source}"}}', each.not_after.timestamp())
            for each in store.current()
            if each.names
        ),
    )
    figure("siegelpost_certificate_generation", "Grows with each activation.", ("", store.generation))
    today = Journal(store.folder / "refusals", b"").day(datetime.now(UTC).date())
    figure(
        "siegelpost_refusals_today",
        "Visitors' programs that refused the certificate today (UTC), by TLS alert.",
        *((f'{{kind="{kind}"}}', count) for kind, count in today.refusals.items()),
    )
    figure(
        "siegelpost_worker_memory_bytes",
        "Highest resident memory of the worker that answers this.",
        (f'{{pid="{os.getpid()}"}}', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024),
    )
    return "\n".join(lines) + "\n"
