"""Legal texts: what they name, from when on they hold, what they are called, how the settings show them."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import an_agent, an_office

from siegelpost.office.models import Language, LegalText, Office, Role, TextKind
from siegelpost.office.statutory import draft
from siegelpost.office.texts import Origin, current, is_statutory, lacks_withdrawal_function, publish, title

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


@pytest.mark.django_db
def test_a_text_holds_from_its_day_on_and_keeps_what_it_goes_by() -> None:
    """A text for a law that begins next month is published today and read from that day on."""
    today = timezone.localdate()
    first = publish(TextKind.CONTRACT, Language.GERMAN, "Alt", Origin("§ 652 BGB", today))
    later = publish(TextKind.CONTRACT, Language.GERMAN, "Neu", Origin("Kanzlei X", today, today + timedelta(days=1)))
    assert (first.version, later.version) == (1, 2)
    assert current(TextKind.CONTRACT, Language.GERMAN) == first
    LegalText.objects.filter(pk=later.pk).update(valid_from=today)
    assert current(TextKind.CONTRACT, Language.GERMAN) == later
    again = publish(TextKind.CONTRACT, Language.GERMAN, "Neu", Origin(checked_on=today + timedelta(days=9)))
    assert (again.pk, again.source, again.checked_on) == (later.pk, "Kanzlei X", today + timedelta(days=9))


@pytest.mark.django_db
def test_a_form_of_the_offices_own_is_not_called_a_model() -> None:
    office = an_office()
    form = current(TextKind.WITHDRAWAL_FORM, Language.GERMAN)
    assert form
    assert (title(form), is_statutory(form)) == ("Muster-Widerrufsformular", True)
    own = publish(TextKind.WITHDRAWAL_FORM, Language.GERMAN, f"Widerruf an {office.name}")
    assert (title(own), is_statutory(own)) == ("Widerrufsformular", False)


@pytest.mark.django_db
def test_the_settings_show_the_model_the_difference_and_the_calendar() -> None:
    """One press publishes the drafts, after they were shown; a changed model is shown word by word."""
    browser = Browser()
    browser.force_login(an_agent(role=Role.ADMINISTRATOR))
    office = an_office()
    LegalText.objects.all().delete()
    shown = browser.get("/setup/texts/", secure=True).content.decode()
    assert "Marktplatz 3, 73728 Esslingen" in shown
    assert "/settings/texts/withdrawal_policy/de/" in shown
    Office.objects.update(phone="")
    assert "noch Angaben: Telefon." in browser.get("/setup/texts/", secure=True).content.decode()
    office.save()
    browser.post("/setup/texts/", secure=True)
    address = "/settings/texts/withdrawal_policy/de/"
    page = browser.get(address, secure=True).content.decode()
    assert "Das ist das gesetzliche Muster" in page
    assert office.phone in page
    changed = draft(TextKind.WITHDRAWAL_POLICY, Language.GERMAN).replace("vierzehn Tage ab", "14 Tage ab")
    given = {"text": changed, "source": "Kanzlei X", "checked_on": "2026-11-01", "valid_from": ""}
    assert browser.post(address, given, secure=True).status_code == 302
    page = browser.get(address, secure=True).content.decode()
    assert re.search(r"<del\s*>vierzehn</del> <ins\s*>14</ins>", page)
    assert "Kanzlei X" in page
    assert "weicht vom gesetzlichen Muster ab" in browser.get("/settings/texts/", secure=True).content.decode()
    assert "vierzehn Tage ab" in browser.get(f"{address}?draft=1", secure=True).content.decode()
    calendar = browser.get("/settings/law/", secure=True).content.decode()
    for words in ("I ZR 111/25", "in der Fassung vom 19.08.2026", "Nicht im Wortlaut gelesen:"):
        assert words in calendar
