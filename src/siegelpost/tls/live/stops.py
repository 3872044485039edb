"""What a browser shows when it never gets as far as a certificate: dated data, tried with the real ones.

Chromium: net/base/net_error_list.h and net/ssl/openssl_ssl_util.cc. Firefox: nsINSSErrorsService, sslerr.h. Safari
shows a sentence and no code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.tls.live.hello import Reply
from siegelpost.tls.live.outcome import Outcome
from siegelpost.tls.policy import Browser

SAFARI_NO_CONNECTION = "Safari can’t establish a secure connection to the server"
SAFARI_NOT_FOUND = "Safari can’t find the server"


@dataclass(frozen=True)
class Stop:
    """The codes of one way to fail, by browser."""

    chromium: str
    firefox: str
    safari: str = SAFARI_NO_CONNECTION

    def of(self, browser: Browser) -> str:
        return {
            Browser.CHROMIUM: self.chromium,
            Browser.FIREFOX: self.firefox,
            Browser.SAFARI: self.safari,
        }[browser]


NO_SUCH_NAME = Stop("ERR_NAME_NOT_RESOLVED", "NS_ERROR_UNKNOWN_HOST", SAFARI_NOT_FOUND)
MISMATCH = "ERR_SSL_VERSION_OR_CIPHER_MISMATCH"
PROTOCOL = "ERR_SSL_PROTOCOL_ERROR"

BY_OUTCOME: Mapping[Outcome, Stop] = MappingProxyType(
    {
        Outcome.PLAIN_HTTP: Stop(PROTOCOL, "SSL_ERROR_RX_RECORD_TOO_LONG"),
        Outcome.CLOSED: Stop("ERR_CONNECTION_CLOSED", "PR_END_OF_FILE_ERROR"),
        Outcome.RESET: Stop("ERR_CONNECTION_RESET", "PR_CONNECT_RESET_ERROR"),
        Outcome.OLD_TLS: Stop(MISMATCH, "SSL_ERROR_UNSUPPORTED_VERSION"),
    }
)
"""Outcomes that are not here are no browser's refusal for sure: the verdict is then unknown."""
OTHER_PROTOCOL = Stop(PROTOCOL, "SSL_ERROR_RX_UNKNOWN_RECORD_TYPE")
BY_ALERT: Mapping[int, Stop] = MappingProxyType(
    {
        40: Stop(MISMATCH, "SSL_ERROR_NO_CYPHER_OVERLAP"),
        70: Stop(MISMATCH, "SSL_ERROR_PROTOCOL_VERSION_ALERT"),
        71: Stop(MISMATCH, "SSL_ERROR_INSUFFICIENT_SECURITY_ALERT"),
        80: Stop(PROTOCOL, "SSL_ERROR_INTERNAL_ERROR_ALERT"),
        112: Stop("ERR_SSL_UNRECOGNIZED_NAME_ALERT", "SSL_ERROR_UNRECOGNIZED_NAME_ALERT"),
    }
)
# The longest record a Firefox reads (RFC 8446 § 5.2, with room for older versions).
_LONGEST_RECORD = 16_384 + 2_048


def stop_of(reply: Reply) -> Stop | None:
    """What stops a browser that got this reply to its ClientHello; None when nothing does, or it is not certain."""
    if reply.outcome is Outcome.ALERT and reply.alert is not None:
        return BY_ALERT.get(reply.alert, Stop(PROTOCOL, "SSL_ERROR_HANDSHAKE_FAILURE_ALERT"))
    if reply.outcome is Outcome.OTHER_PROTOCOL:
        too_long = int.from_bytes(reply.greeting[3:5], "big") > _LONGEST_RECORD
        return BY_OUTCOME[Outcome.PLAIN_HTTP] if too_long else OTHER_PROTOCOL
    return BY_OUTCOME.get(reply.outcome)
