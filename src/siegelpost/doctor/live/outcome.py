"""How an attempt to speak with a server can end, from the first packet to the last byte of its certificate."""

from enum import StrEnum


class Outcome(StrEnum):
    ANSWERED = "answered"
    # no connection
    NO_ROUTE = "no_route"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    # a connection, and no TLS
    HANDSHAKE_TIMEOUT = "handshake_timeout"
    CLOSED = "closed"
    RESET = "reset"
    PLAIN_HTTP = "plain_http"
    OTHER_PROTOCOL = "other_protocol"
    ALERT = "alert"
    OLD_TLS = "old_tls"
    TOO_MUCH = "too_much"
    BROKEN = "broken"

    @property
    def connected(self) -> bool:
        return self not in (Outcome.NO_ROUTE, Outcome.CONNECT_REFUSED, Outcome.CONNECT_TIMEOUT)
