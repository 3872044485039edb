"""Time and threads of one question to others: a deadline that every step shares, and work nobody waits for at exit."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Deadline:
    """A moment on the monotonic clock by which something must have ended."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + max(seconds, 0.0)

    def left(self) -> float:
        """Seconds that are left; never negative."""
        return max(self._end - time.monotonic(), 0.0)

    def need(self) -> float:
        """Seconds that are left, for a blocking call.

        Raises:
            TimeoutError: none is left.
        """
        left = self.left()
        if left <= 0:
            raise TimeoutError("out of time")
        return left

    def at_most(self, seconds: float) -> "Deadline":
        """The earlier of this deadline and one in ``seconds``."""
        return Deadline(min(self.left(), seconds))


def spawn(
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Future[Result]:
    """Run a function in a daemon thread: unlike an executor's, it never holds up the end of the program."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(function(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name=function.__name__, daemon=True).start()
    return future
