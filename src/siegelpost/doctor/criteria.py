"""The three questions of the old guides, as today's browsers mean them: name, date, authority."""

from collections.abc import Mapping

from siegelpost.doctor.case import Case
from siegelpost.doctor.judgement import Criterion, CriterionKind, Verdict
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.validity import longest_sold

# Fewer days than these are said aloud.
SOON = 30

ABOUT = {
    CriterionKind.NAME: {
        Cause.WRONG_NAME,
        Cause.NO_NAMES,
        Cause.ADDRESS_AS_NAME,
        Cause.TOO_WIDE_WILDCARD,
        Cause.UNUSABLE_NAME,
    },
    CriterionKind.DATE: {
        Cause.EXPIRED,
        Cause.NOT_YET_VALID,
        Cause.EXPIRED_ISSUER,
        Cause.NOT_YET_VALID_ISSUER,
        Cause.IMPOSSIBLE_DATES,
        Cause.VALID_TOO_LONG,
    },
    CriterionKind.AUTHORITY: {
        Cause.SELF_SIGNED,
        Cause.UNKNOWN_AUTHORITY,
        Cause.MISSING_INTERMEDIATE,
        Cause.BAD_SIGNATURE,
        Cause.NO_LONGER_TRUSTED,
        Cause.NO_AUTHORITY,
        Cause.OLD_AUTHORITY_FORM,
        Cause.PATH_TOO_LONG,
        Cause.ISSUER_KEY_USAGE,
        Cause.ISSUER_PURPOSE,
        Cause.NAMELESS_ISSUER,
    },
}


def criteria(case: Case, verdicts: Mapping[Browser, Verdict]) -> tuple[Criterion, ...]:
    """Each is met when no browser finds fault with it."""
    causes = {finding.cause for verdict in verdicts.values() for finding in verdict.findings}
    values: dict[str, object] = {"name": case.host.shown or case.host.text, "longest": longest_sold(case.at)}
    if case.leaf.dates is not None:
        first, last = case.leaf.dates
        left = (last - case.at).days
        values |= {"first": first, "last": last, "days": left, "soon": 0 <= left < SOON}
    values["issuer"] = case.leaf.issuer_text
    return tuple(Criterion(kind, not causes & about, values) for kind, about in ABOUT.items())


def unreadable() -> tuple[Criterion, ...]:
    """The answer about something that is no certificate."""
    return tuple(Criterion(kind, met=False) for kind in CriterionKind)
