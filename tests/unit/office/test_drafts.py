"""What the drafts of the house must say, and must not; each line is something that was missing or wrong in them.

The statutory models among them are compared with the law itself in ``test_statutory``.
"""

import pytest

from siegelpost.office.kinds import Language, TextKind
from siegelpost.office.statutory import draft

GERMAN, ENGLISH = Language.GERMAN, Language.ENGLISH
SAID = [
    # Who is bound: nobody types a name in a PDF or a mail, and a company must be named by who may act for it.
    (TextKind.CONTRACT, "wer in der Bestellung genannt ist", "the person named in the order"),
    (TextKind.CONTRACT, "nennt das Unternehmen und darf es vertreten", "names it and is entitled to act for it"),
    (TextKind.CONTRACT, "die in Ihrer Bestellung genannte Provision", "the commission stated in your order"),
    # §§ 656c, 656d BGB in words instead of numbers.
    (TextKind.CONTRACT, "zahlen Sie nie mehr als der Verkäufer", "you never pay more than the seller"),
    (TextKind.CONTRACT, "zahlt er uns ebenso viel wie Sie", "the seller pays us as much as you do"),
    (TextKind.CONTRACT, "zahlen Sie erst, wenn er nachweislich gezahlt hat", "once the seller has demonstrably paid"),
    # Art. 246a § 1 (1) Nr. 14 EGBGB, § 10 (2) Nr. 2 f MaBV.
    (TextKind.CONTRACT, "auf unbestimmte Zeit", "for an indefinite period"),
    (TextKind.CONTRACT, "ohne Frist in Textform kündigen", "without notice in text form"),
    (TextKind.CONTRACT, "Wenn Sie die Immobilie schon kennen", "If you know the property already"),
    (TextKind.CONTRACT, "Ihre Familie, Ihre Bank und wer Sie berät", "Your family, your bank and your advisers"),
    # Art. 246a § 1 (3) Nr. 2 EGBGB, § 356 (5) BGB: when the right to withdraw ends early.
    (TextKind.CONTRACT, "bestätigt haben, dass Sie das Recht dadurch verlieren", "that you thereby lose the right"),
    (TextKind.CONTRACT, "Es gilt deutsches Recht", "German law applies"),
    (TextKind.CONTRACT, "seines zwingenden Verbraucherrechts", "of its mandatory consumer law"),
    (TextKind.CONTRACT, "Verbraucherschlichtungsstelle", "consumer conciliation body"),
    # Art. 246c EGBGB: steps, errors, storage, languages; and two who order together.
    (TextKind.STEPS, "die Schaltfläche drücken, die eine Zahlungspflicht nennt", "the button there that names a duty"),
    (TextKind.STEPS, "bestellen Sie zu zweit", "if two of you order together"),
    (TextKind.STEPS, "auf der Seite alles ändern", "you can change on the page"),
    (TextKind.STEPS, "Wir speichern den Vertrag", "We store the contract"),
    (TextKind.STEPS, "auf Englisch, wenn die Seite es oben anbietet", "in English where the page offers it"),
    # Art. 13, 14, 21 GDPR.
    (TextKind.PRIVACY, "[TELEFON]", "[TELEFON]"),
    (TextKind.PRIVACY, "[DATENSCHUTZBEAUFTRAGTE]", "[DATENSCHUTZBEAUFTRAGTE]"),
    (TextKind.PRIVACY, "Haben Sie über ein Immobilienportal angefragt", "If you inquired through a property portal"),
    (TextKind.PRIVACY, "Eigentümer oder Verkäufer", "Owners or sellers"),
    (TextKind.PRIVACY, "Das Notariat", "The notary"),
    (TextKind.PRIVACY, "Zeitstempeldienste bekommen nur Prüfsummen", "Time-stamp services receive checksums only"),
    (TextKind.PRIVACY, "über Push-Dienste", "through push services"),
    (TextKind.PRIVACY, "Europäischen Wirtschaftsraums", "European Economic Area"),
    (TextKind.PRIVACY, "Jedes Öffnen Ihres persönlichen Links halten wir fest", "each opening of your personal link"),
    (TextKind.PRIVACY, "gekürzter IP-Adresse", "a shortened IP address"),
    (TextKind.PRIVACY, "Einschreiben-E-Mail: ob und wann", "Registered e-mail: whether and when"),
    (TextKind.PRIVACY, "§ 10 MaBV, § 257 HGB, § 147 AO", "§ 10 MaBV, § 257 HGB, § 147 AO"),
    (TextKind.PRIVACY, "[AUFBEWAHRUNG]", "[AUFBEWAHRUNG]"),
    (TextKind.PRIVACY, "Müssen Sie Angaben machen?", "Do you have to provide data?"),
    (TextKind.PRIVACY, "Sie können die Einwilligung jederzeit widerrufen", "You may withdraw your consent at any time"),
    (TextKind.PRIVACY, "[DATENSCHUTZAUFSICHT]", "[DATENSCHUTZAUFSICHT]"),
    (TextKind.PRIVACY, "\n\nIhr Widerspruchsrecht (Art. 21 DSGVO)\n\n", "\n\nYour right to object (Art. 21 GDPR)\n\n"),
    # § 5 DDG, § 36 VSBG, § 356a BGB.
    (TextKind.IMPRINT, "[INHABER]", "[INHABER]"),
    (TextKind.IMPRINT, "[REGISTER]", "[REGISTER]"),
    (TextKind.IMPRINT, "Wirtschafts-Identifikationsnummer: [UST-ID]", "business identification number: [UST-ID]"),
    (TextKind.IMPRINT, "[AUFSICHTSBEHÖRDE]", "[AUFSICHTSBEHÖRDE]"),
    (TextKind.IMPRINT, "(§ 36 VSBG)", "(section 36 VSBG)"),
    (TextKind.IMPRINT, "[WIDERRUFSSEITE]", "[WIDERRUFSSEITE]"),
    # § 14, annex 3 BFSG.
    (TextKind.ACCESSIBILITY, "WCAG 2.1, Stufe AA (EN 301 549)", "EN 301 549"),
    (TextKind.ACCESSIBILITY, "Marktüberwachungsstelle der Länder", "Marktüberwachungsstelle der Länder"),
]
# Untrue, unlawful or without meaning where it stands.
UNSAID = [
    "über der Schaltfläche",
    "above the button",
    "am Ende dieses Textes",
    "nach sechs Monaten",
    "after six months",
    "drei Jahre nach Ende des Jahres, in dem der Vertrag",
    "German version governs",
    "deutsche Fassung ist maßgeblich",
    "gesetzliches Muster",
    "Reservierungsgebühr",
    "Vertragsstrafe",
    "geben wir keine Daten an Dritte",
]


@pytest.mark.parametrize(("kind", "german", "english"), SAID)
def test_what_was_missing_stands_there_in_both_languages(kind: TextKind, german: str, english: str) -> None:
    assert german in draft(kind, GERMAN)
    assert english in draft(kind, ENGLISH)


@pytest.mark.parametrize("language", list(Language))
def test_no_draft_says_what_is_untrue_or_means_nothing_there(language: Language) -> None:
    for kind in TextKind:
        for words in UNSAID:
            assert words not in draft(kind, language), (kind, words)


def test_general_terms_have_no_draft() -> None:
    """The contract says all that the house knows of; what else an office wants is its own."""
    assert not any(draft(TextKind.TERMS, language) for language in Language)
