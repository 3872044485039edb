"""On what each rule of the gate rests: its sources, what in it is settled, and what can be argued either way.

Read on 29 November 2026, the statutes as consolidated on 19 August 2026. A statute or a decision of the Federal Court
of Justice that was seen counts as settled; a lower court, or a reading that no court has confirmed, does not.
"""

from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class Law:
    """On what one rule rests."""

    sources: str
    settled: Words
    arguable: Words


_NOTHING = Words("–", "–")
_ORDER = "§ 652 BGB; § 312i (1) BGB; Art. 246c EGBGB; § 11 Nr. 1 MaBV; § 3 PAngV"
_TEXT_FORM = "§§ 126b, 656a BGB; § 2 (1) WoVermRG"
_CONSUMER = (
    "§§ 312c, 312d, 312f (2), 312g, 312j (1)–(4), 355, 356, 356a, 357a BGB; Art. 246a § 1, § 4 EGBGB; "
    "BGH I ZR 159/24; BGH I ZR 28/22; BGH I ZR 169/19"
)
_CONSUMER_SETTLED = Words(
    "Ohne eindeutige Schaltfläche kein Vertrag, auch nicht durch späteres Verhalten (BGH I ZR 159/24); nur das "
    "unveränderte Muster der Belehrung schützt (BGH I ZR 28/22); Belehrung und Formular müssen vorher auf einem "
    "dauerhaften Datenträger ankommen (BGH I ZR 169/19); das Recht erlischt nach vollständiger Leistung nur mit beiden "
    "Erklärungen (§ 356 Abs. 5).",
    "Without an unmistakable button no contract, not by later conduct either (BGH I ZR 159/24); only the unchanged "
    "model of the instructions protects (BGH I ZR 28/22); instructions and form must arrive before, on a durable "
    "medium "
    "(BGH I ZR 169/19); the right ends with full performance only after both declarations (§ 356 (5)).",
)
_CONSUMER_ARGUABLE = Words(
    "Bestellung durch Antwort auf die Mail: § 312j Abs. 5 gilt nur bei ausschließlich individueller Kommunikation; ob "
    "eine Mail aus einer Vorlage, neben der eine Schaltfläche steht, dazugehört, ist nicht entschieden (dagegen AG "
    "Düsseldorf, 37 C 124/22). Deshalb nur mit einem Satz, der die Zahlungspflicht nennt. Beschriftungen, die statt "
    "der "
    "Zahlung die Provision nennen: keine Entscheidung bekannt.",
    "Ordering by a reply: § 312j (5) holds only for exclusively individual communication; whether a mail from a "
    "template "
    "beside a button is such is not decided (against it AG Düsseldorf, 37 C 124/22). Therefore only in a sentence that "
    "names the duty to pay. Labels that name the commission instead of the payment: no decision known.",
)
_TEXT_FORM_SETTLED = Words(
    "Der Maklervertrag über eine Wohnung oder ein Einfamilienhaus braucht Textform, Angebot und Annahme; auch für "
    "Unternehmen (§ 656a). Einfamilienhaus ist auch eines mit Einliegerwohnung (BGH I ZR 32/24).",
    "An agency contract about a flat or a single-family house needs text form, offer and acceptance; also for "
    "businesses "
    "(§ 656a). A house with a granny flat is a single-family house, too (BGH I ZR 32/24).",
)
_TEXT_FORM_ARGUABLE = Words(
    "Ob der getippte Name über einer Schaltfläche für sich Textform ist (verneinend für den bloßen Klick OLG Köln, "
    "24 U 185/22): Deshalb steht das Angebot in der Mail, und beide Erklärungen gehen beiden Seiten per E-Mail zu. Das "
    "Haus "
    "mit zwei gleichrangigen Wohnungen: BGH I ZR 111/25, Ausgang nicht gefunden; behandelt wie der strengere Fall.",
    "Whether a name typed above a button is text form by itself (denying it for a mere click OLG Köln, 24 U 185/22): "
    "therefore the offer stands in the mail, and both declarations go to both sides by mail. The house with two flats "
    "of "
    "equal rank: BGH I ZR 111/25, outcome not found; treated as the stricter case.",
)
_SHARED_SETTLED = Words(
    "Sind beide Seiten Auftraggeber, zahlen sie gleich viel (§ 656c); Abweichung macht den ganzen Vertrag unwirksam "
    "und "
    "führt nicht zur Hälfte (BGH I ZR 32/24, I ZR 138/24). Ist nur der Käufer Auftraggeber, gelten §§ 656c, 656d "
    "nicht.",
    "If both sides are clients they pay the same (§ 656c); a deviation voids the whole contract and does not lead to "
    "one "
    "half (BGH I ZR 32/24, I ZR 138/24). If only the buyer is the client, §§ 656c, 656d do not apply.",
)
_SHARED_ARGUABLE = Words(
    "Der Käufer zahlt weniger als der Verkäufer, obwohl beide Auftraggeber sind: vom Wortlaut des § 656c erfasst, vom "
    "Schutzzweck vielleicht nicht; keine Entscheidung bekannt. Das Programm verweigert es, denn wer die Provision so "
    "teilen will, kann sie den Käufer im Kaufvertrag übernehmen lassen (§ 656d).",
    "The buyer pays less than the seller while both are clients: within the wording of § 656c, perhaps not within its "
    "purpose; no decision known. The program refuses it, for whoever wants to share so can have the buyer take their "
    "part over in the purchase contract (§ 656d).",
)


