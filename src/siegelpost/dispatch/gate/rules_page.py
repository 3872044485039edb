"""The gate's table as a page that a lawyer can read, in German and English, written from the table itself."""

from collections.abc import Iterator
from dataclasses import astuple
from types import MappingProxyType

from siegelpost.dispatch.gate import rules
from siegelpost.dispatch.gate.rules import ButtonKind, Claim, DeclarationKind, Facts, GateRow, PropertyKind, Refusal
from siegelpost.dispatch.gate.sources import SOURCES
from siegelpost.office.button_labels import ORDER_LABELS, is_statutory
from siegelpost.office.kinds import Language, TextKind
from siegelpost.toolbox.words import Words

_TITLE = Words("Bestätigung vor dem Öffnen: welche Regel wann gilt", "The gate: which rule applies when")
_HEAD = Words(
    "Fassung {version}. Diese Seite schreibt `make docs` aus der Tabelle, nach der das Programm entscheidet; "
    "`siegelpost gate-rules` zeigt sie im Terminal. Sie ist keine Rechtsberatung: Bitte lassen Sie sie prüfen.",
    "Version {version}. `make docs` writes this page from the table by which the program decides; `siegelpost "
    "gate-rules` shows it in a terminal. It is no legal advice: please have it checked.",
)
_WHICH = Words("Welche Regel", "Which rule")
_COLUMNS = (
    (True, Words("Verbraucher", "consumer")),
    (False, Words("Unternehmen", "business")),
)
_PROPERTY = Words("Objekt", "property")
_SELLER = Words("andere Seite zahlt, was sie muss", "the other side pays what it has to")
_YES = Words("ja", "yes")
_NO = Words("nein oder unbekannt", "no or unknown")
_EITHER = Words("gleich, ob", "either way")
_CLAIMS = MappingProxyType(
    {
        Claim.NONE: Words("provisionsfrei für den Empfänger", "the recipient owes no commission"),
        Claim.ORDER: Words("Empfänger beauftragt, Eigentümer ebenso", "the recipient orders, as does the owner"),
        Claim.SOLE_ORDER: Words(
            "nur der Empfänger ist Auftraggeber: Kauf angekreuzt; Miete mit Suchauftrag, der älter ist als der Auftrag "
            "des Vermieters",
            "only the recipient is the client: ticked for a purchase; for rent by a search order older than the "
            "landlord's",
        ),
        Claim.DEED: Words(
            "nur der Eigentümer ist Auftraggeber, der Empfänger übernimmt im Vertrag",
            "only the owner is the client, the recipient takes a share over in the contract",
        ),
        Claim.ORDERED: Words("Empfänger hat dieses Objekt schon beauftragt", "the recipient has ordered it before"),
    }
)
_KINDS = MappingProxyType(
    {
        PropertyKind.HOME_PURCHASE: Words(
            "Kauf: Wohnung, Einfamilienhaus, Haus mit zwei Wohnungen oder Einliegerwohnung",
            "purchase: flat, single-family house, house with two flats or a granny flat",
        ),
        PropertyKind.OTHER_PURCHASE: Words("Kauf: anderes", "purchase: other"),
        PropertyKind.HOME_RENT: Words("Miete: Wohnraum", "rent: home"),
        PropertyKind.OTHER_RENT: Words("Miete: anderes", "rent: other"),
    }
)
_QUESTION = Words("Regel", "rule")
_NO_REPLY = Words("wird keine Erklärung", "becomes no declaration")
_RULES = Words("Was jede Regel verlangt", "What each rule asks for")
_NAMES = MappingProxyType(
    {
        "free": Words("frei", "free"),
        "by-deed": Words("Übernahme im Vertrag, kein Auftrag", "taken over in the contract, no order"),
        "already-ordered": Words("schon beauftragt", "ordered before"),
        Refusal.RENTED_HOME.value: Words("verweigert: Mietwohnung", "refused: rented home"),
        Refusal.UNEQUAL.value: Words("verweigert: ungleiche Provision", "refused: unequal commission"),
        "business-commission": Words("Auftrag Unternehmen", "business order"),
        "business-commission-text-form": Words("Auftrag Unternehmen, Textform", "business order, text form"),
        "consumer-commission": Words("Auftrag Verbraucher", "consumer order"),
        "consumer-commission-text-form": Words("Auftrag Verbraucher, Textform", "consumer order, text form"),
    }
)
_BEFORE = Words("vorher per E-Mail, muss vorliegen", "by mail before, must exist")
_ALSO = Words("dazu auf der Seite, wenn vorhanden", "beside it on the page, if there is one")
_ABOVE = Words("direkt über der Schaltfläche", "directly above the button")
_BUTTON = Words("Schaltfläche", "button")
_BOXES = Words("zum Ankreuzen, nie vorbelegt", "boxes, never ticked before")
_NAME = Words("Name", "name")
_REPLY = Words("Antwort auf die Mail", "reply to the mail")
_OPENS = Words("Inhalt öffnet sich", "content opens")
_PERIOD = Words("Widerruf", "withdrawal")
_SOURCE = Words("Grundlage", "source")
_SETTLED = Words("geklärt", "settled")
_ARGUABLE = Words("vertretbar, nicht entschieden", "arguable, not decided")
_REFUSALS = Words("Was das Programm verweigert", "What the program refuses")
_TEXTS = MappingProxyType(
    {
        TextKind.WITHDRAWAL_POLICY: Words("Widerrufsbelehrung", "instructions on withdrawal"),
        TextKind.WITHDRAWAL_FORM: Words("Muster-Widerrufsformular", "model withdrawal form"),
        TextKind.CONTRACT: Words("Maklervertrag", "agency contract"),
        TextKind.STEPS: Words("So kommt der Vertrag zustande", "how the contract is concluded"),
        TextKind.TERMS: Words("Allgemeine Geschäftsbedingungen", "general terms"),
        TextKind.PRIVACY: Words("Datenschutzhinweise", "privacy notice"),
        TextKind.IMPRINT: Words("Impressum", "imprint"),
        TextKind.ACCESSIBILITY: Words("Barrierefreiheit", "accessibility"),
    }
)
_NOTHING = Words("nichts", "nothing")
_OFFER = Words(
    "je Objekt: Leistung, Provision als Endbetrag, wer sie zahlt, Zahlung, Laufzeit und Kündigung; dasselbe in der "
    "Mail "
    "vorher, in der Erinnerung, in der Bestätigung und im PDF",
    "for each property: service, commission as one figure, who pays it, payment, duration and termination; the same in "
    "the mail before, the reminder, the confirmation and the PDF",
)
_ORDER = Words("Wortlaut aus der Liste unten, sonst keiner", "wording from the list below, and no other")
_TYPED = Words("wird getippt", "is typed")
_TYPED_PARTY = Words("wird getippt, und für wen und als was", "is typed, and for whom and as what")
_NOT_ASKED = Words("wird nicht verlangt", "is not asked for")
_BY_REPLY = Words(
    "wird zur Bestellung, wenn der Absender belegt ist, die Antwort sonst nichts sagt und (bei Verbrauchern) die "
    "Zahlungspflicht nennt; die übrigen Erklärungen nur auf der Seite",
    "becomes the order if its sender is proven, it says nothing else and (with consumers) names the duty to pay; the "
    "other declarations only on the page",
)
_AT_ONCE = Words("sofort", "at once")
_HELD = Words(
    "sofort, wenn beides angekreuzt ist; sonst von selbst nach Ablauf der Widerrufsfrist, die auf der Seite mit Datum "
    "steht",
    "at once if both boxes are ticked; otherwise by itself when the withdrawal period is over, whose date is shown",
)
_WITHDRAWAL = Words(
    "{days} Tage ab Bestellung; zwölf Monate und {days} Tage, wenn nicht belegt ist, dass die Belehrung ankam",
    "{days} days from the order; twelve months and {days} days where arrival of the instructions is unproven",
)
_NO_WITHDRAWAL = Words("kein gesetzliches Widerrufsrecht", "no statutory right of withdrawal")
_NO_CONTRACT = Words("kein Vertrag, also nichts zu widerrufen", "no contract, so nothing to withdraw from")
_NO_NEW_CONTRACT = Words(
    "kein zweiter Vertrag und keine neue Frist; der erste bleibt, wie er ist",
    "no second contract and no new period; the first stays as it is",
)
_LABELS = Words("Zulässige Beschriftungen", "Labels that are allowed")
_REFUSED = Words(
    "Eine andere Beschriftung nimmt das Programm weder in den Einstellungen noch beim Senden an.",
    "The program takes no other label, neither in the settings nor when sending.",
)
_STATUTORY = Words("gesetzlicher Wortlaut", "the statutory wording")
_NOT_STATUTORY = Words("nicht der gesetzliche Wortlaut", "not the statutory wording")
_WORDINGS = Words("Wortlaut der Erklärungen", "Wording of the declarations")
_DECLARATIONS = MappingProxyType(
    {
        DeclarationKind.BEGIN_EARLY: Words("vorzeitiger Beginn", "early start"),
        DeclarationKind.KNOWS_LOSS: Words("Erlöschen", "loss of the right"),
    }
)
_BESIDES = Words("Außerdem", "Besides")
_NOTES = (
    Words(
        "Fehlt ein Text, der vorliegen muss, wird nicht gesendet. Nennt die Widerrufsbelehrung die Widerrufsfunktion "
        "nicht (§ 356a BGB), wird vor dem Senden gewarnt.",
        "If a text that must exist is missing, nothing is sent. If the instructions do not name the withdrawal "
        "function (§ 356a BGB), there is a warning before sending.",
    ),
    Words(
        "Mehrere Objekte in einer Sendung: Es gilt die strengste ihrer Regeln, und über der Schaltfläche steht die "
        "Provision jedes Objekts.",
        "Several properties in one dispatch: the strictest of their rules applies, and the commission of each stands "
        "above the button.",
    ),
    Words(
        "Die Frist endet nicht an einem Samstag, Sonntag oder Feiertag (§ 193 BGB). Gezählt werden die Feiertage aller "
        "Länder, weil niemand fragt, wo der Empfänger sich aufhält: Der Tag auf der Seite ist nie zu früh, aber "
        "manchmal einen Werktag später, als er sein müsste.",
        "The period does not end on a Saturday, Sunday or holiday (§ 193 BGB). The holidays of all Länder count, for "
        "nobody asks where the recipient is: the day on the page is never too early, and sometimes a working day "
        "later than it must be.",
    ),
    Words(
        "Verlangt jemand den sofortigen Beginn, ohne das Erlöschen zu bestätigen, dürfte der Makler schon beginnen und "
        "könnte Wertersatz verlangen (§ 357a Abs. 2 BGB); das Widerrufsrecht bliebe aber bis zum Ende der Frist. Dass "
        "das Programm dann wartet, ist eine Entscheidung zugunsten des Büros.",
        "If somebody asks for an early start and does not confirm the loss of the right, the agent might begin and "
        "claim compensation (§ 357a (2) BGB), but the right to withdraw would stay to the end of the period. That the "
        "program waits then is a choice in favour of the office.",
    ),
    Words(
        "Für den Zugang der Belehrung spricht, wenn über einen Link bestellt wird, der nur in der Mail mit der "
        "Belehrung stand, und diese Mail nicht als unzustellbar zurückkam. Eine Vermutung ist das nicht.",
        "That the instructions arrived is suggested by an order through a link that stood only in the mail with the "
        "instructions, while that mail did not come back as undeliverable. It is no presumption.",
    ),
    Words(
        "Was die andere Seite zahlen muss: genau ebenso viel, wenn beide Auftraggeber sind (§ 656c BGB); mindestens "
        "ebenso viel, wenn der Empfänger seinen Anteil im Vertrag übernimmt (§ 656d BGB). Bekannt ist es nur, wenn "
        "beides beim Objekt in derselben Einheit steht oder Wort für Wort dasselbe ist. Sonst gilt: nein.",
        "What the other side has to pay: exactly as much where both are clients (§ 656c BGB); at least as much where "
        "the recipient takes their share over in the contract (§ 656d BGB). It is known only if both stand with the "
        "property in one unit, or are the same word for word. Otherwise it counts as: no.",
    ),
    Words(
        "Was der Makler angibt (nur der Käufer ist Auftraggeber, Suchauftrag vom …), wird eingefroren, steht über der "
        "Schaltfläche und im Protokoll.",
        "What the agent states (only the buyer is the client, search order of …) is frozen, stands above the button "
        "and in the ledger.",
    ),
    Words(
        "Zwei, die gemeinsam beauftragen, bekommen je einen Link und erklären je für sich. Der Vertrag kommt zustande, "
        "wenn beide beauftragt haben; erst dann beginnt die Widerrufsfrist, und erst dann öffnet sich etwas. Widerruft "
        "eine Person, endet er für beide.",
        "Two who order together get a link each and declare for themselves. The contract comes about when both have "
        "ordered; only then the withdrawal period begins, and only then something opens. If one withdraws, it ends for "
        "both.",
    ),
    Words(
        "Sagt der Empfänger „Kenne ich schon“, kommt kein Vertrag zustande, nichts öffnet sich, und der Makler erfährt "
        "es.",
        "If the recipient says “I know it already”, no contract comes about, nothing opens, and the agent is told.",
    ),
    Words(
        "Der Eingang der Bestellung wird in derselben Transaktion bestätigt, in der sich der Inhalt öffnet: mit "
        "Erklärungen, Angebot und Texten in der Mail (§ 312i Abs. 1 Nr. 3, § 312f Abs. 2 BGB).",
        "Receipt of the order is confirmed in the same transaction in which the content opens: with declarations, "
        "offer "
        "and texts in the mail (§ 312i (1) Nr. 3, § 312f (2) BGB).",
    ),
    Words(
        "Zu einem Auftrag auf Englisch gehen Angebot und Maklervertrag auch auf Deutsch mit (§ 11 MaBV). "
        "Geschlossen wird er auf Englisch; dass eine Fassung vorgeht, sagt kein Text.",
        "An order in English is accompanied by offer and agreement in German, too (§ 11 MaBV). It is made in "
        "English; no text says that one version prevails.",
    ),
    Words(
        "Fehlen Energieangaben (§ 87 GModG), wird vor dem Senden gewarnt.",
        "If energy data are missing (§ 87 GModG), there is a warning before sending.",
    ),
)


