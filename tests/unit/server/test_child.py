"""What a child does when its supervisor is gone."""

import os
from contextlib import suppress

from siegelpost.server.child import PID, Child


def test_a_child_tells_its_supervisor_that_it_is_ready() -> None:
    heard, said = os.pipe()
    Child(-1, said).ready()
    assert PID.unpack(os.read(heard, PID.size)) == (os.getpid(),)
    os.close(heard)


def test_a_supervisor_that_died_meanwhile_is_no_failure_of_the_child() -> None:
    heard, said = os.pipe()
    os.close(heard)
    Child(-1, said).ready()
    with suppress(OSError):
        os.close(said)
