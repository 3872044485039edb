"""Registered mail under kill -9, at random moments of sending, accepting, refusing, expiring and writing receipts.

After each restart: no registered mail that was called sent is lost, no decision that was answered is lost, nobody has
both accepted and refused, no event stands there twice, and none is shown as mailed that was not. At the end everybody
who decided has one receipt, and the whole installation checks out.
"""

import json
import random
import re
import shlex
import signal
import subprocess
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.support.at_work import Office, an_office_process
from tests.support.installations import COMMAND, Installation
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox, mailbox

SEE_OTHER = 303
OUTCOME = "?stand="  # where it leads tells that nothing was taken in
SETTLED_WITHIN = 120.0
PER_CYCLE = 3
ONCE = (
    "SubmissionAcceptance",
    "NotificationForAcceptance",
    "ConsignmentAcceptance",
    "ConsignmentRejection",
    "ContentConsignment",
    "AcceptanceRejectionExpiry",
)
# What has happened where it stands so, and has not where it does not.
STATES = {
    "open": "ConsignmentAcceptance",
    "refused": "ConsignmentRejection",
    "expired": "AcceptanceRejectionExpiry",
}
ACTS = {"annehmen": "open", "ablehnen": "refused"}
_LINK = re.compile(r"/s/([\w-]+)/")
_STAMP = re.compile(r'name="stamp" value="([0-9a-f]+)"')


@dataclass
class Told:
    """What the outside was told, and so must be true for ever."""

    sent: set[str] = field(default_factory=set)  # addresses
    tried: dict[str, str] = field(default_factory=dict)  # address: the state that was asked for
    answered: dict[str, str] = field(default_factory=dict)


def decide(server: Server, mails: Mailbox, told: Told, chance: random.Random, ending: threading.Event) -> None:
    """Let recipients who have a notice accept or refuse, one after the other, until the server is gone."""
    while not ending.is_set():
        notices = [mail for mail in mails.mails() if mail.subject.startswith("Einschreiben-E-Mail von")]
        links = {parseaddr(mail.recipient)[1]: _LINK.search(mail.text) for mail in notices}
        undecided = [address for address in links if address not in told.tried]
        if not undecided:
            time.sleep(0.02)
            continue
        address, act = undecided[0], chance.choice(list(ACTS))
        link = links[address]
        assert link
        try:
            stamp = _STAMP.search(server.get(link[0]).text)
            told.tried[address] = ACTS[act]
            if stamp is None:  # over, meanwhile
                continue
            form = urlencode({"stamp": stamp[1], "sure": "on"}).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = server.request("POST", f"{link[0]}{act}/", body=form, headers=headers)
        except OSError:
            return  # killed: it may or may not have been taken in
        if answer.status == SEE_OTHER and OUTCOME not in answer.headers["location"]:
            told.answered[address] = ACTS[act]


def check(truth: dict[str, Any], mails: Mailbox, told: Told) -> None:
    """What must hold at any moment, also right after a restart."""
    received = Counter(mail.message_id for mail in mails.mails())
    assert told.sent <= truth.keys(), "a registered mail that was called sent is lost"
    for address, said in truth.items():
        events = Counter(said["events"])
        assert not [kind for kind in ONCE if events[kind] > 1], f"{address}: an event twice: {events}"
        for state, event in STATES.items():
            assert (said["state"] == state) == bool(events[event]), f"{address} is {said['state']}, with {events}"
        assert events["ContentConsignment"] == events["ConsignmentAcceptance"], address
        assert said["readable"], f"{address}: the message or a file is gone"
        for mail in said["mails"]:
            if mail["state"] == "accepted":
                assert received[mail["id"]], f"{address}: shown as sent, and the mail server has nothing"
            surplus = received[mail["id"]] - 1
            assert surplus <= said["interrupted"].count(mail["id"]) + (mail["state"] != "accepted"), f"{address} twice"
        purposes = Counter(mail["purpose"] for mail in said["mails"])
        assert max(purposes.values()) == 1, f"{address}: {purposes}"
    for address, state in told.answered.items():
        # Whoever was quicker, the other act or the end of the period, has decided; the answer then only led there.
        assert truth[address]["state"] in {state, "expired"}, f"the decision of {address} is lost"
    for address, state in told.tried.items():
        assert truth[address]["state"] in {state, "expired", "queued", "notified"}, f"{address} decided otherwise"


