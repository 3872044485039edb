"""Quotes of every language here are told from the writer's own words, and nothing of these is lost."""

import time

import pytest

from siegelpost.mail.incoming.quoting import own_words

ADDRESS = "<buero@office.test>"
OURS = "Guten Tag, Ihr Exposé liegt bereit."
ATTRIBUTIONS = {
    "de": f"Am Fr., 5. Dez. 2025 um 10:00 Uhr schrieb Büro {ADDRESS}:",
    "en": f"On Fri, Dec 5, 2025 at 10:00 AM Office {ADDRESS} wrote:",
    "fr": f"Le ven. 5 déc. 2025 à 10:00, Bureau {ADDRESS} a écrit :",
    "nl": f"Op vr 5 dec 2025 om 10:00 schreef Kantoor {ADDRESS}:",
    "nl, Apple": f"Op 5 dec. 2025, om 10:00 heeft Kantoor {ADDRESS} het volgende geschreven:",
    "pl": f"pt., 5 gru 2025 o 10:00 Biuro {ADDRESS} napisał(a):",
    "pl, Thunderbird": f"W dniu 5.12.2025 o 10:00, Biuro {ADDRESS} pisze/napisał:",
    "tr": f"Ofis {ADDRESS}, 5 Ara 2025 Cum, 10:00 tarihinde şunu yazdı:",
    "ru": "понедельник, 6 октября 2014 г. пользователь Офис написал:",
    "ru, Gmail": f"пт, 5 дек. 2025 г. в 10:00, Офис {ADDRESS}:",
    "uk": f"пт, 5 груд. 2025 р. о 10:00 Офіс {ADDRESS} пише:",
    "it": f"Il giorno ven 5 dic 2025 alle ore 10:00 Ufficio {ADDRESS} ha scritto:",
    "es": f"El vie, 5 dic 2025 a las 10:00, Oficina ({ADDRESS}) escribió:",
    "pt": f"Em sex., 5 de dez. de 2025 às 10:00, Escritório {ADDRESS} escreveu:",
    "cs": f"pá 5. 12. 2025 v 10:00 odesílatel Kancelář {ADDRESS} napsal:",
    "da": f"Den fre. 5. dec. 2025 kl. 10.00 skrev Kontor {ADDRESS}:",
    "sv": f"Den fre 5 dec. 2025 kl 10:00 skrev Kontor {ADDRESS}:",
    "no": f"fre. 5. des. 2025 kl. 10:00 skrev Kontor {ADDRESS}:",
    "fi": f"pe 5. jouluk. 2025 klo 10.00 Toimisto ({ADDRESS}) kirjoitti:",
    "hu": f"Iroda {ADDRESS} ezt írta (időpont: 2025. dec. 5., P, 10:00):",
    "ro": f"În vin., 5 dec. 2025 la 10:00, Birou {ADDRESS} a scris:",
    "hr": f"pet, 5. pro 2025. u 10:00 Ured {ADDRESS} napisao je:",
    "el": f"Στις Παρ 5 Δεκ 2025 στις 10:00 π.μ., ο χρήστης Γραφείο {ADDRESS} έγραψε:",
    "ar": f"في الجمعة، 5 ديسمبر 2025 في 10:00 ص كتب {ADDRESS}:",
    "no verb": f"2025-12-05 10:00 GMT+01:00 Office {ADDRESS}:",
    "between strokes": "---- On Fri, 05 Dec 2025 10:00:00 +0100 Office<buero@office.test> wrote ----",
    "broken": '23 mar 2017 21:25 "Biuro" <\nbuero@office.test> napisał(a):',
}
HEADERS = {
    "de": "Von: B\nGesendet: x\nAn: A\nBetreff: E",
    "en": "From: B\nSent: x\nTo: A\nSubject: E",
    "fr": "De : B\nEnvoyé : x\nÀ : A\nObjet : E",
    "nl": "Van: B\nVerzonden: x\nAan: A\nOnderwerp: E",
    "it": "Da: B\nInviato: x\nA: A\nOggetto: E",
    "es": "De: B\nEnviado el: x\nPara: A\nAsunto: E",
    "pt": "De: B\nEnviado: x\nPara: A\nAssunto: E",
    "pl": "Od: B\nWysłano: x\nDo: A\nTemat: E",
    "ru": "От: B\nОтправлено: x\nКому: A\nТема: E",
    "uk": "Від: B\nНадіслано: x\nКому: A\nТема: E",
    "cs": "Od: B\nOdesláno: x\nKomu: A\nPředmět: E",
    "da": "Fra: B\nSendt: x\nTil: A\nEmne: E",
    "sv": "Från: B\nSkickat: x\nTill: A\nÄmne: E",
    "fi": "Lähettäjä: B\nLähetetty: x\nVastaanottaja: A\nAihe: E",
    "hu": "Feladó: B\nElküldve: x\nCímzett: A\nTárgy: E",
    "ro": "De la: B\nTrimis: x\nCătre: A\nSubiect: E",
    "tr": "Kimden: B\nGönderildi: x\nKime: A\nKonu: E",
    "el": "Από: B\nΣτάλθηκε: x\nΠρος: A\nΘέμα: E",
    "es, divided": "-----Mensaje original-----\nDe: B",
    "nl, divided": "-----Oorspronkelijk bericht-----\nVan: B",
    "pl, divided": "-----Wiadomość oryginalna-----\nOd: B",
}


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=[*ATTRIBUTIONS])
def test_who_wrote_and_when(line: str) -> None:
    """Polish, Russian, Spanish, Italian and other attributions stood among the writer's own words."""
    assert own_words(f"Gut.\n\n{line}\n> Guten Tag\n> Büro\n\nDanke") == "Gut.\n\nDanke"


