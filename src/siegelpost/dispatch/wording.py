"""What the agent writes, with placeholders such as ``{Nachname}``, and the words that stand in their places.

Each recipient is written to in words of their own: the places are filled when it is frozen. A placeholder that nobody
knows, and one for which nothing is entered, is said before; neither is ever sent.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from types import MappingProxyType

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts.models import Contact, Salutation
from siegelpost.estates.expose import title_before
from siegelpost.estates.figures import money
from siegelpost.estates.models import Estate
from siegelpost.office.models import Agent, Language, Office
from siegelpost.toolbox.language import active_language

LONGEST_SUBJECT = 200
# Words of one line and the braces around them; a placeholder has exactly one on either side.
_PIECE = re.compile(r"(\{*)([^{}\n]*)(\}*)")
# As other programs and our own legal texts write them: taken for a placeholder where the name is a known one.
_IN_OTHER_BRACKETS = re.compile(r"\[[^\[\]\n]{1,30}\]|<[^<>\n]{1,30}>")
_LONGEST_QUOTE = 60
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class About:
    """Who writes to whom, about what."""

    office: Office
    agent: Agent
    contact: Contact
    estates: Sequence[Estate] = ()


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One that is known: its name in both languages, what it says, and the words it stands for, empty if none."""

    name: str
    english: str
    meaning: Promise
    words: Callable[[About], str]

    @property
    def shown(self) -> str:
        """As it is written in the active language; in texts both names are known, whatever their language."""
        return "{" + (self.english if active_language() == "en" else self.name) + "}"


def _salutation(about: About) -> str:
    return str(Salutation(about.contact.salutation).label) if about.contact.salutation else ""


def _each(about: About, said: Callable[[Estate], str]) -> str:
    """Of several properties, one after the other; empty where one of them says nothing."""
    found = [said(estate) for estate in about.estates]
    return " · ".join(dict.fromkeys(found)) if all(found) else ""


def _price(estate: Estate) -> str:
    if estate.price_on_request:
        return _("auf Anfrage")
    if estate.is_purchase:
        return money(estate.price, estate.currency) if estate.price else ""
    rent = estate.rent_cold or estate.rent_warm
    return _("%(rent)s im Monat") % {"rent": money(rent, estate.currency)} if rent else ""


