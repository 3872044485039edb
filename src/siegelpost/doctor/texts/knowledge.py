"""How old the doctor's knowledge is, in words."""

from datetime import datetime

from siegelpost.doctor.judgement import UnknownKind
from siegelpost.doctor.policy.knowledge import Knowledge
from siegelpost.doctor.texts.language import fill
from siegelpost.toolbox.words import Words

FRESH = Words(
    "Was der Doktor über Logbücher und Stellen weiß, ist vom {day}.",
    "What the doctor knows of logs and authorities is of {day}.",
)
OLD = Words(
    "Was der Doktor über Logbücher und Stellen weiß, ist vom {day} und damit {days} Tage alt. Was er nicht kennt, "
    "nennt er deshalb nicht mehr „warnt“, sondern „lässt sich nicht sagen“. Auf den neuesten Stand bringt ihn eine "
    "neuere Fassung oder: siegelpost doctor data --update DATEI (oder ADRESSE)",
    "What the doctor knows of logs and authorities is of {day}, which is {days} days ago. So he no longer says “warns” "
    "of what he does not know, but “cannot be told”. A newer version brings him up to date, or: siegelpost doctor data "
    "--update FILE (or ADDRESS)",
)
UNKNOWN = {
    UnknownKind.AUTHORITY: Words(
        "Ob Browser der Stelle „{authority}“ inzwischen das Vertrauen entzogen haben, lässt sich nicht sagen: Das "
        "Wissen des Doktors ist {days} Tage alt. Bis er neueres hat, gilt sie ihm als vertraut.",
        "Whether browsers have ceased to believe the authority “{authority}” meanwhile cannot be told: the doctor's "
        "knowledge is {days} days old. Until he has newer, he counts it as believed.",
    ),
    UnknownKind.RULES: Words(
        "Ob Browser inzwischen strengere Regeln für Zertifikate haben, lässt sich nicht sagen: Das Wissen des Doktors "
        "ist {days} Tage alt.",
        "Whether browsers have stricter rules for certificates meanwhile cannot be told: the doctor's knowledge is "
        "{days} days old.",
    ),
}
SHIPPED = Words("Es kam mit dieser Fassung.", "It came with this version.")
FETCHED = Words("Es kam mit einer Datei, deren Unterschrift stimmt.", "It came in a file whose signature is right.")
TAKEN_OVER = Words("Das neue Wissen gilt ab jetzt.", "The new knowledge holds from now on.")


def age(known: Knowledge, at: datetime, language: str) -> str:
    """Of what day it is, in one sentence; where that is long ago, what follows and what to do."""
    values = {"day": known.day, "days": known.age(at).days}
    return fill(OLD if known.is_old(at) else FRESH, language, values)
