"""The sentences that make an answer an order, a yes or a no, and what may stand around them: closed lists.

Each is a pattern over the folded words of an answer, each word with a blank behind it
(:mod:`siegelpost.toolbox.folding`).
"""

from siegelpost.office.button_labels import ORDER_LABELS
from siegelpost.toolbox.folding import fold


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
_TO_PAY = "with (an|the|a) (binding) obligation|duty to pay (the|a) (commission)"
ORDERS = _one_of(
    f"{_AGREE} (hiermit) (ich|wir) {_HOW} {_ORDER} (hiermit) {_WHAT} {_HOW} {_PAID} {_WHAT}",
    f"{_AGREE} hiermit|gern|gerne {_ORDER} ich|wir {_WHAT} {_HOW} {_PAID} {_WHAT}",
    f"{_AGREE} (ich|wir) {_HOW} {_ORDER} (hiermit) {_WHAT} {_HOW} mit zahlungspflicht|provisionspflicht|kostenpflicht",
    f"{_AGREE} ich|wir möchte|möchten|will|wollen {_WHAT} {_HOW} {_PAID} bestellen|beauftragen",
    f"{_AGREE} hiermit möchte|möchten|will|wollen ich|wir {_WHAT} {_HOW} {_PAID} bestellen|beauftragen",
    f"{_AGREE} (ich|wir) {_HOW} erteile|erteilen (ihnen) {_HOW} den {_PAID_FOR} auftrag|maklerauftrag",
    f"{_AGREE} (ich|wir) {_HOW} schließe|schließen (mit) (ihnen) {_HOW} den|einen {_PAID_FOR} vertrag|maklervertrag"
    " (ab)",
    f"{_AGREE} (ich|wir) {_HOW} nehme|nehmen (hiermit) das|ihr angebot {_HOW} {_PAID} an",
    f"{_AGREE} {_WHAT} {_PAID} bestellen|beauftragen|bestellt|beauftragt",
    f"(yes) (please) i|we (hereby) (do) {_ORDER_IT} {_TO_PAY}",
    f"(yes) (please) i|we (am|are|m|re) (hereby) ordering (the) (exposé) (this) (it) {_TO_PAY}",
    f"(yes) (please) i|we (would|d) like|want|wish to {_ORDER_IT} {_TO_PAY}",
    f"(yes) (please) i|we (would|d) (like|want|wish) (to) (hereby) place the|an|my|our order {_TO_PAY}",
    f"(yes) (please) i|we (hereby) confirm the|my|our|this order {_TO_PAY}",
    f"(yes) (please) i|we (hereby) accept (the|your|this) (offer) {_TO_PAY}",
    f"(yes) (please) i|we (hereby) conclude the|a contract {_TO_PAY}",
    *(f"(ja|yes) {label}" for labels in ORDER_LABELS.values() for label in labels),
)
YESES = _one_of(
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

_FOR_IT = (
    "für (die|das|ihre|den|ihr) (schnelle|nette|freundliche) (e) nachricht|mail|email|exposé|unterlagen|mühe"
    "|angebot|anruf|info|infos|information|informationen|antwort|rückmeldung|zusendung"
)
THANKS = _one_of(
    "(im) (voraus) (ganz) (haben) (sie) (recht) (vielen|besten|herzlichen|lieben|schönen) (lieben) dank"
    " (schon) (jetzt) (im) (voraus) (dafür) (trotzdem)",
    f"(haben) (sie) (ganz|recht) vielen|besten|herzlichen|lieben|schönen (lieben) dank {_FOR_IT}",
    "danke (schön|sehr|ihnen|vielmals|trotzdem|dennoch) (im) (voraus)",
    f"danke (schön|sehr|ihnen|vielmals|trotzdem|dennoch) {_FOR_IT}",
    "thanks|thank (you) (a) (very) (lot|much|again|anyway) (in) (advance)",
    "many thanks",
    "many|thanks|thank (thanks) (you) (very) (much) for (the|your) (quick|kind) mail|email|message|offer|help|info"
    "|information|reply",
)
CLOSINGS = _one_of(
    "(und) (mit) (ganz) (vielen|viele) freundlichen|freundlichem|freundliche|freundlicher|freundl|frdl|vielen|viele"
    "|besten|beste|bestem|lieben|liebe|liebem|herzlichen|herzliche|herzlichem|herzlichst|schönen|schöne|sonnigen"
    "|sonnige|nette|netten (lieben|liebe) grüßen|gruß|grüße",
    *(
        "mfg",
        "m f g",
        "lg",
        "vg",
        "bg",
        "hg",
        "gruß",
        "grüße",
        "hochachtungsvoll",
        "herzlichst",
        "bis bald",
        "ihr|ihre",
    ),
    *("(einen) schönen|schöner tag|abend (noch)", "schönes wochenende"),
    *("(und) alles gute", "(and) kind|best|warm|warmest|kindest|many|with (kind|best|warm) regards"),
    *("regards", "best", "(and) best wishes", "all the best", "cheers", "(yours) sincerely|faithfully|truly (yours)"),
    *("(and) kind|many|best|warm greetings", "yours"),
    "ich|wir freue|freuen mich|uns (sehr|schon) auf das|die|ihre|den (baldige) exposé|unterlagen|antwort|rückmeldung"
    "|nachricht",
    "(i|we) (am|are|m|re) look|looking forward to your|the (kind) reply|answer|response|exposé|documents",
    "(i|we) (am|are|m|re) look|looking forward to hearing from you",
)
GREETINGS = _one_of(
    *(
        "hallo|hallöchen|hi|hey|moin|servus|dear|hello|liebe|lieber|liebes|werte|werter (moin)",
        "grüß gott|dich|sie",
        "grüezi",
    ),
    *("guten|schönen tag|morgen|abend", "guten", "sehr geehrte|geehrter|geehrtes|verehrte|verehrter"),
    *("good morning|afternoon|evening|day",),
)
ADDRESSED = _one_of(
    "frau|herr|herrn|dr|prof|ms|mrs|mr|miss|sir|madam|team|zusammen|all|together|makler|maklerin|liebe|lieber",
    *(
        "liebes",
        "sehr geehrte|geehrter|geehrtes",
        "damen und herren",
        "sir or madam",
        "und|and|von|vom|of",
        "in die runde",
    ),
)

# What somebody may turn down, or be turned away by.
_IT = (
    "(an) (am) (das|die|der|den|dem|dieses|diese|diesem|dieser|diesen|ihr|ihre|ihrem|einem|einer) (ganze)"
    " (exposé|angebot|wohnung|haus|objekt|immobilie|grundstück|bestellung|auftrag|maklerauftrag|vertrag|maklervertrag)"
)
_IT_IS = (
    "(das|die|der|es|dieses|diese|meine|unsere) (ganze|ihr)"
    " (exposé|angebot|wohnung|haus|objekt|immobilie|grundstück|lage|preis)"
)
_SADLY = "(leider) (doch) (lieber) (hiermit) (jetzt|nun|inzwischen|mittlerweile|zwischenzeitlich|bereits|schon)"
_HAVE, _ARE = "habe|haben|hab", "bin|sind"
_WANT = "möchte|möchten|will|wollen|werde|werden"
_MUST = f"muss|müssen|{_WANT}"
_DO_IT = (
    f"({_PAID})"
    " (bestellen|beauftragen|kaufen|annehmen|abschließen|abgeben|schließen|unterschreiben|erteilen|eingehen|aufgeben)"
)
_ORDERED = "makler|auftrag|maklerauftrag|vertrag|maklervertrag|exposé|bestellung"
_NONE = "keinen|kein|keine"
_NO_INTEREST = "kein|keinen|keinerlei (weiteres|weiteren) interesse|bedarf (mehr) (daran|dafür)"
_ANOTHER = "(anderes|andere|anderen|anderweitig|passendes|passende)"
_HOME = "(wohnung|haus|objekt|immobilie|grundstück|makler)"
_BOUGHT = "gefunden|gekauft|gemietet|erworben"
_ACT = "(order|ordering|accept|sign|conclude|buy|proceed|agree|instruct|engage)"
_THIS = "(it|this|that|anything|you|the|your|a|any) (exposé|offer|contract|order|flat|apartment|house|property)"
_ANY_MORE = "(any|anymore) (more|longer)"
_I_AM = "(sorry|unfortunately) (i|we) (am|m|are|re) (really) (sorry)"


def _in_either_order(verb: str, rest: str) -> tuple[str, str]:
    """„Ich habe leider …“ and „Leider habe ich …“."""
    return f"ich|wir {verb} {rest}", f"{_SADLY} {verb} ich|wir {rest}"


# Each of these is a no by itself …
_REFUSALS = _one_of(
    "(leider) nein|nee|nö|ne|nope (danke|bitte)",
    "(ganz) leider|lieber|besser|doch|bestimmt|definitiv|sicher|wirklich|bitte nicht",
    *(
        f"auf (gar) keinen fall ({_PAID}) (bestellen)",
        "keinesfalls|niemals|keineswegs",
        "nie im leben",
        "(dankend) abgelehnt",
        "(eine) absage",
    ),
    f"(von) (unserer|meiner) (seite) (aus) (besteht) {_SADLY} {_NO_INTEREST} {_IT} (mehr)",
    *_in_either_order(_HAVE, f"(daran) {_SADLY} {_IT} {_NO_INTEREST} {_IT} (mehr)"),
    f"{_HAVE} {_SADLY} {_NO_INTEREST} {_IT} (mehr)",
    f"{_IT_IS} interessiert|interessieren mich|uns {_SADLY} nicht (mehr)",
    *_in_either_order("bestelle|bestellen|kaufe|kaufen", f"{_SADLY} kein|keine exposé|wohnung|haus"),
    *_in_either_order("nehme|nehmen", f"(davon|hiervon) {_SADLY} abstand"),
    *_in_either_order("gebe|geben", f"{_SADLY} keine bestellung (auf)"),
    f"damit {_ARE} ich|wir {_SADLY} nicht einverstanden",
    f"{_IT} (daran) {_HAVE} ich|wir {_SADLY} {_NO_INTEREST}",
    f"(es) besteht (bei|von) (mir|uns|unserer|meiner) (seite) {_SADLY} {_NO_INTEREST} {_IT}",
    *_in_either_order(_ARE, f"(daran) {_IT} {_SADLY} nicht (mehr|länger|weiter) (daran) {_IT} interessiert"),
    f"({_ARE}) (daran) {_SADLY} nicht (mehr|länger|weiter) (daran) {_IT} interessiert",
    f"das {_WANT} ich|wir {_SADLY} nicht (mehr) {_DO_IT}",
    *_in_either_order(_WANT, f"(sie) {_IT} {_SADLY} nicht (mehr) {_DO_IT}"),
    *_in_either_order(_WANT, f"{_SADLY} nichts (mehr) {_DO_IT}"),
    *_in_either_order(_WANT, f"(mit) (ihnen) {_SADLY} {_NONE} ({_PAID_FOR}) {_ORDERED} (mehr) {_DO_IT}"),
    f"ich|wir {_WANT} keinen",
    *_in_either_order(_WANT, "ihre|die dienste|dienstleistung|leistung (leider) nicht in anspruch nehmen"),
    *_in_either_order("bestelle|bestellen", f"{_IT} {_SADLY} nicht|nichts (mehr) ({_PAID}) (mehr)"),
    "wird (leider) (hiermit) nicht bestellt",
    *_in_either_order("beauftrage|beauftragen", f"(sie) {_SADLY} nicht (mehr)"),
    *_in_either_order("kaufe|kaufen|miete|mieten", f"{_IT} {_SADLY} nicht (mehr)"),
    f"das brauche|brauchen|benötige|benötigen|mag|mögen ich|wir {_SADLY} nicht (mehr)",
    *_in_either_order(_ARE, f"{_SADLY} nicht (mehr|länger) auf der suche"),
    *_in_either_order(_HAVE, f"(es) (mir|uns) {_SADLY} anders überlegt"),
    *_in_either_order(_HAVE, f"(mich|uns) {_SADLY} entschieden {_IT} nicht zu kaufen|bestellen|beauftragen|nehmen"),
    "daraus|das wird (leider) nichts (mit) (mir|uns)",
    *_in_either_order("erteile|erteilen|gebe|geben", f"(ihnen) {_SADLY} keinen auftrag|maklerauftrag"),
    *_in_either_order(
        "schließe|schließen|unterschreibe|unterschreiben", f"(mit) (ihnen) {_SADLY} keinen vertrag|maklervertrag (ab)"
    ),
    *_in_either_order("nehme|nehmen", f"{_IT} {_SADLY} nicht an"),
    *_in_either_order("stimme|stimmen", f"(dem) {_SADLY} nicht zu"),
    f"(ich|wir) ({_ARE}) (damit) {_SADLY} nicht einverstanden",
    *_in_either_order("lehne|lehnen", f"{_IT} {_SADLY} (dankend) ab"),
    f"{_IT} lehne|lehnen ich|wir {_SADLY} (dankend) ab",
    *_in_either_order(_MUST, f"(ihnen) (auf) {_IT} {_SADLY} (darauf) absagen|ablehnen|verzichten|passen"),
    *_in_either_order("sage|sagen", f"(ihnen) {_SADLY} ab"),
    "(ich|wir) verzichte|verzichten (darauf) (dankend) (hiermit)",
    "(das|die|der|es|meine|unsere) (ganze) (sache|anfrage|suche|thema|interesse|wohnungssuche|haussuche|angelegenheit)"
    f" hat|ist (sich) (für) (mich|uns) {_SADLY} erledigt",
    *_in_either_order("suche|suchen", f"{_SADLY} nicht|nichts|keine|kein {_HOME} mehr"),
    *_in_either_order("brauche|brauchen|benötige|benötigen", f"{_SADLY} {_NONE} makler|maklerin|exposé (mehr)"),
    *_in_either_order("brauche|brauchen|benötige|benötigen", f"{_IT} {_SADLY} nicht (mehr)"),
    *(
        phrase
        for found in (
            f"etwas|was|eine|ein|einen {_ANOTHER} {_HOME} {_BOUGHT}",
            f"andere|anderes|anderen|anderweitig {_HOME} {_BOUGHT}|entschieden",
            f"für etwas|eine|ein|einen anderes|andere|anderen {_HOME} entschieden",
            "anders|dagegen entschieden",
            "umentschieden|umorientiert",
        )
        for phrase in (
            *_in_either_order(_HAVE, f"(uns|mich) {_SADLY} {found}"),
            f"{_HAVE} (uns|mich) {_SADLY} {found}",
            f"weil|da ich|wir (uns|mich) {_SADLY} {found} {_HAVE}",
        )
    ),
    f"(ich|wir) {_ARE} {_SADLY} fündig|versorgt (geworden)",
    *_in_either_order(_HAVE, f"{_SADLY} die|meine|unsere suche {_SADLY} aufgegeben|eingestellt|beendet"),
    *("(ich|wir) bin|sind raus", "nicht mit mir|uns"),
    f"{_IT_IS} ist|sind|wäre {_SADLY} (aber) nichts für mich|uns",
    f"{_SADLY} ist {_IT_IS} nichts für mich|uns",
    *("nichts für mich|uns", "nicht das richtige (für) (mich|uns)"),
    f"{_IT_IS} ist|sind {_SADLY} nicht das richtige|passende (für) (mich|uns)",
    f"{_IT_IS} kommt|kommen (für) (mich|uns) {_SADLY} (für) (mich|uns) nicht (mehr) in frage|betracht",
    f"kommt (für) (mich|uns) {_SADLY} nicht in frage|betracht",
    f"{_IT_IS} passt|passen {_SADLY} (mir|uns) (leider) nicht (zu|für) (mich|uns|mir)",
    f"{_SADLY} passt|passen {_IT_IS} (mir|uns) nicht (zu|für) (mich|uns|mir)",
    f"{_IT_IS} gefällt|gefallen (mir|uns) {_SADLY} nicht",
    f"{_IT_IS} sagt|sagen (mir|uns) {_SADLY} nicht zu",
    f"{_IT_IS} entspricht|entsprechen {_SADLY} nicht (ganz) meinen|unseren vorstellungen|wünschen|erwartungen",
    # English
    *("(sorry|unfortunately) no|nope|nah (sorry)", "(certainly|definitely|absolutely) not", "thanks but no thanks"),
    *(
        "unfortunately not",
        "no deal",
        "(it|this|that) is|s not what i|we (am|m|are|re) looking for",
        "i m|am afraid not",
        "please don t",
        "not for me|us",
    ),
    f"{_I_AM} not|no (longer) (really) interested (in) {_THIS} {_ANY_MORE}",
    f"(sorry|unfortunately) (i|we) (have|ve) no (longer|further) (any) interest (in) {_THIS} {_ANY_MORE}",
    f"i|we do not have (any) interest (in) {_THIS} {_ANY_MORE}",
    *(
        f"(sorry|unfortunately) i|we {negated} (want|wish|like|intend|going|be) (to) {_ACT} {_THIS} {to_pay}"
        for negated in ("do|did|will|would|shall|am|are not", "don|won|wouldn|didn t")
        for to_pay in ("", _TO_PAY)
    ),
    "(sorry|unfortunately) i|we would|d rather|prefer not (to)",
    f"{_I_AM} not|no (longer) looking (for) {_THIS} {_ANY_MORE}",
    f"(sorry|unfortunately) i|we (hereby) decline|refuse|reject {_THIS}",
    f"(sorry|unfortunately) i|we must|need|have|would|d|ll|will|shall (to|like|rather|prefer) (to) decline|pass|refuse"
    f" (on) {_THIS}",
    "(this|it|that|the) (flat|apartment|house|property) is|s not (right|suitable|quite) (the) (right|one) for me|us",
    "(sorry|unfortunately) i|we (have|ve) (already|since|meanwhile) found|bought|rented something|another|a|somewhere"
    " (different|other|nicer) (else|one) (flat|apartment|house|place|property)",
    "(sorry|unfortunately) i|we (have|ve) decided against it|this|that|ordering",
    f"(sorry|unfortunately) i|we (have|ve) decided not to {_ACT} {_THIS}",
)
# … and each of these stands beside one.
_BESIDE_A_NO = _one_of(
    f"{_IT_IS} ist|sind|wäre (mir|uns|für) (mich|uns) (einfach) (viel|etwas|deutlich|doch) (leider) zu"
    " teuer|klein|groß|weit|laut|hoch|alt|dunkel|abgelegen (weg|entfernt) (für) (mich|uns)",
    "ich|wir bin|sind (auch) nicht bereit (eine|die) provision zu zahlen|bezahlen",
    "(die) (ihre) provision|courtage|preis|kaufpreis ist (mir|uns) (einfach) (viel|deutlich) zu hoch|teuer",
    *("(viel|einfach) zu teuer|klein|groß|weit (weg) (für) (mich|uns)", "(es) tut mir|uns (sehr) leid", "sorry"),
    *("(ich|wir) (bitte|bitten) um (ihr) verständnis", "(bitte) haben sie verständnis", "schade"),
    "(ich|wir) (wünsche|wünschen) (ihnen) (noch) (viel|alles) erfolg|gute (weiterhin) (beim|bei|für|mit) (der|dem|den)"
    " (verkauf|vermittlung|vermietung|suche) (weiterhin)",
    *(
        "bitte (senden|schicken) (sie) (mir|uns) keine (weiteren) mails|angebote|nachrichten|anfragen (mehr)",
        *(
            "ich|wir ziehe|ziehen (doch) nicht (mehr) um",
            "i|we (have|ve) changed my|our mind",
            "i|we m|re|am|are good|fine",
        ),
        "nicht zu diesen|den konditionen|bedingungen",
        f"ich|wir {_HAVE} {_SADLY} eine|ein {_ANOTHER} wohnung|haus|objekt|immobilie|grundstück",
        "ich|wir suche|suchen (doch) (eher) etwas|was|eine|ein anderes|andere|größeres|kleineres|günstigeres",
        "i|we will|ll not pay (any|a|the) commission|fee",
        "(it|this|that) (is|s) (far|much) too expensive|small|big|far (away) (for) (me|us)",
        "(i|we) (am|m|are|re) sorry",
    ),
    "good luck (with) (the|it) (sale)",
)
_AND = "(?:(?:aber|und|denn|da|weil|also|daher|deshalb|jedoch|doch|trotzdem|but|and|because|as|since) )?"
NOES = f"(?:{_AND}{_BESIDE_A_NO}){{0,2}}{_AND}{_REFUSALS}(?:{_AND}(?:{_REFUSALS}|{_BESIDE_A_NO}|{THANKS})){{0,4}}"
