"""The send guard: no link leaves while its recipient would meet a warning.

It asks the certificate doctor about the public address as a recipient would reach it. The answer is shared by all
processes and at most ten minutes old; a swap of the certificate makes it void at once.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from siegelpost.doctor.live import LiveReport, check, report_words
from siegelpost.office.models import Language, Office, WhenUnknown
from siegelpost.settings import Settings, load
from siegelpost.tls.store import Store

LONGEST_AGE = timedelta(minutes=10)
# A bad answer is asked again sooner: the office is waiting for it to turn green.
LONGEST_BAD_AGE = timedelta(minutes=1)
_KEY = "send-guard"


@dataclass(frozen=True, slots=True)
class BrowserWarning:
    """Why a recipient would meet a warning: what one browser says, why, and what to do; by language.

    ``browser`` is empty, and ``code`` the finding's own name, for what concerns all of them alike.
    """

    browser: str
    code: str
    cause: dict[str, str]
    remedy: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """What the doctor said: ``ok`` is None where it could not tell; ``ends`` is when visitors' browsers will begin to
    refuse what is served now, where that is known. ``unknown`` is what old knowledge cannot tell of what it calls good,
    each in both languages; sending goes on.
    """

    ok: bool | None
    address: str
    checked_at: datetime
    problems: list[BrowserWarning] = field(default_factory=list)
    ends: datetime | None = None
    unknown: list[dict[str, str]] = field(default_factory=list)

    @property
    def days_left(self) -> int | None:
        """Whole days until the certificate ends."""
        return (self.ends - timezone.now()).days if self.ends else None

    def allows(self, office: Office) -> bool:
        """Whether a new dispatch may go out now; in test operation always, and then it says so."""
        return office.test_operation or self.trusts(office)

    def trusts(self, office: Office) -> bool:
        """Whether a recipient meets no warning, as far as the office wants to know it.

        What was held as a real dispatch goes out by this alone: test operation must not let it slip out unmarked.
        """
        return bool(self.ok) or (self.ok is None and office.when_unknown == WhenUnknown.SEND)

    def lets(self, office: Office, *, test: bool) -> bool:
        """Whether a further link of a dispatch may go out now: of a real one by trust alone."""
        return self.trusts(office) or (test and self.allows(office))

    def as_json(self) -> dict[str, Any]:
        """For the cache, and for a dispatch that is held because of it."""
        ends = self.ends.isoformat() if self.ends else None
        return {**asdict(self), "checked_at": self.checked_at.isoformat(), "ends": ends}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "GuardVerdict":
        """What :meth:`as_json` gave."""
        return cls(
            ok=value["ok"],
            address=value["address"],
            checked_at=datetime.fromisoformat(value["checked_at"]),
            problems=[BrowserWarning(**problem) for problem in value["problems"]],
            ends=datetime.fromisoformat(value["ends"]) if value.get("ends") else None,
            unknown=value.get("unknown", []),
        )


def known() -> GuardVerdict | None:
    """What the doctor said of the public address a while ago, where that still holds; asks nobody."""
    return _kept(load(), Store(load().data / "tls").generation)


def _kept(settings: Settings, generation: int) -> GuardVerdict | None:
    kept = cache.get(_KEY)
    if not kept or kept["generation"] != generation or kept["address"] != settings.public_address:
        return None
    answer = GuardVerdict.from_json(kept["verdict"])
    age = timezone.now() - answer.checked_at
    return answer if timedelta() <= age < (LONGEST_AGE if answer.ok else LONGEST_BAD_AGE) else None


def verdict(*, fresh: bool = False) -> GuardVerdict:
    """What the doctor says of the public address; asks the network, so never call it inside a transaction.

    Args:
        fresh: do not take an answer from the cache.
    """
    settings = load()
    generation = Store(settings.data / "tls").generation
    if not fresh and (kept := _kept(settings, generation)):
        return kept
    answer = _ask(settings.public_address)
    cache.set(
        _KEY,
        {"generation": generation, "address": settings.public_address, "verdict": answer.as_json()},
        timeout=LONGEST_AGE.total_seconds(),
    )
    return answer


def report() -> LiveReport:
    """The doctor's whole report about the public address, for the page *Zertifikat*; asks the network."""
    settings = load()
    # Behind a proxy the public address shows the proxy's certificate, and that is as it should be.
    ours = [] if settings.trusted_proxies or settings.proxy_listen else Store(settings.data / "tls").current()
    return check(
        settings.public_address,
        local_roots=[root.read_bytes() for root in settings.trust_roots],
        resolve=settings.resolve,
        expected_fingerprints=[each.fingerprint for each in ours] or None,
        own_port=settings.port,
    )


def _ask(address: str) -> GuardVerdict:
    found = report()
    said = {language.value: report_words.as_json(found, language.value) for language in Language}
    ends = said[Language.GERMAN.value]["ends"]
    return GuardVerdict(
        ok=found.ok,
        address=address,
        checked_at=timezone.now(),
        problems=_problems(said),
        ends=datetime.fromisoformat(ends) if ends else None,
        unknown=[
            {language: report["unknown"][number]["text"] for language, report in said.items()}
            for number in range(len(said[Language.GERMAN.value]["unknown"]))
        ],
    )


def _problems(said: dict[str, dict[str, Any]]) -> list[BrowserWarning]:
    """What every browser would say, and what else would keep recipients from the page."""
    first = said[Language.GERMAN.value]
    problems = [
        BrowserWarning(
            browser=browser,
            code=verdict["code"] or "",
            cause={language: report["verdicts"][browser]["cause"] for language, report in said.items()},
            remedy={language: report["verdicts"][browser]["remedy"] for language, report in said.items()},
        )
        for browser, verdict in first["verdicts"].items()
        if not verdict["ok"]
    ]
    told = {problem.cause[Language.GERMAN.value] for problem in problems}
    return problems + [
        BrowserWarning(
            browser="",
            code=finding["id"],
            cause={language: report["findings"][number]["text"] for language, report in said.items()},
            remedy={language: report["findings"][number]["remedy"] for language, report in said.items()},
        )
        for number, finding in enumerate(first["findings"])
        if finding["severity"] == "bad" and finding["text"] not in told
    ]
