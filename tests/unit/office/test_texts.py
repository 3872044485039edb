"""Whether a cancellation policy names the electronic withdrawal function."""

import pytest

from siegelpost.office.models import Language
from siegelpost.office.texts import lacks_withdrawal_function

# The statutory model as it was until 18 June 2026, also with its optional form on a website.
OLD = {
    Language.GERMAN: (
        "Um Ihr Widerrufsrecht auszuüben, müssen Sie uns (Immobilien Lindenhof, Marktplatz 3, 73728 Esslingen) mittels "
        "einer eindeutigen Erklärung über Ihren Entschluss, diesen Vertrag zu widerrufen, informieren. Sie können das "
        "Muster-Widerrufsformular oder eine andere eindeutige Erklärung auch auf unserer Webseite elektronisch "
        "ausfüllen und übermitteln.\n\nFolgen des Widerrufs\n\nWenn Sie diesen Vertrag widerrufen, haben wir Ihnen "
        "alle Zahlungen zurückzuzahlen."
    ),
    Language.ENGLISH: (
        "To exercise the right of withdrawal, you must inform us (Lindenhof, Marktplatz 3, Esslingen) of your decision "
        "to withdraw from this contract by an unequivocal statement. You can also electronically fill in and submit "
        "the model withdrawal form on our website.\n\nEffects of withdrawal\n\nIf you withdraw from this contract, we "
        "shall reimburse to you all payments."
    ),
}


@pytest.mark.parametrize("language", Language)
def test_a_policy_of_before_lacks_it(language: Language) -> None:
    assert lacks_withdrawal_function(OLD[language], language)
    assert lacks_withdrawal_function(OLD[language].replace("Lindenhof", "Lindenhof Online-Immobilien"), language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.GERMAN, "Sie können Ihr Widerrufsrecht auch online unter https://lindenhof.test/widerruf/ ausüben."),
        (Language.GERMAN, "Nutzen Sie dafür die Schaltfläche „Vertrag widerrufen“ auf unserer Seite."),
        (Language.GERMAN, "Oder Sie benutzen die elektronische Widerrufsfunktion."),
        (
            Language.ENGLISH,
            "You can also exercise your right of withdrawal online at https://lindenhof.test/widerruf/.",
        ),
        (Language.ENGLISH, "Use the button “Withdraw from contract” on our page."),
        (Language.ENGLISH, "Or use the electronic withdrawal function."),
    ],
)
def test_a_policy_of_2026_names_it(language: Language, words: str) -> None:
    assert not lacks_withdrawal_function(f"{OLD[language]}\n\n{words}", language)
