"""Roots that a browser still ships but no longer believes for new certificates."""

from dataclasses import dataclass

from siegelpost.tls.policy.rule import Rule, Scope


@dataclass(frozen=True, kw_only=True)
class Distrust(Rule):
    """`since` is compared with the certificate's first day (or its first log entry, which is never earlier).

    `roots` are SHA-256 fingerprints in hexadecimal.
    """

    scope: Scope = Scope.PUBLIC
    authority: str
    roots: frozenset[str]


DISTRUSTED: tuple[Distrust, ...] = ()
