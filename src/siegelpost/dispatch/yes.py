"""What counts as an order, a yes or a no in an answer by mail, in German and English: closed lists, and nothing beside.

A contract is made by an unmistakable yes only. So the *whole* of what somebody wrote has to be one sentence of a list;
around it may stand a greeting, thanks, a closing line and names, each of a list as well. One word more, or a sign that
is no plain punctuation, and nothing was declared: "Ja, aber …", "Ja?", "Ja 👎", "PS: …".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from siegelpost.folding import fold
from siegelpost.office.labels import ORDER_LABELS


class Answer(StrEnum):
    """What somebody's own words mean."""

    ORDER = "order"  # names the duty to pay in so many words (§ 312j (3) BGB)
    YES = "yes"
    NO = "no"
    WITHDRAWAL = "withdrawal"  # speaks of one
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class People:
    """Whose names may stand around an answer: of its writer, and of those who are greeted."""

    writer: tuple[str, ...]
    greeted: tuple[str, ...] = ()


def _one_of(*phrases: str) -> str:
    """A pattern of these phrases; a word in brackets may be missing, words with strokes between are alternatives."""
    return "(?:" + "|".join(filter(None, map(_phrase, phrases))) + ")"


def _phrase(phrase: str) -> str:
    # Each word takes its blank along, so that one that may be missing takes it away.
    return "".join(
        f"(?:{_word(word.strip('()'))})?" if word.startswith("(") else _word(word) for word in phrase.split()
    )


def _word(word: str) -> str:
    return "(?:" + "|".join(fold(one) for one in word.split("|")) + ") "


