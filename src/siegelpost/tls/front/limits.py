"""How long and how much a client may take before the front lets it go."""

from dataclasses import dataclass

from siegelpost.toolbox.limits import BODIES_ON_DISK, CONNECTION, PLAIN_CONNECTION


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes; all but ``bodies`` hold per worker process.

    Each connection and each body on the disk takes a file handle: :mod:`siegelpost.server.handles` lowers the numbers
    where there are too few.
    """

    handshake: float = 10  # from the accepted connection to the finished TLS handshake
    head: float = 15  # from a request's first byte (for the first request: the handshake) to the end of its headers
    idle: float = 60  # between two requests of one connection
    stall: float = 30  # without 1 KiB of a request's body, or without 16 KiB of an answer, getting through
    linger: float = 2  # for the last bytes of a client that was answered before it had finished
    head_size: int = 32_768
    head_fields: int = 100
    field_size: int = 8_192  # of one field, repeated ones together
    # Of this one: what reads it takes the square of its length, 75 ms for 8 KiB. A boundary has 70 letters (RFC 2046).
    content_type_size: int = 1_024
    connections: int = 8_192
    connections_per_address: int = CONNECTION.most
    plain_connections: int = 1_024  # of the port that only redirects
    plain_connections_per_address: int = PLAIN_CONNECTION.most
    bodies: int = BODIES_ON_DISK.most  # large ones of strangers, on the disk until they are answered; of all workers
