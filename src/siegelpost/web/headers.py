"""The security headers of what the lane answers: as on Django's pages, from ``siegelpost/django_settings.py``."""

from csp.utils import build_policy
from django.conf import settings

Headers = list[tuple[bytes, bytes]]


def security_headers() -> Headers:
    """What every answer carries."""
    return [
        (b"content-security-policy", build_policy().encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
        (b"cross-origin-opener-policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY.encode()),
        (b"x-frame-options", settings.X_FRAME_OPTIONS.encode()),
    ]


HTML = (b"content-type", b"text/html; charset=utf-8")
TEXT = (b"content-type", b"text/plain; charset=utf-8")
# For every page behind a secret link: neither a browser nor anything between may keep it.
NO_STORE = (b"cache-control", b"no-store, private")
