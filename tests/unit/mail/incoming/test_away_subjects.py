"""Answering machines are known by a subject that is theirs as a whole; who only begins so is a person."""

import time

import pytest

from siegelpost.mail.incoming.away_subjects import is_frame

MACHINES = """
Automatische Antwort: Exposé Lindenstraße
Abwesenheitsnotiz: Exposé
Abwesenheitsnotiz
Abwesend bis 12.12.2026
Abwesenheit vom 3. bis 5. Dezember
Ich bin im Urlaub
Nicht im Büro
AW: Automatische Antwort: Exposé
Automatic reply: Exposé
Out of Office
Out of Office: Re: Exposé
Out of Office AutoReply: Exposé
Out of office until Monday
OOO
Auto Reply: x
[Auto-Reply] Exposé
Autoreply
Réponse automatique : Exposé
Absence du bureau
Automatisch antwoord: Exposé
Odpowiedź automatyczna: Exposé
Otomatik Yanıt: Exposé
Автоматический ответ: Exposé
Автоматична відповідь: Exposé
Risposta automatica: Exposé
Respuesta automática: Exposé
Resposta automática: Exposé
Automatická odpověď: Exposé
Automatisk svar: Exposé
Autosvar: Exposé
Automatiskt svar: Exposé
Automaattinen vastaus: Exposé
Automatikus válasz: Exposé
Răspuns automat: Exposé
Automatski odgovor: Exposé
Αυτόματη απάντηση: Exposé
رد تلقائي: Exposé
Empfangsbestätigung (angezeigt) - Exposé
Gelesen: Expose
Out of Office Re: Expose
Abwesenheitsnotiz: Expose
Fuori ufficio
Poza biurem
Frånvaro
Vacation reply
Automatic reply
Frånvaromeddelande: Exposé
Szabadságon vagyok
В отпуске
Betriebsurlaub bis 7. Januar 2027
"""
PEOPLE = """
Urlaub vom 3. bis 5., danach ja
Nicht erreichbar am Freitag, aber danach
Im Urlaub gesehen: Ihre Wohnung
Vacation home in Spain
Read: your offer
Re: Urlaubswohnung am See
Auto: Verkauf
Out of office hours: call me
Abwesend? Rufen Sie zurück
Automatische Antwort erwünscht
Automatische Rollläden vorhanden?
Urlaub in Spanien
In ferie a Natale: possiamo vedere la casa?
Ferie bis August, danach Besichtigung
Absence de réponse
Ja, automatisch
Im Urlaub, bitte Termin ab 5.12.
Ausência de resposta: contrato
Autosvar ja tak
"""


@pytest.mark.parametrize("subject", MACHINES.strip().splitlines())
def test_machines_of_every_language_here(subject: str) -> None:
    """Of fourteen languages none was known, and their away notes got a mail how to order."""
    assert is_frame(subject)


@pytest.mark.parametrize("subject", PEOPLE.strip().splitlines())
def test_people_who_only_begin_so(subject: str) -> None:
    """The subject "Vacation home in Spain" was a machine's, it was said, and what stood below counted for nothing."""
    assert not is_frame(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "abwesend " + "1 " * 200 + "x",
        "abwesend " + "mai 1" * 90,
        "re: " * 100,
        "[(" * 200,
        "abwesend " + "abc 11 " * 60,
    ],
)
def test_long_ones_cost_nothing(subject: str) -> None:
    begun = time.process_time()
    assert not is_frame(subject)
    assert time.process_time() - begun < 0.05
