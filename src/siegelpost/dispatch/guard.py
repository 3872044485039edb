"""The send guard: no link leaves while its recipient would meet a warning.

It asks the certificate doctor about the public address as a recipient would reach it. The answer is shared by all
processes and at most ten minutes old; a swap of the certificate makes it void at once.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from siegelpost import tls
from siegelpost.office.models import Language, Office, WhenUnknown
from siegelpost.settings import load

LONGEST_AGE = timedelta(minutes=10)
# A bad answer is asked again sooner: the office is waiting for it to turn green.
LONGEST_BAD_AGE = timedelta(minutes=1)
_KEY = "send-guard"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a recipient would meet a warning: what one browser says, why, and what to do; by language."""

    browser: str
    code: str
    cause: dict[str, str]
    remedy: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """What the doctor said: ``ok`` is None where it could not tell."""

    ok: bool | None
    address: str
    checked_at: datetime
    problems: list[Problem] = field(default_factory=list)

    def allows(self, office: Office) -> bool:
        """Whether a dispatch may go out now; in test operation always, and then it says so."""
        if office.test_operation or self.ok:
            return True
        return self.ok is None and office.when_unknown == WhenUnknown.SEND

    def to_json(self) -> dict[str, Any]:
        """For the cache, and for a dispatch that is held because of it."""
        return {**asdict(self), "checked_at": self.checked_at.isoformat()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "GuardVerdict":
        """What :meth:`to_json` gave."""
        return cls(
            ok=value["ok"],
            address=value["address"],
            checked_at=datetime.fromisoformat(value["checked_at"]),
            problems=[Problem(**problem) for problem in value["problems"]],
        )


def verdict(*, fresh: bool = False) -> GuardVerdict:
    """What the doctor says of the public address; asks the network, so never call it inside a transaction.

    Args:
        fresh: do not take an answer from the cache.
    """
    settings = load()
    generation = tls.Store(settings.data / "tls").generation
    known = cache.get(_KEY)
    if known and not fresh and known["generation"] == generation and known["address"] == settings.public_address:
        answer = GuardVerdict.from_json(known["verdict"])
        age = timezone.now() - answer.checked_at
        if timedelta() <= age < (LONGEST_AGE if answer.ok else LONGEST_BAD_AGE):
            return answer
    answer = _ask(settings.public_address)
    cache.set(
        _KEY,
        {"generation": generation, "address": settings.public_address, "verdict": answer.to_json()},
        timeout=LONGEST_AGE.total_seconds(),
    )
    return answer


def report() -> "tls.LiveReport":
    """The doctor's whole report about the public address, for the page *Zertifikat*."""
    settings = load()
    return tls.check(
        settings.public_address,
        local_roots=[root.read_bytes() for root in settings.trust_roots],
        resolve=settings.resolve,
    )


def _ask(address: str) -> GuardVerdict:
    found = report()
    return GuardVerdict(
        ok=found.ok,
        address=address,
        checked_at=timezone.now(),
        problems=[
            Problem(
                browser=one.browser,
                code=one.code or "",
                cause={language.value: one.cause(language.value) for language in Language},
                remedy={language.value: list(one.remedy(language.value)) for language in Language},
            )
            for one in found.refusals
        ],
    )