PLACEHOLDERS = (
    Placeholder("Anrede", "Title", gettext_lazy("Frau oder Herr"), _salutation),
    Placeholder("Vorname", "First name", gettext_lazy("Vorname"), lambda about: about.contact.first_name),
    Placeholder("Nachname", "Last name", gettext_lazy("Nachname"), lambda about: about.contact.last_name),
    Placeholder("Name", "Full name", gettext_lazy("Vor- und Nachname, oder Firma"), lambda a: a.contact.full_name),
    Placeholder("Firma", "Company", gettext_lazy("Firma"), lambda about: about.contact.company),
    Placeholder("Objekt", "Property", gettext_lazy("Titel des Objekts"), lambda about: _each(about, title_before)),
    Placeholder(
        "Objektnummer",
        "Property number",
        gettext_lazy("Objektnummer"),
        lambda about: _each(about, lambda estate: estate.external_no),
    ),
    Placeholder("Ort", "Town", gettext_lazy("Ort des Objekts"), lambda about: _each(about, lambda one: one.city)),
    Placeholder("Preis", "Price", gettext_lazy("Kaufpreis oder Miete"), lambda about: _each(about, _price)),
    Placeholder("Agentin", "Agent", gettext_lazy("Ihr Name"), lambda about: about.agent.name),
    Placeholder("Telefon", "Phone", gettext_lazy("Ihr Telefon"), lambda about: about.agent.phone or about.office.phone),
    Placeholder("Büro", "Office", gettext_lazy("Name des Büros"), lambda about: about.office.name),
    Placeholder(
        "Datum", "Date", gettext_lazy("Tag der Sendung"), lambda about: date_format(timezone.localdate(), "DATE_FORMAT")
    ),
)
# People of the trade say it in more than one way.
_ALSO = {"makler": "Agentin", "maklerin": "Agentin", "makler/in": "Agentin", "agent": "Agentin", "titel": "Objekt"}
_KNOWN: Mapping[str, Placeholder] = MappingProxyType(
    {name.casefold(): one for one in PLACEHOLDERS for name in (one.name, one.english)}
    | {said: next(one for one in PLACEHOLDERS if one.name == name) for said, name in _ALSO.items()}
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and message as they go out, and what keeps them from it, in the reader's language."""

    subject: str
    message: str
    reasons: Sequence[str]


def filled(subject: str, message: str, about: About, language: Language) -> Wording:
    """The words for one recipient, in the letter's language; what is put in is not looked through again."""
    with translation.override(language):
        words = {name: one.words(about).strip() for name, one in _named([subject, message]).items()}
    reasons = unknown(subject, message)
    reasons += [
        _("Für {%(name)s} ist bei „%(contact)s“ nichts einzusetzen: Tragen Sie es nach, oder streichen Sie es.")
        % {"name": name.strip(), "contact": about.contact}
        for name, said in words.items()
        if not said
    ]
    made = Wording(_put(subject, words), _put(message, words), reasons)
    if len(made.subject) > LONGEST_SUBJECT and len(subject) <= LONGEST_SUBJECT:
        reasons.append(
            _("Mit dem, was eingesetzt wird, ist der Betreff länger als %(most)d Zeichen.") % {"most": LONGEST_SUBJECT}
        )
    return made


def kept(written_subject: str, written_message: str, subject: str, message: str) -> dict[str, str]:
    """What a dispatch keeps of its words: as they went out, and as they were written where that is another thing."""
    as_written = (written_subject, written_message) != (subject, message)
    return {
        "subject": subject,
        "message": message,
        "written_subject": written_subject if as_written else "",
        "written_message": written_message if as_written else "",
    }


def digest(subject: str, message: str) -> str:
    """Of the words as they were written: by it a form says which ones its preview has shown."""
    lines = "\n".join([subject.strip(), message.replace("\r\n", "\n").strip()])
    return hashlib.sha256(lines.encode()).hexdigest()


def unknown(*texts: str) -> list[str]:
    """What is written like a placeholder and is none, or none as it is written, each with a remedy, in the active
    language.
    """
    return [_unknown(one) for one in dict.fromkeys(one for text in texts for one in _not_filled(text))]


def _not_filled(text: str) -> Iterator[str]:
    """Each that would go out as it is written: of an unknown name, or with a brace too many or too few."""
    for opening, words, closing in _PIECE.findall(text):
        if not (opening or closing):
            continue
        beside = words if opening else _last_words(words)
        is_place = (opening, closing) == ("{", "}") and _key(words) in _KNOWN
        # Braces without words are no placeholder: some people smile with them.
        if not is_place and any(map(str.isalnum, beside)):
            yield opening + beside + closing
    yield from (one for one in _IN_OTHER_BRACKETS.findall(text) if _key(one[1:-1]) in _KNOWN)


def _last_words(words: str) -> str:
    """What stands before a brace that nothing opened: a name of several words, or else the last word."""
    found = words.split()
    names = [" ".join(found[-most:]) for most in (2, 1)]
    return next((name for name in names if _key(name) in _KNOWN), names[-1])


def _unknown(written: str) -> str:
    shown = written if len(written) <= _LONGEST_QUOTE else written[:_LONGEST_QUOTE] + "…"
    if _PIECE.fullmatch(written) and written.count("{") == written.count("}") == 1:
        said = _("Den Platzhalter %(name)s gibt es nicht.") % {"name": shown}
    else:
        said = _("„%(words)s“ ginge so hinaus: Ein Platzhalter steht in genau einem Paar geschweifter Klammern.")
        said %= {"words": shown}
    if near := _nearest(written.strip("{}[]<>")):
        return f"{said} " + _("Meinen Sie %(name)s?") % {"name": near.shown}
    return f"{said} " + _("Schreiben Sie es ohne geschweifte Klammern, oder wählen Sie einen, den es gibt.")


def _nearest(name: str) -> Placeholder | None:
    """What was meant: the name most like all that was written, else the first that stands in it."""
    words = [each for each in re.split(r"[\W_]+", name.casefold()) if each][:_MOST_WORDS]
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    near = get_close_matches(_key(name)[:_LONGEST_QUOTE], _KNOWN, n=1, cutoff=0.6)
    found = [*near, *(each for each in (*pairs, *words) if each in _KNOWN), *(get_close_matches(words[0], _KNOWN, n=1))]
    return _KNOWN[found[0]] if found else None


def _named(texts: Iterable[str]) -> dict[str, Placeholder]:
    """The known placeholders of these texts, by the name they have there."""
    names = dict.fromkeys(
        words for text in texts for opening, words, closing in _PIECE.findall(text) if (opening, closing) == ("{", "}")
    )
    return {name: _KNOWN[key] for name in names if (key := _key(name)) in _KNOWN}


def _put(text: str, words: Mapping[str, str]) -> str:
    def put_in(found: re.Match[str]) -> str:
        return words.get(found[2], found[0]) if (found[1], found[3]) == ("{", "}") else found[0]

    return _PIECE.sub(put_in, text)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
