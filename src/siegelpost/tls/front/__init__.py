"""The HTTPS front: accepts, peeks at the ClientHello, has the certificate chosen, speaks HTTP."""

from siegelpost.tls.front import plain
from siegelpost.tls.front.alerts import Refusal
from siegelpost.tls.front.http import HttpProtocol, Shared
from siegelpost.tls.front.limits import Limits
from siegelpost.tls.front.listener import Front
from siegelpost.tls.front.proxy_front import ProxyFront
from siegelpost.tls.front.tls_context import ACME_TLS, ContextSource, server_context

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