def _both(*parts: Words) -> Words:
    return Words(" ".join(part.de for part in parts), " ".join(part.en for part in parts))


_BUSINESS_SETTLED = Words(
    "§ 312j und das Widerrufsrecht gelten nicht; §§ 656b–d gelten nur, wenn ein Verbraucher kauft. Wer für eine Firma "
    "beauftragt, muss sie nennen (§ 164 Abs. 2).",
    "§ 312j and the right of withdrawal do not apply; §§ 656b–d apply only if a consumer buys. Who orders for a firm "
    "must "
    "name it (§ 164 (2)).",
)
_BUSINESS_ARGUABLE = Words(
    "Ob jemand als Verbraucher handelt, entscheidet der Zweck; im Zweifel Verbraucher. Private Vermieter und wer als "
    "Geschäftsführer privat kauft, sind Verbraucher.",
    "Whether somebody acts as a consumer is decided by the purpose; in doubt they do. Private landlords, and managing "
    "directors who buy for themselves, are consumers.",
)

SOURCES = MappingProxyType(
    {
        "free": Law(
            "Art. 13 DSGVO; § 5 DDG",
            Words("Ohne Auftrag keine Provision (§ 652).", "Without an order no commission (§ 652)."),
            _NOTHING,
        ),
        "by-deed": Law(
            "§§ 652, 656d BGB; BGH I ZR 32/24",
            Words(
                "Wer allein beauftragt hat, muss mindestens ebenso viel zahlen; die andere Seite zahlt erst, wenn das "
                "nachgewiesen ist (§ 656d). Ein eigener Vertrag des Käufers wäre ein Fall des § 656c.",
                "Who alone has given the order must pay at least as much; the other side pays only once that is proven "
                "(§ 656d). A contract of the buyer's own would be a case of § 656c.",
            ),
            Words(
                "Ob schon das Exposé den Anteil nennen muss, bevor der Kaufvertrag ihn vereinbart: Es nennt ihn, mit "
                "Fälligkeit (§ 5a UWG).",
                "Whether the exposé must name the share before the purchase contract agrees on it: it does, and when "
                "it "
                "is due (§ 5a UWG).",
            ),
        ),
        "already-ordered": Law(
            "§ 652 BGB; Art. 13 DSGVO",
            Words(
                "Ein zweiter Auftrag über dasselbe Objekt schafft keinen zweiten Anspruch.",
                "A second order for the same property makes no second claim.",
            ),
            Words(
                "Der erste Auftrag zählt, solange er weder widerrufen noch gekündigt ist; von einer Kündigung weiß das "
                "Programm nichts.",
                "The first order counts as long as it is neither withdrawn from nor terminated; of a termination the "
                "program knows nothing.",
            ),
        ),
        "business-commission": Law(f"{_ORDER}; § 164 (2) BGB", _BUSINESS_SETTLED, _BUSINESS_ARGUABLE),
        "business-commission-text-form": Law(
            f"{_ORDER}; § 164 (2) BGB; {_TEXT_FORM}",
            _both(_BUSINESS_SETTLED, _TEXT_FORM_SETTLED),
            _both(_BUSINESS_ARGUABLE, _TEXT_FORM_ARGUABLE),
        ),
        "consumer-commission": Law(f"{_ORDER}; {_CONSUMER}", _CONSUMER_SETTLED, _CONSUMER_ARGUABLE),
        "consumer-commission-text-form": Law(
            f"{_ORDER}; {_CONSUMER}; {_TEXT_FORM}; §§ 656b–d BGB; BGH I ZR 32/24",
            _both(_CONSUMER_SETTLED, _TEXT_FORM_SETTLED, _SHARED_SETTLED),
            _both(_CONSUMER_ARGUABLE, _TEXT_FORM_ARGUABLE, _SHARED_ARGUABLE),
        ),
        "rented-home": Law(
            "§ 2 (1a), (3), (5), § 3, § 8 WoVermRG",
            Words(
                "Von Wohnungssuchenden, auch von Unternehmen, darf nur verlangen, wer allein auf ihren Suchauftrag in "
                "Textform hin den Auftrag des Vermieters eingeholt hat. Schon das Fordern ist eine Ordnungswidrigkeit. "
                "Für öffentlich geförderte und andere preisgebundene Wohnungen wird auch dann nichts geschuldet (§ 2 "
                "Abs. 3); ob eine Wohnung das ist, weiß das Programm nicht.",
                "Of those who look for a home to rent, businesses too, only who has obtained the landlord's order "
                "because "
                "of their search order in text form alone may ask. Asking is an offence by itself. For "
                "subsidised and other rent-controlled homes nothing is owed even then (§ 2 (3)); whether a home is one "
                "the program does not know.",
            ),
            Words(
                "Suchauftrag und Auftrag des Vermieters am selben Tag: Das Programm verweigert, weil die Reihenfolge "
                "sich "
                "nicht zeigt.",
                "Search order and landlord's order on one day: the program refuses, because their order does not show.",
            ),
        ),
        "unequal": Law(
            "§§ 656b, 656c, 656d BGB; BGH I ZR 32/24; BGH I ZR 138/24",
            _SHARED_SETTLED,
            Words(
                "Beträge, die sich nicht als Satz vergleichen lassen, gelten als ungleich.",
                "Amounts that cannot be compared as rates count as unequal.",
            ),
        ),
    }
)
