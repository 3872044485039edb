"""The office's certificate as FTPS wants it: the one that is active at the moment somebody comes."""

from datetime import UTC, datetime
from typing import cast

import structlog
from cryptography import x509
from OpenSSL import SSL
from OpenSSL.crypto import PKey

from siegelpost.certificates.installed import open_store
from siegelpost.settings import load
from siegelpost.tls.front.live_certificates import Choice
from siegelpost.tls.store import StoreError

log = structlog.get_logger(__name__)


class LiveContext:
    """A context that is built anew when another certificate is active, as after a renewal."""

    def __init__(self) -> None:
        self._store = open_store(load())
        self._ids: tuple[str, ...] = ()
        self._context: SSL.Context | None = None

    def now(self) -> SSL.Context:
        """The context for whoever comes now; where the new one cannot be read, that of before."""
        try:
            ids = Choice(self._store.current(), datetime.now(UTC)).ids(load().public_host, "")
            if ids != self._ids or self._context is None:
                self._context, self._ids = self._build(ids), ids
        except (StoreError, OSError, SSL.Error) as error:
            log.error("no certificate for FTPS could be loaded", reason=repr(error))
            if self._context is None:
                raise
        return self._context

    def _build(self, ids: tuple[str, ...]) -> SSL.Context:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
        for id in ids[:1]:
            leaf, *others = x509.load_pem_x509_certificates(self._store.chain_pem(id).encode())
            context.use_certificate(leaf)
            for each in others:
                context.add_extra_chain_cert(each)
            # What a certificate can have is all that the store takes in.
            context.use_privatekey(cast(PKey, self._store.private_key(id)))
        return context
