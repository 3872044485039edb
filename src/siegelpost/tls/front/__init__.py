"""The HTTPS front: accepts, peeks at the ClientHello, has the certificate chosen, speaks HTTP."""

from siegelpost.tls.front import plain
from siegelpost.tls.front.alerts import Refusal
from siegelpost.tls.front.contexts import ACME_TLS, ContextSource, server_context
from siegelpost.tls.front.handed_on import ProxyFront
from siegelpost.tls.front.http import HttpProtocol, Shared
from siegelpost.tls.front.limits import Limits
from siegelpost.tls.front.listener import Front

__all__ = [
    "ACME_TLS",
    "ContextSource",
    "Front",
    "HttpProtocol",
    "Limits",
    "ProxyFront",
    "Refusal",
    "Shared",
    "plain",
    "server_context",
]
