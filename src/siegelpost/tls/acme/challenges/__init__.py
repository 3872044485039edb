"""Answers to an authority's validations, kept in shared storage so that every process of every node gives them."""

from contextlib import suppress

from siegelpost.tls.acme.challenges.http01 import tokens
from siegelpost.tls.acme.challenges.tlsalpn01 import challenge_contexts
from siegelpost.tls.store import Store

__all__ = ["challenge_contexts", "clear", "tokens"]


def clear(store: Store) -> None:
    """Take away what an order left that was killed; for whoever holds the lease, so that no other needs it."""
    with suppress(OSError):
        for file in (store.folder / "challenges").glob("*/*"):
            file.unlink(missing_ok=True)
