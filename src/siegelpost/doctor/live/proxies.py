"""Who it is that answers in this server's place: itself, a reverse proxy, the router, or somebody else."""

from collections.abc import Collection
from hashlib import sha256

from siegelpost.doctor.der import DerError
from siegelpost.doctor.live.findings import FindingId, LiveFinding
from siegelpost.doctor.live.web import Head
from siegelpost.doctor.x509.certificate import parse

# What routers and storage boxes write into their own certificates and pages, lower case.
ROUTERS = (
    "fritz!box",
    "fritz.box",
    "myfritz",
    "speedport",
    "easybox",
    "vodafone",
    "digibox",
    "o2.box",
    "zyxel",
    "lancom",
    "bintec",
    "draytek",
    "mikrotik",
    "ubiquiti",
    "unifi",
    "netgear",
    "tp-link",
    "asus router",
    "synology",
    "qnap",
    "sophos",
    "sonicwall",
    "pfsense",
    "opnsense",
    "router",
)
# Header fields by which proxies and content networks give themselves away.
PROXY_FIELDS = ("via", "cf-ray", "x-served-by", "x-amz-cf-id", "x-cache", "x-akamai-transformed")
PROXY_SERVERS = ("cloudflare", "caddy", "traefik", "openresty", "haproxy", "envoy", "nginx", "apache", "cloudfront")


def who_answered(leaf: bytes, expected: Collection[str], head: Head | None, *, accepted: bool) -> LiveFinding:
    """Compare the certificate that came with those that this server has (SHA-256, hex, colons allowed)."""
    print_ = sha256(leaf).hexdigest()
    if print_ in {each.replace(":", "").lower() for each in expected}:
        return LiveFinding(FindingId.CERTIFICATE_OURS, {"fingerprint": print_})
    subject, issuer = _names(leaf)
    server = (head.first("server") or "" if head else "")[:80]
    facts = {"fingerprint": print_, "subject": subject, "issuer": issuer, "server": server}
    words = f"{subject} {issuer} {server}".lower()
    if any(word in words for word in ROUTERS):
        return LiveFinding(FindingId.CERTIFICATE_OF_ROUTER, facts)
    passed_on = head is not None and any(head.first(field) for field in PROXY_FIELDS)
    if accepted or passed_on or any(word in server.lower() for word in PROXY_SERVERS):
        return LiveFinding(FindingId.CERTIFICATE_OF_PROXY, facts)
    return LiveFinding(FindingId.CERTIFICATE_OTHER, facts)


def _names(leaf: bytes) -> tuple[str, str]:
    try:
        certificate = parse(leaf)
    except DerError:
        return "?", "?"
    return certificate.subject_text, certificate.issuer_text
