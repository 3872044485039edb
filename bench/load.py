"""Load: wrk for throughput, a few patient visitors of our own for the time one of them waits."""

import re
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.servers import client_context

_SCRIPT = """
local paths = {{ {paths} }}
local n = {start}
local last = "{last}"
request = function()
  n = n % #paths + 1
  return "GET " .. paths[n] .. " HTTP/1.1\\r\\nHost: localhost\\r\\nUser-Agent: Mozilla/5.0\\r\\n" .. last .. "\\r\\n"
end
"""
_CLOSE = "Connection: close\\r\\n"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Result:
    """One run: requests per second, and milliseconds per request as wrk saw them."""

    per_second: float
    p50: float
    p99: float


def wrk(folder: Path, port: int, paths: Sequence[str], *, kept: bool, connections: int, seconds: int) -> Result:
    """Ask for these paths in turn, as fast as answers come.

    ``kept``: on connections that stay; else each request on a new one, with a full handshake because neither server
    offers to resume a session. wrk's times begin when the request is sent, after the handshake.

    Raises:
        AssertionError: an answer failed.
    """
    script = folder / "load.lua"
    quoted = ",".join(f'"{path}"' for path in paths)
    script.write_text(_SCRIPT.format(paths=quoted, start=0, last="" if kept else _CLOSE))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    ended = subprocess.run(
        [*command, "-s", script, f"https://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
    )
    text = ended.stdout
    assert "Socket errors" not in text, text
    assert "Non-2xx" not in text, text
    return Result(_figure(text, r"Requests/sec:\s+([\d.]+)()"), _figure(text, _of(50)), _figure(text, _of(99)))


def _of(percent: int) -> str:
    return rf"{percent}%\s+([\d.]+)(us|ms|s)"


def _figure(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    assert found, text
    return float(found[1]) * _UNITS.get(found[2], 1.0)


def visitors(port: int, paths: Sequence[str], *, count: int, seconds: float) -> Result:
    """So many visitors, each with a new connection per request: from connecting to the last byte."""
    times: list[list[float]] = [[] for _ in range(count)]
    end = time.monotonic() + seconds

    def visit(own: list[float], offset: int) -> None:
        context = client_context()
        at = offset
        while time.monotonic() < end:
            path = paths[at % len(paths)]
            at += count
            began = time.perf_counter()
            with (
                socket.create_connection(("127.0.0.1", port), 30) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as sock,
            ):
                sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                received = sock.recv(16)
                assert received.startswith(b"HTTP/1.1 200"), received
                while sock.recv(65_536):
                    pass
            own.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=visit, args=(own, number)) for number, own in enumerate(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(value for own in times for value in own)
    cuts = statistics.quantiles(every, n=100)
    return Result(len(every) / seconds, cuts[49], cuts[98])