@pytest.mark.parametrize("block", HEADERS.values(), ids=[*HEADERS])
def test_headers_above_an_unmarked_mail(block: str) -> None:
    """Outlook's headers were known in German and English only: all of our mail became the writer's words."""
    assert own_words(f"Gut.\n\n{block}\n\nGuten Tag\nBüro") == "Gut."


@pytest.mark.parametrize(
    "line",
    [
        *("Envoyé de mon iPhone", "Verstuurd vanaf mijn iPad", "Inviato da iPhone", "Enviado desde mi iPhone"),
        *("Enviado do meu iPhone", "Wysłane z iPhone'a", "Отправлено с iPhone", "Skickat från min iPhone"),
        *("Sendt fra min iPad", "Odesláno z iPhonu", "iPhone'umdan gönderildi", "Lähetetty iPhonesta"),
    ],
)
def test_devices_name_themselves(line: str) -> None:
    """Such a line is a program's in every language, and a sentence that goes on is a person's."""
    assert own_words(f"Gut.\n\n{line}") == "Gut."
    assert own_words(f"Gut.\n\n{line}, aber nicht von mir") != "Gut."


@pytest.mark.parametrize(
    "text",
    [
        "Ja.\n>>> aber nur ohne Provision <<<",
        "Am Telefon hat Herr Roth um 10:30 Uhr geschrieben:\nkeine Provision",
        "Hier:\n\n---------- Weitergeleitete Nachricht ----------\nVon: Bank\nDatum: heute\nBetreff: Zusage\n\nJa.",
        "Von: mir\nGuten Tag,\nich komme gern.",
        "Termine:\nam 5.12. um 10:00\nam 6.12. um 11:00",
        "Data: 5 dicembre, a casa: sì.",
    ],
)
def test_the_writers_own_words_stay(text: str) -> None:
    """Words set off by arrows, a sentence with a colon and a passed-on mail were taken for quotes, and lost."""
    assert own_words(text, OURS) == text


def test_words_below_a_line_that_introduces_nothing() -> None:
    """An answer that began with "On … wrote:" and no mark after it was shown as empty."""
    line = ATTRIBUTIONS["en"]
    assert own_words(f"{line}\nI come gladly.", OURS) == "I come gladly."
    assert own_words(f"{line}\n{OURS}", OURS) == ""


def test_our_own_mail_passed_on_is_not_the_writers() -> None:
    assert own_words(f"Zur Kenntnis.\n\n--- Weitergeleitete Nachricht ---\n{OURS}", OURS) == "Zur Kenntnis."


@pytest.mark.parametrize(
    "line", ["1.1.1 " * 80, "<a " * 160, "am " + "schrieb " * 60, "a: " * 160, "-- on " * 80, "5 mai " * 80]
)
def test_long_lines_cost_nothing(line: str) -> None:
    begun = time.process_time()
    own_words("\n".join([line] * 200))
    assert time.process_time() - begun < 2
