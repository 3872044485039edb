"""How a problem of an order is told: a sentence, what to do, whose turn it is; and what is said of several of them."""

from dataclasses import dataclass

from siegelpost.tls.acme.actors import Actor
from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class ProblemText:
    """One sentence that says what happened, what to do about it, most likely first, and whose turn it is."""

    sentence: Words
    remedies: tuple[Words, ...]
    actor: Actor


def problem(actor: Actor, de: str, en: str, *remedies: Words) -> ProblemText:
    """One line of the tables."""
    return ProblemText(Words(de, en), remedies, actor)


OTHER_AUTHORITY = Words(
    "Eine zweite Zertifizierungsstelle eintragen; sie springt ein, wenn die erste nicht kann.",
    "Enter a second authority; it steps in when the first cannot.",
)
AGAIN = Words("Danach „Jetzt versuchen“ wählen.", "Then choose “Try now”.")
OTHER_WAY = Words("Einen anderen Prüfweg erlauben.", "Allow another kind of challenge.")
