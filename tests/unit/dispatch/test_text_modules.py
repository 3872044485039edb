"""Mail texts written once: filled for each recipient; what nobody knows or has entered is said and never sent.

Of the finding that agents write the same mail anew for everybody, and of its kind: a text that is kept by name must
not greet the next person by the last one's.
"""

import re
import uuid
from html import unescape

import pytest
from django.db import IntegrityError
from django.test import Client as Browser
from django.utils import translation
from tests.support.office import a_contact, a_dispatch, a_letter, an_agent, an_estate, sent_again
from tests.unit.dispatch.registered.test_registered import sent as sent_registered
from tests.unit.dispatch.test_resend import came_back, form_in

from siegelpost.dispatch import text_modules, wording
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.models import Dispatch, ModulePurpose, TextModule
from siegelpost.dispatch.send import send, several
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
WORDS = "{Objekt} in {Ort} für {Preis} passt zu Ihnen, {Anrede} {Nachname}.\n{Agentin}, {Büro}"


def a_module(**fields: object) -> TextModule:
    given = {"name": "Antwort auf Anfrage", "subject": "{Objekt}, {Ort}", "text": WORDS, **fields}
    return text_modules.save(TextModule(**given))


def office(agent: Agent) -> Browser:
    browser = Browser()
    browser.force_login(agent)
    return browser


def said(**fields: str) -> wording.Wording:
    about = wording.About(the_office(), an_agent(), a_contact(), [an_estate()])
    return wording.filled(fields.get("subject", ""), fields.get("message", ""), about, Language.GERMAN)


def test_each_placeholder_says_something_in_both_languages_and_stands_in_the_list() -> None:
    agent = an_agent(phone="0711 5550120")
    about = wording.About(the_office(), agent, a_contact(company="Berger GmbH"), [an_estate(external_no="A-17")])
    for language in Language:
        for one in wording.PLACEHOLDERS:
            for name in (one.name, one.english, one.name.upper()):
                found = wording.filled("", f"({{{name}}})", about, language)
                assert not found.reasons
                assert re.fullmatch(r"\([^{}]+\)", found.message), name
    assert wording.filled("", "{Preis}", about, Language.ENGLISH).message == "€420,000"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{Nachnahme}", "Den Platzhalter {Nachnahme} gibt es nicht. Meinen Sie {Nachname}?"),
        ("{IBAN}", "Den Platzhalter {IBAN} gibt es nicht. Schreiben Sie es ohne geschweifte"),
        ("{{Nachname}}", "„{{Nachname}}“ ginge so hinaus: Ein Platzhalter steht in genau einem Paar"),
        ("{{ client.last_name }}", "geschweifter Klammern. Meinen Sie {Nachname}?"),
        ("{Nachname, vielen Dank", "„{Nachname, vielen Dank“ ginge so hinaus: Ein Platzhalter"),
        ("Nachname}, vielen Dank", "„Nachname}“ ginge so hinaus"),
        ("{ Nachname", "geschweifter Klammern. Meinen Sie {Nachname}?"),
        ("{Vorname} {Nachname}}", "„{Nachname}}“ ginge so hinaus"),
        ("[Nachname]", "„[Nachname]“ ginge so hinaus"),
        ("<vorname>", "geschweifter Klammern. Meinen Sie {Vorname}?"),
        ("{Frau Nachname}", "Den Platzhalter {Frau Nachname} gibt es nicht. Meinen Sie {Nachname}?"),
        ("{" + "x" * 90 + "}", "x… gibt es nicht. Schreiben Sie es ohne geschweifte"),
        ("{Firma}", "Für {Firma} ist bei „Mara Berger“ nichts einzusetzen: Tragen Sie es nach, oder streichen Sie es."),
    ],
)
def test_what_nobody_knows_or_has_entered_is_said_and_never_sent(words: str, told: str) -> None:
    letter = a_letter(message=f"Guten Tag, {words}")
    with pytest.raises(NotReadyError, match=re.escape(told)):
        send.send(an_agent(), letter, public_id=uuid.uuid4())
    with pytest.raises(NotReadyError, match=re.escape(told)):
        sent_registered(message=f"Guten Tag, {words}")
    assert not Dispatch.objects.exists()


