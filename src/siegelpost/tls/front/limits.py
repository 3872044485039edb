"""How long and how much a client may take before the front lets it go."""

from dataclasses import dataclass

from siegelpost.toolbox.limits import CONNECTION


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes; all hold per worker process."""

    handshake: float = 10  # from the accepted connection to the finished TLS handshake
    head: float = 15  # from a request's first byte (for the first request: the handshake) to the end of its headers
    idle: float = 60  # between two requests of one connection
    stall: float = 30  # without 1 KiB of a request's body, or without 16 KiB of an answer, getting through
    linger: float = 2  # for the last bytes of a client that was answered before it had finished
    head_size: int = 32_768
    head_fields: int = 100
    connections: int = 8_192
    connections_per_address: int = CONNECTION.most
