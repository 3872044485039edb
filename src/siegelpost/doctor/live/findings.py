"""Everything a live check can find, as a table: what it is called and how grave it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from siegelpost.doctor.live.outcome import Outcome

Facts = Mapping[str, Any]


class Severity(StrEnum):
    """``BAD``: recipients are stopped or warned. ``WARN``: it works, and should be put right. ``UNKNOWN``: cannot be
    known from here; the text says how to find out.
    """

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


class FindingId(StrEnum):
    # the name
    NAME_PUBLIC = "name_public"
    NAME_DYNAMIC = "name_dynamic"
    NAME_UMLAUT = "name_umlaut"
    NAME_PUBLIC_ADDRESS = "name_public_address"
    NAME_PRIVATE_ADDRESS = "name_private_address"
    NAME_LOCALHOST = "name_localhost"
    NAME_SINGLE_LABEL = "name_single_label"
    NAME_ROUTER = "name_router"
    NAME_MULTICAST = "name_multicast"
    NAME_HOME = "name_home"
    NAME_RESERVED = "name_reserved"
    NAME_UNKNOWN_ENDING = "name_unknown_ending"
    TARGET_UNREADABLE = "target_unreadable"
    # where it leads
    DNS_FOUND = "dns_found"
    DNS_GIVEN = "dns_given"
    DNS_HOSTS_FILE = "dns_hosts_file"
    DNS_NO_SUCH_NAME = "dns_no_such_name"
    DNS_NO_ADDRESS = "dns_no_address"
    DNS_LOOP = "dns_loop"
    DNS_FAILED = "dns_failed"
    DNS_CHANGING = "dns_changing"
    ADDRESS_PRIVATE = "address_private"
    ADDRESS_PRIVATE_NOT_ASKED = "address_private_not_asked"
    # each address
    ADDRESS_ANSWERS = "address_answers"
    ADDRESS_SILENT = "address_silent"
    AAAA_LEADS_NOWHERE = "aaaa_leads_nowhere"
    AAAA_NOT_TESTABLE = "aaaa_not_testable"
    ADDRESSES_DIFFER = "addresses_differ"
    PORT_OPEN_HERE = "port_open_here"
    PORT_CLOSED_HERE = "port_closed_here"
    OUTSIDE_UNKNOWN = "outside_unknown"
    # the handshake
    PLAIN_HTTP = "plain_http"
    OTHER_PROTOCOL = "other_protocol"
    HANDSHAKE_REFUSED = "handshake_refused"
    HANDSHAKE_CUT = "handshake_cut"
    HANDSHAKE_SLOW = "handshake_slow"
    HANDSHAKE_BROKEN = "handshake_broken"
    TOO_MUCH = "too_much"
    TLS_OLD_ONLY = "tls_old_only"
    TLS_GOOD = "tls_good"
    TLS_OLD_OFFERED = "tls_old_offered"
    TLS_1_3_MISSING = "tls_1_3_missing"
    SUITES_BROKEN = "suites_broken"
    SUITES_DATED = "suites_dated"
    TLS_NOT_MEASURED = "tls_not_measured"
    TLS_HYBRID = "tls_hybrid"
    TLS_NO_HYBRID = "tls_no_hybrid"
    # the certificate
    CERTIFICATE_OURS = "certificate_ours"
    CERTIFICATE_OF_PROXY = "certificate_of_proxy"
    CERTIFICATE_OF_ROUTER = "certificate_of_router"
    CERTIFICATE_OTHER = "certificate_other"
    CHAIN_INCOMPLETE = "chain_incomplete"
    CHAIN_NOT_FETCHABLE = "chain_not_fetchable"
    # the web server
    REDIRECT_TO_HTTP = "redirect_to_http"
    REDIRECT_ELSEWHERE = "redirect_elsewhere"
    NO_HTTP = "no_http"
    HSTS = "hsts"
    HSTS_MISSING = "hsts_missing"
    HSTS_WITH_REFUSED = "hsts_with_refused"
    CLOCK_RIGHT = "clock_right"
    CLOCK_WRONG = "clock_wrong"
    CLOCK_DIFFERS = "clock_differs"
    CLOCK_UNKNOWN = "clock_unknown"
    # getting the next certificate
    CAA_NONE = "caa_none"
    CAA_ALLOWS = "caa_allows"
    CAA_FORBIDS = "caa_forbids"
    CAA_UNKNOWN = "caa_unknown"
    DNSSEC_GOOD = "dnssec_good"
    DNSSEC_UNSIGNED = "dnssec_unsigned"
    DNSSEC_BROKEN = "dnssec_broken"
    DNSSEC_UNKNOWN = "dnssec_unknown"


_BY_SEVERITY = {
    Severity.OK: """name_public name_umlaut dns_found dns_given address_answers port_open_here tls_good
        tls_hybrid tls_no_hybrid
        certificate_ours hsts clock_right caa_none caa_allows dnssec_good dnssec_unsigned""",
    Severity.BAD: """dns_no_such_name dns_no_address dns_loop plain_http other_protocol
        handshake_refused handshake_cut tls_old_only chain_incomplete""",
    Severity.UNKNOWN: """target_unreadable dns_failed address_private_not_asked address_silent aaaa_not_testable
        outside_unknown handshake_slow handshake_broken too_much tls_not_measured chain_not_fetchable no_http
        clock_unknown caa_unknown dnssec_unknown""",
}
_LISTED = {FindingId(name): severity for severity, names in _BY_SEVERITY.items() for name in names.split()}
SEVERITIES: Mapping[FindingId, Severity] = MappingProxyType(
    {each: _LISTED.get(each, Severity.WARN) for each in FindingId}
)


@dataclass(frozen=True, slots=True)
class LiveFinding:
    """One thing that was found. ``facts`` fill the placeholders of its text and go into the JSON as they are."""

    id: FindingId
    facts: Facts = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.id]


FAILED_HANDSHAKES: Mapping[Outcome, FindingId] = MappingProxyType(
    {
        Outcome.PLAIN_HTTP: FindingId.PLAIN_HTTP,
        Outcome.OTHER_PROTOCOL: FindingId.OTHER_PROTOCOL,
        Outcome.ALERT: FindingId.HANDSHAKE_REFUSED,
        Outcome.CLOSED: FindingId.HANDSHAKE_CUT,
        Outcome.RESET: FindingId.HANDSHAKE_CUT,
        Outcome.HANDSHAKE_TIMEOUT: FindingId.HANDSHAKE_SLOW,
        Outcome.TOO_MUCH: FindingId.TOO_MUCH,
        Outcome.BROKEN: FindingId.HANDSHAKE_BROKEN,
        Outcome.OLD_TLS: FindingId.TLS_OLD_ONLY,
    }
)
