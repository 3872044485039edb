"""Locks between processes: tried with another process, which is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from siegelpost.toolbox.locks import Places, alone, alone_or_not, hold, is_nobodys

HOLDERS = {
    "alone": "with locks.alone(path): print(flush=True); time.sleep(60)",
    "for life": "locks.hold_for_life(path); print(flush=True); time.sleep(60)",
}


@contextmanager
def held(path: Path, how: str) -> Iterator[None]:
    """By another process, which is killed afterwards."""
    begin = f"import time; from pathlib import Path; from siegelpost.toolbox import locks; path = Path({str(path)!r})"
    with subprocess.Popen([sys.executable, "-c", f"{begin}\n{HOLDERS[how]}"], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            yield
        finally:
            other.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("how", HOLDERS)
def test_a_lock_is_held_until_its_process_is_dead(how: str, tmp_path: Path) -> None:
    path = tmp_path / "run" / "lock"
    with held(path, how):
        assert not is_nobodys(path)
        with alone_or_not(path) as (ours, _):
            assert not ours
    assert is_nobodys(path)
    waited: list[bool] = []
    with alone(path, waits=lambda: waited.append(True)):
        assert not is_nobodys(path)
    assert waited == []


def test_who_has_to_wait_is_told_first(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path, "alone"), pytest.raises(InterruptedError), alone(path, waits=_not_today):
        pass
    assert is_nobodys(path)


def _not_today() -> None:
    raise InterruptedError


def test_where_nobody_can_tell_it_counts_as_held(tmp_path: Path) -> None:
    assert not is_nobodys(tmp_path / "missing")


def test_a_folder_can_be_held(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    assert hold(descriptor)
    assert not is_nobodys(tmp_path)
    os.close(descriptor)
    assert is_nobodys(tmp_path)


def test_each_person_has_places_of_their_own(tmp_path: Path) -> None:
    places = Places(tmp_path / "run" / "live", 2)
    first, second = places.take(1), places.take(1)
    assert first is not None
    assert second is not None
    assert places.take(1) is None
    assert places.take(2) is not None
    places.give_back(first)
    assert places.take(1) == first
    places.close()
