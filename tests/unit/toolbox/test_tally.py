"""What each source holds, counted over processes."""

import os
from collections.abc import Callable

from siegelpost.toolbox.tally import Tally

FEW = {"each": 2, "together": 5}


def in_a_child(work: Callable[[], bool]) -> bool:
    """What this says in a process that was forked; what it took there it never gives back."""
    pid = os.fork()
    if not pid:
        os._exit(0 if work() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_source_has_its_share_and_all_have_theirs() -> None:
    tally = Tally()
    assert [tally.take("a", **FEW) for _ in range(3)] == [True, True, False]
    assert [tally.take(each, **FEW) for each in ("b", "b", "c", "d")] == [True, True, True, False]
    tally.give_back("b")
    assert tally.take("d", **FEW)
    assert (tally.held("a"), tally.held("b"), tally.held()) == (2, 1, 5)


def test_processes_count_together_and_a_dead_one_is_forgotten_when_its_place_is_taken() -> None:
    tally = Tally(2)

    def takes(times: int, *, sits: bool = False) -> Callable[[], bool]:
        def work() -> bool:
            if sits:
                tally.sit_down(1)
            return [tally.take("a", **FEW) for _ in range(times)] == [True] * times

        return work

    tally.sit_down(0)
    assert tally.take("a", **FEW)
    assert in_a_child(takes(1, sits=True))
    assert tally.held("a") == 2
    assert not tally.take("a", **FEW)
    assert in_a_child(takes(1, sits=True))
    assert tally.held("a") == 2


def test_no_two_processes_take_the_last_place() -> None:
    tally = Tally(8)
    children = []
    for place in range(8):
        pid = os.fork()
        if not pid:
            tally.sit_down(place)
            taken = sum(tally.take("a", each=100, together=1000) for _ in range(50))
            os._exit(taken)
        children.append(pid)
    counts = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    assert sum(counts) == 100 == tally.held("a")