def page(language: Language) -> str:
    """The whole page in Markdown."""
    return "\n".join(_lines(language)) + "\n"


def _lines(language: Language) -> Iterator[str]:
    yield f"# {_TITLE[language]}"
    yield ""
    yield _HEAD[language].format(version=rules.VERSION)
    yield ""
    yield f"## {_WHICH[language]}"
    yield ""
    for claim, name in _CLAIMS.items():
        yield f"### {name[language]}"
        yield ""
        head = [_PROPERTY[language], _SELLER[language], *(title[language] for _, title in _COLUMNS)]
        yield from _table([head, *_which(claim, language)])
        yield ""
    yield f"## {_RULES[language]}"
    yield ""
    for row in rules.ROWS:
        yield f"### {_NAMES[row.key][language]}"
        yield ""
        yield from _table([[_QUESTION[language], f"`{row.key}`"], *_rule(row, language)])
        yield ""
    yield f"## {_REFUSALS[language]}"
    yield ""
    for refusal in Refusal:
        yield f"### {_NAMES[refusal.value][language]}"
        yield ""
        yield from _table([[_QUESTION[language], f"`{refusal.value}`"], *_law(refusal.value, language)])
        yield ""
    yield f"## {_LABELS[language]}"
    yield ""
    for spoken, labels in ORDER_LABELS.items():
        for label in labels:
            remark = _STATUTORY if is_statutory(label, spoken) else _NOT_STATUTORY
            yield f"- „{label}“: {remark[language]}"
    yield ""
    yield _REFUSED[language]
    yield ""
    yield f"## {_WORDINGS[language]}"
    yield ""
    for kind, words in rules.DECLARATION_TEXTS.items():
        yield from (f"- {_DECLARATIONS[kind][language]}: „{text}“" for text in astuple(words))
    yield ""
    yield f"## {_BESIDES[language]}"
    yield ""
    yield from (f"- {note[language]}" for note in _NOTES)


