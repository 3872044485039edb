"""An office to be attacked: ``python -m bench.desk OPEN SMTP_PORT`` with ``SIEGELPOST_DATA`` set.

Prints as JSON the tokens of so many dispatches whose gate is open, the session of an administrator, a property, and the
name and password of a program's account.
"""

import json
import sys

from siegelpost.cli.common import start_django


def main(count: int, smtp_port: int) -> dict[str, object]:
    """Make the office, open the gates, sign in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from bench.fill import make_links
    from siegelpost import storage
    from siegelpost.dispatch import links
    from siegelpost.dispatch.gate.rules import DeclarationKind
    from siegelpost.dispatch.models import Dispatch
    from siegelpost.dispatch.recipient.declarations import Client, Form, declare
    from siegelpost.estates.intake import accounts
    from siegelpost.estates.intake_models import IntakeAccount
    from siegelpost.estates.models import Estate
    from siegelpost.office.current import the_office
    from siegelpost.office.models import Agent, Role, SmtpSecurity
    from siegelpost.server import logs
    from siegelpost.server.prepare import prepare
    from siegelpost.settings import load

    logs.configure(load())
    prepare(load())
    tokens = make_links(count)
    Dispatch.objects.update(pdf_sha256=storage.put(b"%PDF-1.7\n"))
    office = the_office()
    office.smtp_port, office.smtp_security = smtp_port, SmtpSecurity.NONE
    office.save()
    for token in tokens:
        dispatch = links.find(token)
        form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
        declare(token, form, Client("192.0.2.1", "Mozilla/5.0"))
    agent = Agent.objects.get(email="roth@lindenhof.test")
    agent.role, agent.outside_access = Role.ADMINISTRATOR, True
    agent.save()
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    account = IntakeAccount(name="Makler Plus", handling="at_once")
    password = accounts.create(account, by=agent)
    estate = str(Estate.objects.get().public_id)
    return {"tokens": tokens, "session": session.session_key, "estate": estate, "intake": [account.login, password]}


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