def test_what_is_put_in_is_not_looked_through_again_and_lone_braces_are_let_be() -> None:
    contact = a_contact(last_name="{Firma}")
    about = wording.About(the_office(), an_agent(), contact, [])
    made = wording.filled("", "{Nachname} { } {} {\n} Bis dann ;-} [sic]", about, Language.GERMAN)
    assert (made.message, made.reasons) == ("{Firma} { } {} {\n} Bis dann ;-} [sic]", [])


def test_blanks_inside_of_the_braces_are_no_matter() -> None:
    made = said(subject="Für { Nachname }", message="{Vorname } {\u00a0LAST  name}")
    assert (made.subject, made.message, made.reasons) == ("Für Berger", "Mara Berger", [])
    assert "{Firma}" in said(message="{ Firma }").reasons[0]


def test_a_placeholder_that_is_written_wrong_is_told_in_the_preview_and_in_the_readers_language() -> None:
    agent, estate, contact = an_agent(), an_estate(), a_contact()
    address = f"/send/?contact={contact.public_id}&estate={estate.public_id}"
    browser = office(agent)
    fields = form_in(browser.get(address, secure=True).content.decode()) | {"message": "Guten Tag, {{Nachname}}"}
    page = unescape(browser.post("/send/preview/", fields, secure=True).content.decode())
    assert "„{{Nachname}}“ ginge so hinaus" in page
    with translation.override("en"):
        assert wording.unknown("{Last nme}")[0].endswith("Did you mean {Last name}?")


def test_a_subject_that_grows_too_long_is_said() -> None:
    reasons = said(subject="x" * 190 + "{Objekt}").reasons
    assert reasons == ["Mit dem, was eingesetzt wird, ist der Betreff länger als 200 Zeichen."]


def test_what_goes_out_is_filled_and_what_was_written_is_kept_for_sending_again() -> None:
    """A corrected name: what is sent in its place greets the new one, also inside of the agent's own words."""
    contact = a_contact(salutation="mr", first_name="Hans", last_name="Falsch", email="falsch@web.test")
    before = came_back(a_dispatch(contact=contact, subject="Für {Name}", message=WORDS))
    assert before.message.startswith("Helle Altbauwohnung in Esslingen für 420.000\u00a0€ passt zu Ihnen, Herr Falsch.")
    assert (before.subject, before.page["subject"]) == ("Für Hans Falsch", "Für Hans Falsch")
    assert before.written == ("Für {Name}", WORDS)
    contact.last_name = "Falk"
    contact.save()
    new = sent_again(before)
    assert (new.subject, "Falsch" in new.message, "Herr Falk" in new.message) == ("Für Hans Falk", False, True)
    page = office(before.agent).get(f"/dispatches/{new.public_id}/", secure=True).content.decode()
    assert "{Name}" not in page


def test_a_registered_mail_is_filled_for_each_recipient() -> None:
    made = sent_registered(subject="An {Name}", message="Zu Händen {Nachname}.").dispatch
    assert made.subject == f"An {made.contact.full_name}"
    assert made.content["message"] == f"Zu Händen {made.contact.last_name}."
    assert made.written == ("An {Name}", "Zu Händen {Nachname}.")


def test_of_several_each_gets_their_own_words() -> None:
    estate = an_estate()
    two = [a_contact(), a_contact(salutation="mr", last_name="Kern", email="jan@kern.test")]
    letters = [a_letter(estates=[estate], contact=one, message="Hallo {Anrede} {Nachname}") for one in two]
    sent = several.send_each(an_agent(), letters, batch=uuid.uuid4()).dispatches
    assert [one.message for one in sent] == ["Hallo Frau Berger", "Hallo Herr Kern"]


def test_a_new_letter_begins_with_ones_own_default_or_else_the_offices() -> None:
    agent, estate, contact = an_agent(), an_estate(), a_contact()
    a_module(is_default=True)
    address = f"/send/?contact={contact.public_id}&estate={estate.public_id}"
    page = unescape(office(agent).get(address, secure=True).content.decode())
    assert form_in(page)["message"] == [WORDS]
    assert "passt zu Ihnen, Frau Berger." in page, "the preview shows it filled"
    assert "Jetzt senden" in page
    a_module(owner=agent, text="Meine Worte, {Nachname}", subject="", is_default=True)
    page = unescape(office(agent).get(address, secure=True).content.decode())
    assert form_in(page)["message"] == ["Meine Worte, {Nachname}"]
    assert form_in(page)["subject"] == ["Exposé: Helle Altbauwohnung"]
    office_wide = text_modules.default(an_agent(), ModulePurpose.EXPOSE, Language.GERMAN)
    assert office_wide is not None
    assert office_wide.owner is None
    assert text_modules.default(agent, ModulePurpose.EXPOSE, Language.ENGLISH) is None


