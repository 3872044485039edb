"""One holder at a time, whatever the clocks say, and a dead one holds nobody up for long."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.support.waiting import until

from siegelpost.tls.acme import lease as leases
from siegelpost.tls.acme.lease import held_by_anybody, lease
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, write_json

DIES = """
import os, pathlib, sys
from siegelpost.tls.acme.lease import lease
from siegelpost.tls.store import Store
with lease(Store(pathlib.Path(sys.argv[1])), 0):
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(leases, "BEAT", 0.05)
    monkeypatch.setattr(leases, "DEAD_AFTER", 2.0)
    return Store(tmp_path / "tls")


def file_of(store: Store) -> Path:
    return store.folder / "acme" / "lease.json"


def test_one_at_a_time(store: Store) -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with lease(store, 60):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.02)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert not held_by_anybody(store)


def test_who_does_not_want_to_wait_is_told_that_somebody_is_at_work(store: Store) -> None:
    with lease(store, 0):
        assert held_by_anybody(store)
        with pytest.raises(AcmeError) as caught, lease(store, 0):
            pass
    assert caught.value.problem.code is Code.BUSY


def test_a_holder_of_this_machine_that_died_is_followed_at_once(store: Store) -> None:
    died = subprocess.run([sys.executable, "-c", DIES, store.folder], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert file_of(store).exists()
    assert not held_by_anybody(store)
    with lease(store, 0) as held:
        held.check()


def test_a_holder_elsewhere_is_dead_when_it_beats_no_more_and_not_before(store: Store) -> None:
    write_json(file_of(store), {"id": "elsewhere", "beat": 1, "node": "another", "pid": 1, "started": "1"})
    began = time.monotonic()
    with lease(store, 0) as held:
        assert time.monotonic() - began >= leases.DEAD_AFTER
        held.check()


def test_a_holder_that_slept_too_long_learns_that_it_holds_nothing(store: Store) -> None:
    with lease(store, 0) as held:
        mine = read_json(file_of(store))
        write_json(file_of(store), mine | {"id": "another"})
        until(lambda: held.lost)
        with pytest.raises(AcmeError):
            held.check()
    assert read_json(file_of(store))["id"] == "another", "what is not ours is not taken away"