_PAID = "zahlungspflichtig|kostenpflichtig|provisionspflichtig"
_PAID_FOR = "zahlungspflichtigen|kostenpflichtigen|provisionspflichtigen"
# What is ordered, where somebody names it; "Exposé" is how people call all of it.
_WHAT = "(das) (exposé) (die) (ihre) (den) (vermittlung) (nachweis) (maklerleistung) (leistung) (sie) (dies) (das)"
_HOW = "(hiermit) (jetzt) (gern|gerne) (gleich) (verbindlich) (und)"
_AGREE = "(ja|jawohl|gern|gerne|einverstanden|yes|ok) (bitte|gern|gerne|einverstanden|please)"
_ORDER_IT = "(hereby) order (the) (exposé) (this) (it) (now) (bindingly)"
_ORDER = "bestelle|bestellen|beauftrage|beauftragen"
_TO_PAY = "with (an|the) obligation|duty to pay (the|a) (commission)"
_ORDERS = _one_of(
    f"{_AGREE} (hiermit) (ich|wir) {_HOW} {_ORDER} (hiermit) {_WHAT} {_HOW} {_PAID} {_WHAT}",
    f"{_AGREE} hiermit|gern|gerne {_ORDER} ich|wir {_WHAT} {_HOW} {_PAID} {_WHAT}",
    f"ja (bitte) ich|wir möchte|möchten|will|wollen {_WHAT} {_HOW} {_PAID} bestellen|beauftragen",
    f"{_AGREE} (ich|wir) {_HOW} erteile|erteilen (ihnen) {_HOW} den {_PAID_FOR} auftrag|maklerauftrag",
    f"{_AGREE} (ich|wir) {_HOW} schließe|schließen (mit) (ihnen) {_HOW} den|einen {_PAID_FOR} vertrag|maklervertrag",
    f"{_AGREE} {_PAID} bestellen|beauftragen|bestellt|beauftragt",
    f"(yes) (please) i|we (hereby) (do) {_ORDER_IT} {_TO_PAY}",
    f"(yes) (please) i|we (would|d) like|want|wish to {_ORDER_IT} {_TO_PAY}",
    f"(yes) (please) i|we (hereby) place the|an|my|our order {_TO_PAY}",
    f"(yes) (please) i|we (hereby) conclude the|a contract {_TO_PAY}",
    *(f"(ja|yes) {label}" for labels in ORDER_LABELS.values() for label in labels),
)
_YESES = _one_of(
    "ja (bitte|gern|gerne|sehr|unbedingt|einverstanden|danke) (gern|gerne)",
    "(ja) (ich|wir) (bin|sind) einverstanden",
    "ja (hiermit) ich|wir (hiermit) bestelle|bestellen (das) (exposé) (hiermit) (verbindlich)",
    "(ja) ich|wir (hiermit) beauftrage|beauftragen sie (hiermit) (verbindlich)",
    "(ja) hiermit beauftrage|beauftragen ich|wir sie",
    "(ja) ich|wir erteile|erteilen (ihnen) (hiermit) den auftrag",
    "ja (ich|wir) nehme|nehmen (das) (angebot) (ihr) (angebot) an",
    "ja (ich|wir) stimme|stimmen zu",
    "yes (please|gladly|certainly|thanks)",
    "yes i|we (do) agree|accept|order",
    "(yes) i|we (hereby) engage|instruct you",
)
_NOES = _one_of(
    "nein (danke|bitte)",
    "(nein) (leider) nein (danke)",
    "nein vielen|besten|herzlichen dank",
    "danke nein",
    "nein leider (nicht)",
    "(nein) (danke) (leider) (doch) (ich|wir) (habe|haben) (leider) (doch) kein interesse (mehr) (daran) (danke)",
    "(nein) (danke) (das) möchte|möchten|will|wollen ich|wir (das) (lieber) (doch) nicht (bestellen)",
    "(nein) (danke) ich|wir möchte|möchten|will|wollen (das) (lieber) (doch) nicht (bestellen|beauftragen)",
    "(nein) (danke) ich|wir möchte|möchten|will|wollen nichts|keinen (bestellen) (auftrag) (erteilen)",
    "(nein) (danke) ich|wir bestelle|bestellen (das) (exposé) (doch) nicht|nichts (zahlungspflichtig) (mehr)",
    "(nein) (danke) ich|wir beauftrage|beauftragen sie nicht",
    "(nein) (danke) ich|wir lehne|lehnen (das) (angebot) (ihr) (angebot) (dankend) ab",
    "(nein) (danke) ich|wir verzichte|verzichten (darauf) (dankend)",
    "(nein) (danke) (das|die) (sache|anfrage) hat sich (leider) (bereits|schon|inzwischen) erledigt",
    "(nein) (danke) ich|wir suche|suchen nicht|nichts mehr",
    "(nein) (danke) ich|wir habe|haben (uns) (mich) (inzwischen|bereits|schon) (etwas) anderes gefunden",
    "(nein) (danke) (das) (passt|kommt) (für) (mich|uns) (leider) nicht (in) (frage)",
    "no (sorry) (thanks|thank) (you) (very) (much)",
    "(no) (sorry) (thanks|thank) (you) (i|we) (am|m|are|re) not|no (longer) interested (any) (more) (anymore)",
    "(no) (sorry) (thanks|thank) (you) (i|we) (have) no (longer) (any) interest (any) (more) (anymore)",
    "(no) (thanks|thank) (you) i|we do|will not (want|wish) (to) order|accept (it|this)",
    "(no) (thanks|thank) (you) i|we don|won t (want|wish) (to) order|accept (it|this)",
    "(no) (thanks|thank) (you) i|we decline|refuse (the) (your) (offer)",
)
_GREETINGS = _one_of(
    *("hallo|hi|hey|moin|servus|dear|hello|liebe|lieber|liebes|werte|werter (moin)", "grüß gott|dich|sie", "grüezi"),
    *("guten|schönen tag|morgen|abend", "guten", "sehr geehrte|geehrter|geehrtes|verehrte|verehrter"),
    *("good morning|afternoon|evening|day",),
)
_ADDRESSED = _one_of(
    *(
        "frau|herr|herrn|dr|prof|ms|mrs|mr|miss|sir|madam|team|zusammen|all|together|makler|maklerin|liebe|lieber|liebes",
    ),
    *("sehr geehrte|geehrter|geehrtes", "damen und herren", "sir or madam", "und|and|von|vom|of", "in die runde"),
)
_FOR_IT = "für (die|das|ihre|den|ihr) (e) nachricht|mail|email|exposé|unterlagen|mühe|angebot|anruf"
_THANKS = _one_of(
    "(ganz) (vielen|besten|herzlichen|lieben|schönen) dank (im) (voraus) (dafür)",
    f"vielen|besten|herzlichen dank {_FOR_IT}",
    "danke (schön|sehr|ihnen|vielmals) (im) (voraus)",
    f"danke {_FOR_IT}",
    "thanks|thank (you) (a) (very) (lot|much) (in) (advance)",
    "many thanks",
    "thanks|thank (you) (very) (much) for (the|your) mail|email|message|offer|help",
)
_CLOSINGS = _one_of(
    "(mit) (ganz) (vielen|viele) freundlichen|freundlichem|freundliche|freundlicher|vielen|viele|besten|beste|bestem"
    "|lieben|liebe|liebem|herzlichen|herzliche|herzlichem|schönen|schöne|sonnigen|sonnige|nette|netten (lieben|liebe)"
    " grüßen|gruß|grüße",
    *("mfg", "lg", "vg", "bg", "hg", "gruß", "grüße", "hochachtungsvoll", "bis bald", "ihr|ihre"),
    *("(einen) schönen|schöner tag|abend (noch)", "schönes wochenende", "kind|best|warm|many|with (kind|best) regards"),
    *("regards", "best", "best wishes", "all the best", "cheers", "(yours) sincerely|faithfully|truly (yours)"),
    *("kind|many|best greetings", "yours"),
)
# Signs that only set words apart; of dots several in a row say that somebody wavers.
_PLAIN = frozenset(".!,-–—‐‑'\"„“”‚‘’«»‹›")
_UNSEEN = frozenset("\u200b\ufeff\u00ad")
_WAVERS = re.compile(r"\.\s*\.")
_LONGEST = 3000
# Words that speak of taking back, whatever stands around them; rather once too often.
# What is said to have been ended is a withdrawal only of a contract or an order: people's flats are ended, too.
_WITHDRAWS = re.compile(
    r"wi(?:e)?derr?uf|\bstorn|r(?:ü|ue)cktritt|zur(?:ü|ue)ck(?:zu)?treten"
    r"|\b(?:ziehe|nehme|trete|ziehen|nehmen|treten)\b[^.!?]{0,120}?\bzur(?:ü|ue)ck"
    r"|\bk(?:ü|ue)ndig(?:e|en|ung)\b|\b(?:makler)?(?:vertrag|auftrag)\w{0,4}\b[^.!?]{0,120}?\bgek(?:ü|ue)ndigt"
    r"|\bwithdr[ae]w|\bwithdrawal|\bcancel|\brevok|\brevoc|\brescind|\bretract|\banfecht|\bfechte\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？؟❓❔⁇⁈⁉¿;]|\b(?:ob|whether)\b|\b(?:let me know|tell me|bescheid|sagen sie|teilen sie|geben sie|nennen sie)\b"
    r"|(?:^|[.!\n:–-])\s*(?:und |oder |and |or )?(?:passt|passen|können|könnten|kann|möchten|wollen|haben|hätten|darf"
    r"|dürfen|soll|sollen|ist|sind|wäre|würde|würden|wann|wo|wie|was|wer|welche[rsnm]?|woher|wohin|warum"
    r"|do|does|did|can|could|would|will|shall|should|may|is|are|have|when|where|how|what|who|which|why)\b",
    re.IGNORECASE,
)


