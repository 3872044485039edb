"""Waiting for a condition, as long as a busy machine may need."""

import time
from collections.abc import Callable

import pytest

# Seconds. It bounds nothing that is tested: what is slow is measured, what never comes is told after this.
PATIENCE = 120


def until(
    condition: Callable[[], object], *, seconds: float = PATIENCE, forgive: tuple[type[Exception], ...] = ()
) -> None:
    """Ask again and again until the answer is true; fail the test when it does not become so."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except forgive as error:
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds:.0f} s") from error
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:.0f} s")
        time.sleep(0.05)
