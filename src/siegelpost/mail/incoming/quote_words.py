r"""What mail programs write above the mail that is answered, in the languages of recipients here.

An attribution names a moment and who wrote ("Am 25.11.2026 um 10:00 schrieb …:"), a block of headers at least three of
them, a divider stands between strokes: so a sentence of a person's is none.

Each is looked for at the beginning of a line and nowhere else (``\A``), and what repeats is bounded or never given back
(``*+``): so a line costs in proportion to its length, however it is used.
"""

import re

_WROTE = (
    r"(?:schrieb|geschrieben|wrote|a écrit|ha scritto|schreef|geschreven|escreveu|escribió|skrev|kirjoitti"
    r"|napisał(?:\(a\)|a)?|пишет|написал(?:\(а\)|а)?|пише|написав|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?"
    r"|ezt írta|írta|a scris|je napisao(?:/la)?|je napisala|napisao je|napisala je|şunu yazdı|yazdı|έγραψε|كتب)"
)
# What some programs begin an attribution with; others begin with the moment, or with who wrote.
_BEGINS = r"(?:am|on|le|il|op|em|den|at|el|dne|dnia|w dniu|în|pe|dana|στις|в|у|на|في)\b"
_MOMENT = r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\s?\d{1,2}[./-]"
# Some programs break the line within.
_ADDRESS = r"<\s?(?:mailto:)?[^<>\s]{3,250}\s?>"
# Zoho has it between strokes.
_ATTRIBUTION = re.compile(
    rf"\A(?:{_BEGINS}.{{0,400}}?(?<![^\W\d_]){_WROTE}(?![^\W\d_]).{{0,200}}:\s*+$"
    r"|.{1,200}\b(?:schrieb am|wrote on)\b.{1,200}:\s*+$"
    r"|(?:zitat von|quoting|citat från)\b.{1,200}:\s*+$"
    rf"|.{{0,200}}{_ADDRESS}\s*+(?:schrieb|hat am|wrote|writes)\b.{{0,200}}:\s*+$"
    rf"|-{{2,}}+\s?{_BEGINS}.{{0,400}}?{_WROTE}\s?-{{2,}}+\s*+$)",
    re.IGNORECASE,
)
# "23 mar 2017 21:25 "Jan" <jan@…> napisał(a):": a moment, and who wrote.
_DATED = re.compile(
    rf"\A(?=.{{0,300}}?(?:{_MOMENT})).{{0,400}}?(?<![^\W\d_]){_WROTE}(?![^\W\d_]).{{0,200}}:\s*+$", re.IGNORECASE
)
# "2017-02-05 13:29 GMT+02:00 Jan <jan@…>:", "пт, 1 янв. 2021 г. в 10:00, Иван <ivan@…>:" have no verb.
_VERBLESS = re.compile(rf"\A(?=.{{0,120}}?(?:{_MOMENT}))[^<>]{{4,200}}{_ADDRESS}\s?:\s*+$", re.IGNORECASE)
_ATTRIBUTIONS = (_ATTRIBUTION, _DATED, _VERBLESS)
_DATE_FIRST = re.compile(
    r"\A(?:[^\W\d_]{2,12}[.,]{0,2} )?\d{1,4}[./-]?\s?(?:[^\W\d_]{3,12}|\d{1,2})[./-]?.{4,}", re.IGNORECASE
)
_BEGINS_ATTRIBUTION = re.compile(
    rf"\A(?:{_BEGINS}.{{4,}}|.{{0,200}}(?:schrieb am|wrote on)\b|.{{0,200}}{_ADDRESS},)", re.IGNORECASE
)

_ORIGINAL = (
    r"urspr(?:ü|ue)ngliche nachricht|original(?:[- ]?nachricht| message)|antwort[ -](?:nachricht|message)|reply message"
    r"|nachricht von|message d'origine|message original|oorspronkelijk bericht|messaggio originale|mensaje original"
    r"|mensagem original|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|оригинальное сообщение"
    r"|початкове повідомлення|вихідне повідомлення|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original"
    r"|izvorna poruka|originalna poruka|orijinal (?:mesaj|ileti)|özgün ileti|αρχικό μήνυμα|الرسالة الأصلية"
    r"|oprindelig (?:meddelelse|besked)|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti"
)
# Below such a line stands the answered mail, not marked line by line.
DIVIDER = re.compile(rf"\A\s*+[-_*=]{{2,}}+\s*+(?:{_ORIGINAL})\b.{{0,200}}$", re.IGNORECASE)
# Below this, what somebody passes on.
FORWARDED = re.compile(
    r"\A\s*+[-_*=]{2,}+\s*+(?:weitergeleitete[ -](?:nachricht|message)|forwarded[ -](?:nachricht|message)"
    r"|message transféré|doorgestuurd bericht|messaggio inoltrato|mensaje reenviado|mensagem (?:re)?encaminhada"
    r"|przekazana wiadomość|пересылаемое сообщение|переслане повідомлення|přeposlaná zpráva"
    r"|videresendt meddelelse|vidarebefordrat|továbbított üzenet|mesaj redirecționat"
    r"|proslijeđena poruka|iletilen mesaj)\b.{0,200}$",
    re.IGNORECASE,
)

# The headers of the answered mail: who wrote and when (with one of these a block begins), to whom, about what.
_FIRST = (
    *("von", "gesendet", "datum", "from", "sent", "date", "de", "envoyé", "van", "verzonden", "da", "inviato", "data"),
    *("enviado", "fecha", "od", "wysłano", "wysłane", "от", "отправлено", "дата", "від", "надіслано", "fra", "sendt"),
    *("dato", "från", "skickat", "lähettäjä", "lähetetty", "päivämäärä", "odesláno", "odoslané", "feladó", "elküldve"),
    *("küldve", "dátum", "trimis", "poslano", "kimden", "gönderildi", "tarih", "από", "στάλθηκε", "ημερομηνία", "من"),
    *("التاريخ", "enviado el", "enviado em", "de la", "gönderme tarihi", "data wysłania"),
)
_FURTHER = (
    *("an", "cc", "kopie", "betreff", "antwort an", "to", "subject", "reply-to", "à", "objet", "répondre à", "aan"),
    *("onderwerp", "a", "oggetto", "risposta", "para", "asunto", "assunto", "do", "dw", "temat"),
    *("кому", "копия", "копія"),
    *("тема", "til", "emne", "till", "kopia", "ämne", "vastaanottaja", "aihe", "komu", "předmět", "predmet", "címzett"),
    *("tárgy", "către", "subiect", "za", "naslov", "kime", "konu", "bilgi", "προς", "θέμα", "إلى", "الموضوع"),
)
FIRST_HEADERS = frozenset(_FIRST)
_NAMES = "|".join(map(re.escape, sorted({*_FIRST, *_FURTHER}, key=len, reverse=True)))
HEADER = re.compile(rf"\A\s*+\*{{0,2}}(?P<name>{_NAMES})\*{{0,2}}\s?:", re.IGNORECASE)


def is_attribution(line: str) -> bool:
    """Whether the line says who wrote what is quoted next, and when."""
    return line.rstrip().endswith((":", "-")) and any(one.match(line) for one in _ATTRIBUTIONS)


def begins_attribution(line: str) -> bool:
    """Whether such a line may begin here and go on in the next."""
    return _BEGINS_ATTRIBUTION.match(line) is not None or _DATE_FIRST.match(line) is not None