def meaning(texts: Iterable[str], people: People) -> Answer:
    """What the writer's own words say, which have to say the same in each form of the mail.

    Args:
        texts: what stands in each text of the mail beside our own; all of it.
        people: whose names may stand in it.
    """
    found = {_meaning(text, people) for text in texts}
    return found.pop() if len(found) == 1 else Answer.UNCLEAR


def speaks_of_withdrawal(words: str) -> bool:
    """Whether somebody may mean that they take back what they declared."""
    return _WITHDRAWS.search(unicodedata.normalize("NFC", words)) is not None


def asks(message: str) -> bool:
    """Whether an agent's message asks something, so that a bare yes may be the answer to that."""
    return _ASKS.search(unicodedata.normalize("NFKC", message)) is not None


def _meaning(text: str, people: People) -> Answer:
    plain = "".join(sign for sign in unicodedata.normalize("NFC", text) if sign not in _UNSEEN)
    if len(plain) > _LONGEST or _WAVERS.search(plain) or not all(map(_is_plain, plain)):
        return Answer.UNCLEAR
    words = f"{fold(plain)} "
    greeted = _named(people.greeted)
    before = rf"(?:{_GREETINGS}(?:{_ADDRESSED}|{greeted}){{0,8}})?(?:{_THANKS})?"
    after = rf"(?:{_THANKS})?(?:{_CLOSINGS}){{0,2}}(?:{_signed(people.writer)})?(?:{_THANKS})?"
    for sentences, answer in _MEANINGS:
        if re.fullmatch(f"{before}{sentences}{after}", words):
            return answer
    return Answer.UNCLEAR


_MEANINGS = ((_ORDERS, Answer.ORDER), (_YESES, Answer.YES), (_NOES, Answer.NO))


def _is_plain(sign: str) -> bool:
    return sign in _PLAIN or sign.isspace() or unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lo", "Nd"}


def _named(names: Iterable[str]) -> str:
    """One word of these names, with its blank."""
    words = sorted({word for name in names for word in fold(name).split()}, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, words))}) " if words else "(?!)"


def _signed(names: Iterable[str]) -> str:
    """The writer's name, in part or in initials, perhaps with a title."""
    known = tuple(names)
    one = _named([*known, *(word[:1] for name in known[:1] for word in name.split())])
    return rf"(?:(?:frau|herr|dr|prof) )*(?:{one}){{1,6}}"
