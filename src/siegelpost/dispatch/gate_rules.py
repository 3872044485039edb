"""The gate's table as a page that a lawyer can read, in German and English, written from the table itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.dispatch import gate
from siegelpost.dispatch.gate import ButtonKind, DeclarationKind, Facts, PropertyKind, Row
from siegelpost.office.kinds import Language, TextKind
from siegelpost.office.labels import ORDER_LABELS


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    de: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.en if language is Language.ENGLISH else self.de


_TITLE = Words("Freigabe: welche Regel wann gilt", "The gate: which rule applies when")
_HEAD = Words(
    "Fassung {version}. Diese Seite schreibt `make docs` aus der Tabelle, nach der das Programm entscheidet; "
    "`siegelpost gate-rules` zeigt sie im Terminal. Sie ist keine Rechtsberatung: Bitte lassen Sie sie prüfen.",
    "Version {version}. `make docs` writes this page from the table by which the program decides; `siegelpost "
    "gate-rules` shows it in a terminal. It is no legal advice: please have it checked.",
)
_WHICH = Words("Welche Regel", "Which rule")
_COLUMNS = (
    (Words("Objekt", "property"), None, None),
    (Words("Verbraucher, Provision", "consumer, commission"), True, True),
    (Words("Unternehmen, Provision", "business, commission"), False, True),
    (Words("Verbraucher, provisionsfrei", "consumer, no commission"), True, False),
    (Words("Unternehmen, provisionsfrei", "business, no commission"), False, False),
)
_KINDS = MappingProxyType(
    {
        PropertyKind.HOME_PURCHASE: Words(
            "Kauf: Wohnung oder Einfamilienhaus", "purchase: flat or single-family house"
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
        "business-commission": Words("Auftrag Unternehmen", "business order"),
        "business-commission-text-form": Words("Auftrag Unternehmen, Textform", "business order, text form"),
        "consumer-commission": Words("Auftrag Verbraucher", "consumer order"),
        "consumer-commission-text-form": Words("Auftrag Verbraucher, Textform", "consumer order, text form"),
    }
)
_BEFORE = Words("vorher per Mail, muss vorliegen", "by mail before, must exist")
_ALSO = Words("dazu auf der Seite, wenn vorhanden", "beside it on the page, if there is one")
_ABOVE = Words("direkt über der Schaltfläche", "directly above the button")
_BUTTON = Words("Schaltfläche", "button")
_BOXES = Words("zum Ankreuzen, nie vorbelegt", "boxes, never ticked before")
_NAME = Words("Name", "name")
_REPLY = Words("Ja als Antwort auf die Mail", "a yes in reply to the mail")
_OPENS = Words("Inhalt öffnet sich", "content opens")
_PERIOD = Words("Widerruf", "withdrawal")
_SOURCE = Words("Grundlage", "source")
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
    "je Objekt: Leistung, Provision inkl. MwSt., wer sie zahlt",
    "for each property: service, commission incl. VAT, who pays it",
)
_ORDER = Words("Wortlaut aus der Liste unten, sonst keiner", "wording from the list below, and no other")
_TYPED = Words("wird getippt", "is typed")
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
_SOURCES = MappingProxyType(
    {
        "free": "Art. 13 DSGVO",
        "business-commission": "§ 652 BGB",
        "business-commission-text-form": "§ 652, § 656a, § 126b BGB; § 2 (1) WoVermRG",
        "consumer-commission": "§§ 312c, 312d, 312g, 312j (3) (4), 355, 356, 356a, 357a BGB; Art. 246a EGBGB; "
        "BGH I ZR 159/24",
        "consumer-commission-text-form": "§§ 312c, 312d, 312g, 312j (3) (4), 355, 356, 356a, 357a, 656a, 126b BGB; "
        "§ 2 (1) WoVermRG; Art. 246a EGBGB; BGH I ZR 159/24",
    }
)
_LABELS = Words("Zulässige Beschriftungen", "Labels that are allowed")
_REFUSED = Words(
    "Eine andere Beschriftung nimmt das Programm weder in den Einstellungen noch beim Senden an.",
    "The program takes no other label, neither in the settings nor when sending.",
)
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
        "Belegt ist der Zugang der Belehrung, wenn über einen Link bestellt wird, der nur in der Mail mit der "
        "Belehrung stand, und diese Mail nicht als unzustellbar zurückkam.",
        "Arrival of the instructions is proven when the order comes through a link that stood only in the mail with "
        "the instructions, and that mail did not come back as undeliverable.",
    ),
    Words(
        "Ungleiche Provisionssätze beim Kauf durch Verbraucher (§§ 656c, 656d BGB), Provision vom Wohnungssuchenden "
        "(§ 2 Abs. 1a WoVermRG) und fehlende Energieangaben (§ 87 GEG) führen zu einer Warnung vor dem Senden.",
        "Unequal commission rates in a purchase by consumers (§§ 656c, 656d BGB), a commission of whoever looks for a "
        "home to rent (§ 2 (1a) WoVermRG) and missing energy data (§ 87 GEG) lead to a warning before sending.",
    ),
)


def page(language: Language) -> str:
    """The whole page in Markdown."""
    return "\n".join(_lines(language)) + "\n"


def _lines(language: Language) -> Iterator[str]:
    yield f"# {_TITLE[language]}"
    yield ""
    yield _HEAD[language].format(version=gate.VERSION)
    yield ""
    yield f"## {_WHICH[language]}"
    yield ""
    yield from _table([[title[language] for title, _, _ in _COLUMNS], *_which(language)])
    yield ""
    yield f"## {_RULES[language]}"
    yield ""
    for row in gate.ROWS:
        yield f"### {_NAMES[row.key][language]}"
        yield ""
        yield from _table([[_QUESTION[language], f"`{row.key}`"], *_rule(row, language)])
        yield ""
    yield f"## {_LABELS[language]}"
    yield ""
    yield from (f"- {' · '.join(f'„{one}“' for one in labels)}" for labels in ORDER_LABELS.values())
    yield ""
    yield _REFUSED[language]
    yield ""
    yield f"## {_WORDINGS[language]}"
    yield ""
    for (kind, _), text in gate.DECLARATION_TEXTS.items():
        yield f"- {_DECLARATIONS[kind][language]}: „{text}“"
    yield ""
    yield f"## {_BESIDES[language]}"
    yield ""
    yield from (f"- {note[language]}" for note in _NOTES)


def _which(language: Language) -> Iterator[list[str]]:
    for kind, name in _KINDS.items():
        yield [
            name[language],
            *(
                _NAMES[gate.row_for(Facts(consumer, commission, kind)).key][language]
                for _, consumer, commission in _COLUMNS
                if consumer is not None and commission is not None
            ),
        ]


def _rule(row: Row, language: Language) -> Iterator[list[str]]:
    """What the row asks for, line by line."""
    orders = row.button is ButtonKind.ORDER
    boxes = ", ".join(_DECLARATIONS[kind][language] for kind in row.declarations)
    button = _ORDER[language] if orders else f"„{gate.VIEW_LABELS[language]}“"
    period = _WITHDRAWAL[language].format(days=row.period.days) if row.period else _NO_WITHDRAWAL[language]
    yield [_BEFORE[language], _texts(row.texts, language)]
    yield [_ALSO[language], _texts(row.also, language)]
    yield [_ABOVE[language], (_OFFER if orders else _NOTHING)[language]]
    yield [_BUTTON[language], button]
    yield [_BOXES[language], boxes or _NOTHING[language]]
    yield [_NAME[language], (_TYPED if row.needs_name else _NOT_ASKED)[language]]
    yield [_REPLY[language], (_BY_REPLY if row.by_reply else _NO_REPLY)[language]]
    yield [_OPENS[language], (_HELD if row.period else _AT_ONCE)[language]]
    yield [_PERIOD[language], period]
    yield [_SOURCE[language], _SOURCES[row.key]]


def _texts(kinds: tuple[TextKind, ...], language: Language) -> str:
    return ", ".join(_TEXTS[kind][language] for kind in kinds) or _NOTHING[language]


def _table(rows: list[list[str]]) -> Iterator[str]:
    head, *rest = rows
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rest)
