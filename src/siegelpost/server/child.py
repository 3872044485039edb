"""What a child process knows of the supervisor that forked it."""

import os
import struct
from contextlib import suppress
from dataclasses import dataclass

PID = struct.Struct("i")
# How long a child may take to finish what it has begun, in seconds.
GRACE = 20.0


@dataclass(frozen=True, slots=True)
class Child:
    """The ends of two pipes.

    Nothing is ever written to the ``lifeline``: it becomes readable when the supervisor is gone, by whatever death,
    and then the child has to end as well.
    """

    lifeline: int
    ready_pipe: int

    def ready(self) -> None:
        """Tell the supervisor that this child does its work now.

        A supervisor that has died meanwhile hears nothing; the lifeline tells the child to end.
        """
        with suppress(BrokenPipeError):
            os.write(self.ready_pipe, PID.pack(os.getpid()))  # short enough that the kernel keeps it in one piece
        os.close(self.ready_pipe)
