"""Talking to an agent at work in another process (see :mod:`tests.support.office_process`)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.serving import Server


class Office:
    """The other process (see :mod:`tests.support.office_process`)."""

    def __init__(self, environment: dict[str, str], repository: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.office_process"],
            env=environment,
            cwd=repository,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the office's process ended"
        return json.loads(line)

    def ask(self, command: str) -> Any:
        self.tell(command)
        return self.heard()

    def kill(self) -> list[str]:
        """Kill it, and give the ids of the dispatches it had called sent by then."""
        if self._process.poll() is not None:
            return []
        self._process.kill()
        assert self._process.stdout
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        answers = [json.loads(line) for line in self._process.stdout.read().splitlines() if line.endswith("}")]
        self._process.stdout.close()
        self._process.wait()
        return [answer["sent"] for answer in answers if "sent" in answer]


@contextmanager
def an_office_process(server: Server, repository: Path, **settings: str) -> Iterator[Office]:
    environment = server.installation.environment(
        port=str(server.port),
        public_url=server.url,
        resolve='{"office.test": "127.0.0.1"}',
        trust_roots=json.dumps([str(server.log_file.parent / "root.pem")]),
        **settings,
    )
    office = Office(environment, repository)
    try:
        yield office
    finally:
        office.kill()
