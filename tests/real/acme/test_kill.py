"""Killed (SIGKILL) at random moments of an order, an import and a swap: whole or not at all, and never two orders."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from tests.support.fake_acme import FakeAuthority, fake_acme
from tests.support.pki import Authority

from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.order_context import Patience
from siegelpost.tls.acme.plan import Challenge, Plan, save_plan
from siegelpost.tls.acme.progress import Step, progress
from siegelpost.tls.front.live_certificates import StoreContexts
from siegelpost.tls.store import Source, Store

NAME = "office.test"
PATIENCE = Patience(lease=30, validation=30, issue=30)


class Killing:
    """One store, one authority, and workers that do not live long."""

    def __init__(self, folder: Path, fake: FakeAuthority) -> None:
        self.store = Store(folder / "tls")
        self.fake = fake
        self.at = datetime.now(UTC).replace(microsecond=0)
        self.fake.now = lambda: self.at
        self.root = folder / "root.pem"
        self.root.write_bytes(fake.root.public_bytes(serialization.Encoding.PEM))
        for _ in range(2):
            bought = Authority.root().issue(NAME)
            self.store.activate(self.store.add(bought.chain_pem, bought.key_pem, Source.IMPORTED).id)
        self.go_on()

    def go_on(self) -> None:
        """Say that the automatic one may replace what was bought and put in; it waits otherwise."""
        save_plan(self.store, Plan((NAME,), (self.fake.authority,), (Challenge.HTTP_01,)))

    def look(self) -> tuple[str, ...]:
        return renewal.look(self.store, roots=self.fake.roots, now=lambda: self.at, patience=PATIENCE)

    def killed_within(self, action: str, after: float | None, *more: str) -> float:
        """Let a worker do something, kill it so many seconds later (None: let it live); how long it took."""
        arguments = [str(self.root), self.at.isoformat(), *more] if action in ("look", "full") else []
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.support.acme_worker", str(self.store.folder), action, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with worker:
            assert worker.stdin
            assert worker.stdout
            assert worker.stdout.readline() == "ready\n"
            began = time.monotonic()
            worker.stdin.write("\n")
            worker.stdin.flush()
            if after is None:
                assert worker.stdout.readline() == "done\n"
                took = time.monotonic() - began
            else:
                time.sleep(after)
                took = after
            worker.kill()
        return took

    def served(self) -> str:
        """What a node that starts now serves: it can be loaded, and is no self-signed one."""
        contexts = StoreContexts(self.store)
        contexts.refresh()
        assert contexts.choose(NAME, (), "127.0.0.1") is not None
        assert not contexts.self_signed
        return contexts.certificates[0].id


@pytest.mark.real
def test_a_disk_that_is_full_from_some_step_on(tmp_path: Path) -> None:
    """Real failing writes, by a limit of the kernel. With room again, the same order is finished."""
    with fake_acme(tmp_path / "fake", reuses_orders=True) as fake:
        scene = Killing(tmp_path, fake)
        scene.look()
        for step in (Step.CHECK, Step.ACCOUNT, Step.ORDER, Step.ISSUE, Step.STORE, Step.ACTIVATE):
            scene.at += timedelta(days=61)
            ordered, issued, before = len(fake.orders), len(fake.issued), scene.served()
            scene.killed_within("full", None, step)
            assert scene.served() == before, step
            scene.at += timedelta(minutes=2)
            scene.look()
            assert (len(fake.orders), len(fake.issued)) == (ordered + 1, issued + 1), step
            assert scene.served() != before, step
        assert not list(scene.store.folder.rglob(".*")), "nothing half written is left"


@pytest.mark.real
@pytest.mark.parametrize("times", [8, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(3000)
def test_killed_at_random_moments(tmp_path: Path, times: int) -> None:
    with fake_acme(tmp_path / "fake", reuses_orders=True) as fake:
        scene = Killing(tmp_path, fake)
        usual = {action: scene.killed_within(action, None) for action in ("look", "import", "swap")}
        assert len(fake.issued) == 1
        scene.go_on()
        interrupted: Counter[str] = Counter()
        for number in range(times):
            action = ("look", "look", "import", "swap")[number % 4]
            if action == "look":
                scene.at += timedelta(days=61)
                ordered, issued = len(fake.orders), len(fake.issued)
                assert scene.killed_within(action, random.uniform(0, usual[action])) is not None
                scene.served()
                found = progress(scene.store)
                assert found
                interrupted[f"{found.step}, {found.state}"] += 1
                scene.look()
                assert (len(fake.orders), len(fake.issued)) == (ordered + 1, issued + 1)
                assert scene.served() == scene.store.active().ids[0]
                assert scene.store.get(scene.store.active().ids[0]).source is Source.ACME
            else:
                before = scene.served()
                known = {each.id for each in scene.store.history()}
                scene.killed_within(action, random.uniform(0, usual[action]))
                assert scene.served() in {before, *(each.id for each in scene.store.history())}
                assert known <= {each.id for each in scene.store.history()}
                scene.store.activate(before)
                scene.go_on()
        print(dict(interrupted))
