"""Open every page of an installation from of old, and check every proof, with the newest code.

Run inside it by ``siegelpost manage shell``; :func:`opened` gives what is not as it should be, a line each. The clock
is that of the day it was made: what has run out since would be another page.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.support import lane
from tests.support.every_page import PATIENT, sights
from tests.support.office import token_of

from siegelpost import web
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.registered import receipts
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger import log
from siegelpost.mail.models import MailContent
from siegelpost.office.models import Agent
from siegelpost.proof.verify import verify
from siegelpost.web.recipient.pages import status_of

# Asked for a second factor first; and what is still on its way is not sent again.
OTHERWISE = {
    **dict.fromkeys(("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"), 302),
    **dict.fromkeys(("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "dispatch_send_again"), 302),
    # Nobody had a photo, and contacts are chosen first.
    "account_photo": 404,
    "send_several": 302,
    "mailbox": 404,
    # No app was registered with Microsoft or Google.
    "mail_sign_in": 302,
}
# What an installation may have nothing of: the mails of a built-in mailbox are files beside it, and one of before lacks
# what came after. Pages about these are not opened.
NOTHING_OF = {"mail": None, "books": {"ready": None}, "intake_account": None}


def opened(known: dict[str, Any]) -> list[str]:
    """What could not be opened as it should; ``known`` is what was written beside the backup."""
    now: dt.datetime = timezone.now()
    back = now - dt.datetime.fromisoformat(known["at"])
    with pytest.MonkeyPatch.context() as monkeypatch:
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() - back)
        moment = type("Then", (dt.datetime,), {"now": classmethod(lambda _, tz=None: real() - back)})
        for module in (log, web.lane):
            monkeypatch.setattr(module, "datetime", moment)
        return [*_of_the_office(known), *_of_recipients(monkeypatch), *_proofs()]


def _of_the_office(known: dict[str, Any]) -> Iterator[str]:
    jana = Agent.objects.get(email="jana@lindenhof.test")
    for sight in sights(NOTHING_OF | {"dispatch_batch": known["registered"]} | known, "de", patient=False):
        if sight.name in PATIENT or "None" in sight.address:
            continue
        client = Client(headers={"host": "office.test"}, raise_request_exception=False)
        if sight.signed_in:
            client.force_login(jana, backend="allauth.account.auth_backends.AuthenticationBackend")
        status = client.get(sight.address, secure=True).status_code
        if status != OTHERWISE.get(sight.name, sight.status):
            yield f"{sight.name}: {sight.address} answers {status}, not {sight.status}"


def _of_recipients(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    house = lane.a_lane(monkeypatch, lane.insert)
    for dispatch in Dispatch.objects.all():
        if not MailContent.objects.filter(mail__dispatch_id=str(dispatch.public_id)).exists():
            continue  # nobody has its link
        expected = status_of(DispatchState(dispatch.state))
        status, _ = lane.see(house, f"/s/{token_of(dispatch)}/")
        if status != expected:
            yield f"{dispatch.public_id} ({dispatch.state}): its page answers {status}, not {expected}"


def _proofs() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for dispatch in Dispatch.objects.all():
            file = Path(folder) / f"{dispatch.public_id}.zip"
            with file.open("wb") as out:
                proof.write_proof(dispatch, out)
            report = verify(file)
            if not report.ok:
                yield f"{dispatch.public_id} ({dispatch.state}): its proof says {report.verdict}"
            if dispatch.kind == Kind.REGISTERED_MAIL:
                for kind in receipts.available(dispatch):
                    receipts.pdf(dispatch, kind, dispatch.language)
