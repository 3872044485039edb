"""Uploads by curl to the real server, which is killed while it takes them over."""

import random
import signal
import subprocess
import time
from pathlib import Path

from tests.real.portal.scene import brought, lies, opened
from tests.support.parts import need
from tests.support.serving import NAME, Serve
from tests.unit.estates.intake.scene import flats, package


def test_what_curl_uploads_is_brought_in_once_however_often_the_server_is_killed(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    login, password, folder = opened(server.installation)
    root = tmp_path / "root.pem"
    command = [str(need("curl")), "--silent", "--write-out", "%{http_code}", "--cacert", str(root)]
    command += ["--resolve", f"{NAME}:{server.port}:127.0.0.1"]

    def upload(name: str, content: bytes, word: str = password) -> str:
        (tmp_path / name).write_bytes(content)
        address = f"{server.url}/intake/{login}/{name}"
        arguments = ["--output", "/dev/null", "--user", f"{login}:{word}", "-T", f"{tmp_path}/{name}", address]
        return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False).stdout

    # Larger than a form: told to wait for the answer, or cut off, but never taken in from a stranger.
    assert upload("wrong.zip", bytes(20_000_000), "wrong") in {"401", "000"}
    assert upload("large.zip", bytes(20_000_000)) == "201"
    assert [upload(f"{number}.zip", package(flats(f"N{number}"))) for number in range(4)] == ["201"] * 4
    assert "large.zip" in lies(folder)
    assert "wrong.zip" not in lies(folder)
    server.forgive("a process ended and is started again")
    jobs = f"pgrep -P {server.process.pid}"
    for _ in range(4):
        time.sleep(random.uniform(2, 5))
        children = subprocess.run(jobs.split(), capture_output=True, text=True, check=True).stdout.split()
        subprocess.run(["kill", f"-{signal.SIGKILL.value}", children[-1]], check=True)
    rows = brought(server.installation, *(f"Haus N{number}" for number in range(4)))
    assert [row[:3] for row in rows] == [[f"{number}.zip", "done", "https"] for number in range(4)]