def test_a_module_is_put_in_while_composing_and_loses_nothing_that_was_typed() -> None:
    agent, estate, contact = an_agent(), an_estate(), a_contact()
    module = a_module(owner=agent)
    browser = office(agent)
    address = f"/send/?contact={contact.public_id}&estate={estate.public_id}"
    fields = form_in(browser.get(address, secure=True).content.decode())
    put = {"insert": str(module.public_id)}
    untouched = form_in(unescape(browser.post("/send/preview/", fields | put, secure=True).content.decode()))
    assert untouched["message"] == [WORDS]
    assert untouched["subject"] == ["{Objekt}, {Ort}"]
    typed = fields | put | {"message": "Bis Samstag!"}
    after = form_in(unescape(browser.post("/send/preview/", typed, secure=True).content.decode()))
    assert after["message"] == [f"Bis Samstag!\n\n{WORDS}"]
    both = f"/send/several/?estate={estate.public_id}&recipient={contact.public_id}&recipient={a_contact().public_id}"
    fields = form_in(browser.get(both, secure=True).content.decode())
    page = unescape(browser.post("/send/several/preview/", fields | put, secure=True).content.decode())
    assert form_in(page)["message"] == [WORDS]
    letter = a_module(owner=agent, purpose=ModulePurpose.REGISTERED, text="Für {Name}", subject="Kündigung")
    fields = form_in(browser.get(f"/registered/new/?contact={contact.public_id}", secure=True).content.decode())
    put = {"insert": str(letter.public_id)}
    page = unescape(browser.post("/registered/preview/", fields | put, secure=True).content.decode())
    assert form_in(page)["message"] == ["Für {Name}"]
    assert "Für Mara Berger" in page


def test_the_page_keeps_shows_refuses_takes_away_and_brings_back() -> None:
    agent = an_agent()
    browser = office(agent)
    assert "Noch keine Textbausteine." in browser.get("/text-modules/", secure=True).content.decode()
    given = {"name": "Absage", "purpose": "expose", "language": "de", "subject": "{Objekt}", "text": "{Nachnahme}"}
    refused = browser.post("/text-modules/new/", given, secure=True)
    assert refused.status_code == 422
    assert "Meinen Sie {Nachname}?" in unescape(refused.content.decode())
    given["text"] = "Leider schon vergeben, {Anrede} {Nachname}."
    an_estate()
    shown = browser.post("/text-modules/preview/", given, secure=True).content.decode()
    assert "Leider schon vergeben, Frau Muster." in shown
    assert not TextModule.objects.exists()
    browser.post("/text-modules/new/", given, secure=True)
    module = TextModule.objects.get()
    assert (module.owner, module.removed_at) == (agent, None)
    act = f"/text-modules/{module.public_id}/do/"
    browser.post(act, {"act": "remove"}, secure=True)
    assert not text_modules.usable(agent, ModulePurpose.EXPOSE)
    page = browser.get("/text-modules/", secure=True).content.decode()
    assert "Absage zurückholen" in page
    browser.post(act, {"act": "erase"}, secure=True)
    assert not TextModule.objects.exists()


def test_what_all_write_with_is_changed_by_who_leads_and_what_is_anothers_is_not_there() -> None:
    module, own = a_module(), a_module(owner=an_agent())
    for one in (module, own):
        agent = office(an_agent())
        assert agent.get(f"/text-modules/{one.public_id}/", secure=True).status_code == 404
        assert agent.post(f"/text-modules/{one.public_id}/do/", {"act": "remove"}, secure=True).status_code == 404
    leader = office(an_agent(role=Role.MANAGER))
    assert leader.get(f"/text-modules/{module.public_id}/", secure=True).status_code == 200
    leader.post(f"/text-modules/{module.public_id}/do/", {"act": "remove"}, secure=True)
    leader.post(f"/text-modules/{module.public_id}/do/", {"act": "restore"}, secure=True)
    assert text_modules.listed(an_agent()).get() == module


def test_there_is_one_default_also_where_one_comes_back() -> None:
    first = a_module(is_default=True)
    text_modules.remove(first)
    second = a_module(is_default=True)
    text_modules.restore(first)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(IntegrityError):
        TextModule.objects.create(name="x", text="x", is_default=True)
