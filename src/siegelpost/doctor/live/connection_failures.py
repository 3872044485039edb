"""What a browser shows when it never gets as far as a certificate: dated data, tried with the real ones.

Chromium: net/base/net_error_list.h and net/ssl/openssl_ssl_util.cc. Firefox: nsINSSErrorsService, sslerr.h. Safari
shows a sentence and no code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.doctor.live.hello import TLS_1_2, Reply
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.policy import Browser

SAFARI_NO_CONNECTION = "Safari Can’t Establish a Secure Connection to the Server"
SAFARI_NOT_FOUND = "Safari Can’t Find the Server"


@dataclass(frozen=True, slots=True)
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

CLIENT = "ERR_BAD_SSL_CLIENT_AUTH_CERT"
HUNG_UP = "NS_ERROR_NET_RESET"

BY_OUTCOME: Mapping[Outcome, Stop] = MappingProxyType(
    {
        Outcome.PLAIN_HTTP: Stop(PROTOCOL, "SSL_ERROR_RX_RECORD_TOO_LONG"),
        Outcome.CLOSED: Stop("ERR_CONNECTION_CLOSED", HUNG_UP),
        Outcome.RESET: Stop("ERR_CONNECTION_RESET", HUNG_UP),
        Outcome.OLD_TLS: Stop(MISMATCH, "SSL_ERROR_UNSUPPORTED_VERSION"),
    }
)
"""Outcomes that are not here are no browser's refusal for sure: the verdict is then unknown."""

# Alerts (RFC 8446 § 6) that answer a ClientHello.
BY_ALERT: Mapping[int, Stop] = MappingProxyType(
    {
        0: Stop(PROTOCOL, HUNG_UP),
        10: Stop(PROTOCOL, "SSL_ERROR_HANDSHAKE_UNEXPECTED_ALERT"),
        20: Stop("ERR_SSL_BAD_RECORD_MAC_ALERT", "SSL_ERROR_BAD_MAC_ALERT"),
        22: Stop(PROTOCOL, "SSL_ERROR_RECORD_OVERFLOW_ALERT"),
        40: Stop(MISMATCH, "SSL_ERROR_NO_CYPHER_OVERLAP"),
        42: Stop(CLIENT, "SSL_ERROR_BAD_CERT_ALERT"),
        44: Stop(CLIENT, "SSL_ERROR_REVOKED_CERT_ALERT"),
        45: Stop(CLIENT, "SSL_ERROR_EXPIRED_CERT_ALERT"),
        46: Stop(CLIENT, "SSL_ERROR_CERTIFICATE_UNKNOWN_ALERT"),
        47: Stop(PROTOCOL, "SSL_ERROR_ILLEGAL_PARAMETER_ALERT"),
        48: Stop(CLIENT, "SSL_ERROR_UNKNOWN_CA_ALERT"),
        49: Stop(PROTOCOL, "SSL_ERROR_ACCESS_DENIED_ALERT"),
        50: Stop(PROTOCOL, "SSL_ERROR_DECODE_ERROR_ALERT"),
        51: Stop("ERR_SSL_DECRYPT_ERROR_ALERT", "SSL_ERROR_DECRYPT_ERROR_ALERT"),
        70: Stop(MISMATCH, "SSL_ERROR_PROTOCOL_VERSION_ALERT"),
        71: Stop(MISMATCH, "SSL_ERROR_INSUFFICIENT_SECURITY_ALERT"),
        80: Stop(PROTOCOL, "SSL_ERROR_INTERNAL_ERROR_ALERT"),
        86: Stop(PROTOCOL, "SSL_ERROR_INAPPROPRIATE_FALLBACK_ALERT"),
        90: Stop(PROTOCOL, "SSL_ERROR_USER_CANCELED_ALERT"),
        109: Stop(PROTOCOL, "SSL_ERROR_MISSING_EXTENSION_ALERT"),
        110: Stop(PROTOCOL, "SSL_ERROR_UNSUPPORTED_EXTENSION_ALERT"),
        112: Stop("ERR_SSL_UNRECOGNIZED_NAME_ALERT", "SSL_ERROR_UNRECOGNIZED_NAME_ALERT"),
        113: Stop(PROTOCOL, "SSL_ERROR_BAD_CERT_STATUS_RESPONSE_ALERT"),
        115: Stop(PROTOCOL, "SSL_ERROR_RX_UNKNOWN_ALERT"),
        116: Stop(CLIENT, "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT"),
        120: Stop(PROTOCOL, "SSL_ERROR_NEXT_PROTOCOL_NO_PROTOCOL"),
    }
)
OTHER_ALERT = Stop(PROTOCOL, "SSL_ERROR_RX_UNKNOWN_ALERT")

# The longest record that a Firefox reads.
_LONGEST_RECORD = 16_384 + 2_048


def stop_of(reply: Reply) -> Stop | None:
    """What stops a browser that got this reply to its ClientHello; None when nothing does, or it is not certain."""
    if reply.outcome is Outcome.ALERT and reply.alert is not None:
        return BY_ALERT.get(reply.alert, OTHER_ALERT)
    if reply.outcome is Outcome.OTHER_PROTOCOL:
        return Stop(PROTOCOL, _firefox_on_garbage(reply.greeting))
    if reply.version is not None and reply.version < TLS_1_2:
        return BY_OUTCOME[Outcome.OLD_TLS]
    return BY_OUTCOME.get(reply.outcome)


def _firefox_on_garbage(greeting: bytes) -> str:
    """Firefox reads whatever comes as a record's head, and waits for the rest of it before it complains."""
    size = int.from_bytes(greeting[3:5], "big")
    if size > _LONGEST_RECORD:
        return "SSL_ERROR_RX_RECORD_TOO_LONG"
    return HUNG_UP if len(greeting) < 5 + size else "SSL_ERROR_RX_UNKNOWN_RECORD_TYPE"
