"""Answers to an authority's validations, kept in shared storage so that every process of every node gives them."""

from siegelpost.tls.acme.challenges.http01 import tokens
from siegelpost.tls.acme.challenges.tlsalpn01 import challenge_contexts

__all__ = ["challenge_contexts", "tokens"]
