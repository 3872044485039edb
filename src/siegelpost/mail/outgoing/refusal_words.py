"""What Microsoft's and Google's mail servers mean by a refusal: their words, and what stands in the way."""

import re
from dataclasses import dataclass

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import Stage
from siegelpost.mail.outgoing.transitions import Answer

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """Words that name a cause; ``by_token``: only where a token was shown, or only where none was."""

    stages: frozenset[Stage]
    words: re.Pattern[str]
    cause: Cause
    by_token: bool | None = None


def _row(words: str, cause: Cause, *stages: Stage, by_token: bool | None = None) -> RefusalRow:
    pattern = re.compile(words, re.IGNORECASE | re.MULTILINE)
    return RefusalRow(frozenset(stages or (Stage.AUTH,)), pattern, cause, by_token)


def _behind(number: str, words: str) -> str:
    """Words behind a number in the same line; only behind the first, so a line full of numbers is read once."""
    return rf"^(?>.*?{number} ).*(?:{words})"


# The first that fits. Microsoft's are answers of smtp.office365.com, Google's of smtp.gmail.com, as of November 2026.
ROWS = (
    _row(r"SmtpClientAuthentication is disabled", Cause.SMTP_AUTH_OFF),
    _row(
        _behind(r"5\.7\.139", "basic authentication is disabled|security defaults"), Cause.PASSWORD_OFF, by_token=False
    ),
    _row(_behind(r"5\.7\.139", "did not meet the criteria|conditional access"), Cause.CONDITIONAL),
    _row(r"5\.7\.(30|139) ", Cause.PASSWORD_OFF, by_token=False),
    _row(r"5\.7\.9 |application-specific password", Cause.APP_PASSWORD, by_token=False),
    _row(_behind(r"5\.7\.8", "gsmtp|google"), Cause.APP_PASSWORD, by_token=False),
    _row(r"5\.7\.60 |SendAsDenied", Cause.SEND_AS, Stage.MAIL, Stage.DATA, Stage.ANSWER),
    # Whatever is left: "5.7.3 Authentication unsuccessful" of Microsoft, "5.7.8 not accepted" of Google.
    _row(r"", Cause.TOKEN_REFUSED, by_token=True),
)


def cause_of(stage: Stage, answer: Answer, *, by_token: bool = False) -> Cause | None:
    """What the answer to a refused step names; None where it is no refusal for good, or its words are not known."""
    if answer.code is None or answer.code < 500:
        return None
    text = answer.text[:_LONGEST]
    return next(
        (
            row.cause
            for row in ROWS
            if stage in row.stages and row.by_token in (None, by_token) and row.words.search(text)
        ),
        None,
    )
