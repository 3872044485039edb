"""File handles are raised to what the limits need; where that cannot be, the limits give way."""

import resource
import subprocess
import sys

import pytest

PROGRAM = """
import resource
from siegelpost.server import handles
from siegelpost.tls.front import Limits
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
found = handles.fit(Limits(), {doors})
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(found.connections, found.connections_per_address, found.plain_connections, found.bodies)
"""


def fit(soft: int, hard: int, doors: int = 1) -> tuple[int, list[int], list[str]]:
    """The soft limit afterwards, the limits on connections and bodies, and what was logged."""
    program = PROGRAM.format(soft=soft, hard=hard, doors=doors)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    lines = (ended.stdout + ended.stderr).splitlines()
    said = [line for line in lines if "file handles" in line]
    numbers = [line for line in lines if line not in said]
    return int(numbers[0]), [int(number) for number in numbers[1].split()], said


def test_they_are_raised_to_what_is_needed_and_no_further() -> None:
    """The soft limit stayed at a service manager's 1,024, and 1,255 idle connections made pages fail."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 12_000:
        pytest.skip("this machine gives fewer")
    soft, limits, said = fit(1_024, 12_000)
    assert limits == [8_192, 512, 1_024, 1_000]
    assert sum((limits[0], limits[2], limits[3])) < soft < 12_000
    assert said == []


@pytest.mark.parametrize("doors", [1, 2])
@pytest.mark.parametrize("there", [64, 1_024, 4_096])
def test_with_fewer_the_limits_fit_into_them_and_one_line_says_so(there: int, doors: int) -> None:
    soft, (connections, each, plain, bodies), said = fit(there, there, doors)
    assert soft == there
    assert doors * connections + plain + bodies < max(there, 64)
    assert 1 <= each <= connections / 4
    assert len(said) == 1
