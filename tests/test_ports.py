"""No two servers of tests are told the same port."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.ports import free_port


def test_each_port_is_given_once_and_never_to_a_connection() -> None:
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == len(given)
    assert max(given) < 32_768, "Linux gives those from there on to everybody who asks"


def test_one_that_is_taken_is_left_out() -> None:
    after_next = free_port() + 1
    with socket.create_server(("127.0.0.1", after_next)):
        assert free_port() != after_next


def test_two_processes_never_have_the_same(repository: Path) -> None:
    program = "from tests.support.ports import free_port; print(*(free_port() for _ in range(100)))"

    def given(worker: str) -> set[str]:
        environment = {**os.environ, "PYTEST_XDIST_WORKER": worker}
        command = [sys.executable, "-c", program]
        return set(subprocess.check_output(command, env=environment, cwd=repository, text=True).split())

    assert not given("gw0") & given("gw1")
