"""The form that every rule has, and how the one that holds is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar


class Browser(StrEnum):
    CHROMIUM = "chromium"
    FIREFOX = "firefox"
    SAFARI = "safari"

    @property
    def shown(self) -> str:
        return {"chromium": "Chrome", "firefox": "Firefox", "safari": "Safari"}[self]


class Scope(StrEnum):
    """Which chains a rule is about: those that end in a root every browser ships, or in one added locally."""

    PUBLIC = "public"
    LOCAL = "local"
    EVERY = "every"

    def covers(self, *, public: bool) -> bool:
        return self is Scope.EVERY or (self is Scope.PUBLIC) == public


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """``since`` is the first moment from which the rule holds (UTC); ``source`` says who laid it down, and where.

    Whether "since" is compared with the certificate's first day or with the moment of the visit is said by
    the table that the rule stands in.
    """

    browsers: frozenset[Browser] = frozenset(Browser)
    scope: Scope = Scope.EVERY
    since: datetime
    source: str


SomeRule = TypeVar("SomeRule", bound=Rule)


def newest(rules: Iterable[SomeRule], browser: Browser, *, public: bool, at: datetime) -> SomeRule | None:
    """Of the rules that speak of this browser and kind of chain and hold at this moment, the newest."""
    holding = (
        rule for rule in rules if browser in rule.browsers and rule.scope.covers(public=public) and rule.since <= at
    )
    return max(holding, key=lambda rule: rule.since, default=None)
