"""File handles: how many this process and its children may have, and what follows for limits (getrlimit(2)).

A service manager gives 1,024 unless told otherwise, and lets a process raise that by itself. With too few, whatever
opens a file next fails: a template as well as a connection.
"""

import resource
from contextlib import suppress
from dataclasses import replace

import structlog

from siegelpost.tls.front import Limits

log = structlog.get_logger(__name__)

# Of a worker beside connections and bodies: database, files, pipes, what Django's threads open.
_OWN = 400
# No source shall have more than this share of all connections, where they are few.
_SHARE = 4


def fit(limits: Limits, doors: int) -> Limits:
    """Raise the limit of file handles to what these limits need; if that cannot be, give lower ones that fit.

    Args:
        doors: how many listening sockets take ``limits.connections`` each.
    """
    wanted = doors * limits.connections + limits.plain_connections + limits.bodies + _OWN
    there = _raise(wanted)
    if there >= wanted:
        return limits
    share = max(0.0, (there - _OWN) / (wanted - _OWN))
    connections = max(_SHARE, int(limits.connections * share))
    plain = max(_SHARE, int(limits.plain_connections * share))
    lowered = replace(
        limits,
        connections=connections,
        connections_per_address=min(limits.connections_per_address, max(1, connections // _SHARE)),
        plain_connections=plain,
        plain_connections_per_address=min(limits.plain_connections_per_address, max(1, plain // _SHARE)),
        bodies=max(_SHARE, int(limits.bodies * share)),
    )
    log.warning(
        "few file handles: fewer visitors are let in at a time; raise LimitNOFILE= of the unit, or ulimit -n",
        handles=there,
        wanted=wanted,
        connections=lowered.connections,
        from_one_address=lowered.connections_per_address,
    )
    return lowered


def _raise(wanted: int) -> int:
    """How many there are now, of so many that are wanted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):  # the kernel allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return wanted if soft == resource.RLIM_INFINITY else soft