def _which(claim: Claim, language: Language) -> Iterator[list[str]]:
    """What the table says, kind by kind: one line where what the other side pays makes no difference."""
    for kind, name in _KINDS.items():
        found = {
            halved: [_name_of(rules.TABLE[Facts(consumer, claim, kind, halved)], language) for consumer, _ in _COLUMNS]
            for halved in (True, False)
        }
        if found[True] == found[False]:
            yield [name[language], _EITHER[language], *found[True]]
        else:
            yield from ([name[language], (_YES if halved else _NO)[language], *said] for halved, said in found.items())


def _name_of(outcome: GateRow | Refusal, language: Language) -> str:
    return _NAMES[outcome.key if isinstance(outcome, GateRow) else outcome.value][language]


def _rule(row: GateRow, language: Language) -> Iterator[list[str]]:
    """What the row asks for, line by line."""
    orders = row.button is ButtonKind.ORDER
    boxes = ", ".join(_DECLARATIONS[kind][language] for kind in row.declarations)
    button = _ORDER[language] if orders else f"„{rules.VIEW_LABEL[language]}“"
    period = (_NO_WITHDRAWAL if orders else _NO_CONTRACT)[language]
    if row is rules.ORDERED:
        period = _NO_NEW_CONTRACT[language]
    if row.period:
        period = _WITHDRAWAL[language].format(days=row.period.days)
    name = _TYPED_PARTY if row.names_party else _TYPED
    yield [_BEFORE[language], _texts(row.texts, language)]
    yield [_ALSO[language], _texts(row.also, language)]
    yield [_ABOVE[language], (_OFFER if orders else _NOTHING)[language]]
    yield [_BUTTON[language], button]
    yield [_BOXES[language], boxes or _NOTHING[language]]
    yield [_NAME[language], (name if row.needs_name else _NOT_ASKED)[language]]
    yield [_REPLY[language], (_BY_REPLY if row.by_reply else _NO_REPLY)[language]]
    yield [_OPENS[language], (_HELD if row.period else _AT_ONCE)[language]]
    yield [_PERIOD[language], period]
    yield from _law(row.key, language)


def _law(key: str, language: Language) -> Iterator[list[str]]:
    """On what a rule or a refusal rests, and how firmly."""
    law = SOURCES[key]
    yield [_SOURCE[language], law.sources]
    yield [_SETTLED[language], law.settled[language]]
    yield [_ARGUABLE[language], law.arguable[language]]


def _texts(kinds: tuple[TextKind, ...], language: Language) -> str:
    return ", ".join(_TEXTS[kind][language] for kind in kinds) or _NOTHING[language]


def _table(rows: list[list[str]]) -> Iterator[str]:
    head, *rest = rows
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rest)
