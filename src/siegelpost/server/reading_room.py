"""The process in whose children strangers' bytes are read (:mod:`siegelpost.foreign`), as one of the server's."""

import os

from siegelpost.foreign.host import Host, load_readers
from siegelpost.foreign.room import Door
from siegelpost.server.child import Child

# Whoever answers people goes first.
_POLITENESS = 5


def run(door: Door, child: Child) -> None:
    """Hand what is to be read to children, until the supervisor asks to end or is gone."""
    ready, lifeline, inside = child.ready_pipe, child.lifeline, door.inside.fileno()
    os.nice(_POLITENESS)
    functions = load_readers()
    door.outside.close()
    # Neither the ports nor anything else of the server is within reach of what strangers' bytes may do.
    kept = sorted((ready, lifeline, inside))
    for low, high in zip([2, *kept], [*kept, os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)
    child.ready()
    Host(door.inside, functions, door.counts).run(lifeline)
