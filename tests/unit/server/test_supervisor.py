"""The supervisor, with real processes: it starts them, starts them again, and takes them with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = """
import os, select, signal, sys, time
from pathlib import Path
from siegelpost.server.supervisor import ProcessRole, Supervisor

place = Path(sys.argv[1])

def steady(child):
    (place / f"steady-{os.getpid()}").touch()
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
    child.ready()
    while not ended and not select.select([child.lifeline], [], [], 0.05)[0]:
        pass
    (place / f"ended-{os.getpid()}").touch()

def stubborn(child):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child.ready()
    time.sleep(60)

def slow(child):
    (place / f"slow-{os.getpid()}").touch()
    while not (place / "go").exists():
        time.sleep(0.02)
    steady(child)

def broken(child):
    raise ValueError("does not start")

roles = {"steady": steady, "stubborn": stubborn, "slow": slow, "broken": broken}
names = sys.argv[2:]
sys.exit(Supervisor([ProcessRole(name, roles[name]) for name in names]).run(lambda: (place / "ready").touch()))
"""


class Running:
    def __init__(self, place: Path, process: subprocess.Popen[bytes]) -> None:
        self.place = place
        self.process = process

    def pids(self, what: str = "steady") -> list[int]:
        return [int(file.name.partition("-")[2]) for file in self.place.glob(f"{what}-*")]

    def wait_for(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, "did not happen within 30 s"
            time.sleep(0.02)


@contextmanager
def supervised(place: Path, *roles: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, place, *roles], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        yield Running(place, process)
    finally:
        process.kill()
        process.wait()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_all_are_started_and_end_when_asked(tmp_path: Path, how: signal.Signals) -> None:
    with supervised(tmp_path, "steady", "steady", "steady") as running:
        running.wait_for((tmp_path / "ready").exists)
        assert len(running.pids()) == 3
        running.process.send_signal(how)
        assert running.process.wait(30) == 0
        assert sorted(running.pids("ended")) == sorted(running.pids())


def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", "steady") as running:
        running.wait_for((tmp_path / "ready").exists)
        victim = running.pids()[0]
        os.kill(victim, signal.SIGKILL)
        running.wait_for(lambda: len(running.pids()) == 3)
        assert not alive(victim)
        assert running.process.poll() is None


def test_all_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", "steady") as running:
        running.wait_for((tmp_path / "ready").exists)
        running.process.kill()
        running.wait_for(lambda: not any(map(alive, running.pids())))
        assert len(running.pids("ended")) == 2


def test_one_that_cannot_start_ends_the_whole(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", "broken") as running:
        assert running.process.wait(30) == 1
        assert not (tmp_path / "ready").exists()
        assert not any(map(alive, running.pids()))


def test_one_that_is_killed_before_it_is_ready_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", "slow") as running:
        running.wait_for(lambda: running.pids("slow"))
        os.kill(running.pids("slow")[0], signal.SIGKILL)
        running.wait_for(lambda: len(running.pids("slow")) == 2)
        assert running.process.poll() is None, "those that are well go on"
        (tmp_path / "go").touch()
        running.wait_for((tmp_path / "ready").exists)


def test_a_second_ctrl_c_ends_what_does_not_want_to(tmp_path: Path) -> None:
    with supervised(tmp_path, "stubborn") as running:
        running.wait_for((tmp_path / "ready").exists)
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert running.process.poll() is None
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(15) == 0, "sooner than what has begun may take"