def unsettled(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of which something is still to go out, or that have ended and have no receipt yet."""
    return [said for said in truth.values() if not _settled(said)]


def _settled(said: dict[str, Any]) -> bool:
    wanted = {"notice"}
    wanted |= {"confirmation"} if said["state"] in ACTS.values() else set()
    # The notice of one whose period ended before it went out is stopped.
    going = {mail["state"] for mail in said["mails"] if mail["purpose"] != "notice" or said["state"] != "expired"}
    purposes = {mail["purpose"] for mail in said["mails"]}
    return purposes == wanted and not said["due"] and going <= {"accepted"} and said["state"] != "queued"


def run(cycles: int, serve: Serve, repository: Path, tmp_path: Path) -> None:
    told, chance = Told(), random.Random()
    seed = chance.randrange(2**32)
    chance.seed(seed)
    with mailbox(tmp_path / "mailbox", delay=0.03) as mails:
        mail_settings = {"smtp_host": "127.0.0.1", "smtp_port": str(mails.port), "smtp_security": "none"}
        for cycle in range(cycles):
            server = serve(**mail_settings)
            with an_office_process(server, repository) as office:
                if cycle == 0:
                    office.ask("registered_office")
                truth = office.ask("registered_truth")
                check(truth, mails, told)
                _cycle(server, office, mails, told, chance, truth)
        server = serve(**mail_settings)
        with an_office_process(server, repository) as office:
            check(office.ask("registered_truth"), mails, told)
            office.ask("forget_counts")
            deadline = time.monotonic() + SETTLED_WITHIN
            while left := unsettled(truth := office.ask("registered_truth")):
                assert time.monotonic() < deadline, f"seed {seed}: not everything went out: {left}"
                time.sleep(0.2)
            ended = sum(said["state"] in STATES for said in truth.values())
            while len(_to_the_agent(mails)) < ended:
                assert time.monotonic() < deadline, f"seed {seed}: the agent was not told of each"
                time.sleep(0.2)
            assert len(_to_the_agent(mails)) == ended, f"seed {seed}: the agent was told twice"
            check(truth, mails, told)
            for said in truth.values():
                kinds = set(office.ask(f"receipts_of {said['id']}"))
                assert kinds >= {"submission"}
                assert kinds & {"acceptance", "refusal", "expiry"} == _receipt_of(said["state"])
        server.stop()
        fsck = subprocess.run(
            [COMMAND, "fsck", "--lang", "en"],
            env=server.installation.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert fsck.returncode == 0, f"seed {seed}: {fsck.stdout}"
    states = Counter(said["state"] for said in truth.values())
    print(f"\n{cycles} kills: {len(truth)} registered mails, {dict(states)}, {len(told.answered)} decisions answered, "
          f"0 lost, 0 untrue, no event twice")  # fmt: skip
    assert told.sent
    assert told.answered


def _to_the_agent(mails: Mailbox) -> set[str]:
    """The mails that tell how one ended, by their Message-IDs: a cut answer may bring the same mail again."""
    return {mail.message_id for mail in mails.mails() if "jana.roth@" in mail.recipient}


def _receipt_of(state: str) -> set[str]:
    return {{"open": "acceptance", "refused": "refusal", "expired": "expiry"}[state]} if state in STATES else set()


def _cycle(
    server: Server, office: Office, mails: Mailbox, told: Told, chance: random.Random, truth: dict[str, Any]
) -> None:
    """Send some, let recipients decide, let a period end, and kill everything at some moment of it."""
    office.ask("forget_counts")
    # A fresh process is slow to send its first one; most kills shall hit what comes after that.
    if chance.random() > 0.2:
        told.sent.add(_send(office, wait=True))
    for _ in range(PER_CYCLE):
        _send(office, wait=False)
    waiting = sorted(said["id"] for said in truth.values() if said["state"] == "notified")
    if waiting and chance.random() < 0.3:
        office.tell(f"end_period {chance.choice(waiting)}")
    ending = threading.Event()
    recipients = threading.Thread(target=decide, args=(server, mails, told, chance, ending))
    recipients.start()
    time.sleep(chance.uniform(0.0, 2.0))
    server.stop(signal.SIGKILL)
    ending.set()
    office.kill()
    recipients.join(60)
    assert not recipients.is_alive()


def _send(office: Office, *, wait: bool) -> str:
    address = f"{uuid.uuid4()}@berger.example"
    command = f"send_registered de {shlex.quote(json.dumps({'to': [address]}))}"
    if wait:
        office.ask(command)
    else:
        office.tell(command)
    return address


@pytest.mark.timeout(600)
def test_nothing_is_lost_untrue_or_twice_after_kill_9(
    serve: Serve, installation: Installation, repository: Path, tmp_path: Path
) -> None:
    run(3, serve, repository, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_nothing_is_lost_untrue_or_twice_after_sixty_times_kill_9(
    serve: Serve, installation: Installation, repository: Path, tmp_path: Path
) -> None:
    run(60, serve, repository, tmp_path)
