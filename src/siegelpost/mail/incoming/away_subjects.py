"""Subjects of answering machines, in the languages of recipients here: only where they are the whole of it.

A label such as "Automatische Antwort" is one where nothing stands beside it but the answered subject, behind a colon,
a dash or a "Re:". Words that people use, too ("Im Urlaub", "Out of office"), stand alone or with a date: "Urlaub vom 3.
bis 5., danach ja" and "Out of office hours: call me" are people's.
"""

import re
import unicodedata

# What only programs write.
_LABELS = (
    # German
    r"automatische[rs]? (?:e-?mail-?)?(?:antwort|rückmeldung|mitteilung|nachricht|benachrichtigung)(?:smail)?",
    r"automati(?:sch (?:erzeugte|generierte)|sierte) (?:antwort|nachricht|e-?mail)|auto(?:reply)?-?antwort",
    r"abwesenheits?-?(?:notiz|meldung|nachricht|benachrichtigung|assistent|agent|hinweis|info)",
    r"urlaubs?-?(?:notiz|meldung|nachricht|benachrichtigung|vertretung)",
    r"(?:ihre )?(?:eingangs|lese|empfangs)bestätigung(?: \(angezeigt\))?|(?:nicht )?gelesen",
    # English
    r"auto(?:matic|mated|matisch)?[ -]?(?:reply|response|responder|answer)|not read|read receipt",
    r"out[ -]of[ -](?:the[ -])?office (?:auto[ -]?)?(?:reply|response|notification|notice|message|assistant)",
    r"(?:vacation|holiday|away|absence) (?:auto[ -]?)?(?:reply|response|message|notice|notification)",
    # French, Dutch
    r"r[ée]ponse automatique(?: d'absence)?|(?:message|avis|notification) d'absence|accusé de (?:réception|lecture)",
    r"automatisch antwoord|automatische reactie|afwezigheids(?:bericht|melding|assistent)|ontvangstbevestiging",
    # Polish, Turkish
    r"odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|(?:informacja|powiadomienie) o nieobecności",
    r"otomatik (?:yanıt|cevap|mesaj)",
    # Russian, Ukrainian, Bulgarian, Serbian
    r"автоматический ответ|автоответ(?:чик)?|автоматическое уведомление|автоматична відповідь|автовідповідь",
    r"автоматичен отговор|аутоматски одговор",
    # Italian, Spanish, Portuguese, Romanian
    r"risposta automatica|risponditore automatico|messaggio di assenza|conferma di lettura",
    r"respuesta autom[áa]tica|mensaje de ausencia|resposta autom[áa]tica|mensagem de ausência|r[ăa]spuns automat",
    # Czech, Slovak, Croatian, Slovene
    r"automatická odpov[ěe]ď|automatski odgovor|samodejni odgovor|obavijest o odsutnosti",
    # Danish, Norwegian, Swedish, Finnish
    r"automatiske?t? svar|autosvar|fraværs(?:besked|melding|assistent)|frånvaro(?:meddelande|assistent)",
    r"automaattinen vastaus|poissaoloviesti|poissaoloilmoitus",
    # Hungarian, Greek, Arabic, Hebrew, Baltic and Far Eastern languages
    r"automatikus válasz|távolléti értesítés|αυτόματη απάντηση|(?:ال)?رد (?:ال)?تلقائي|מענה אוטומטי|תשובה אוטומטית",
    r"automatinis atsakymas|automātiskā atbilde|automaatvastus|përgjigje automatike|trả lời tự động",
    r"自动回复|自動回覆|自動応答|自動返信|不在通知|자동 회신|자동 응답",
)
# What people write, too.
_WORDS = (
    r"abwesend|abwesenheit|(?:ich bin |bin )?(?:zur ?zeit |derzeit |momentan )?(?:nicht (?:im (?:büro|haus)|erreichbar"
    r"|am platz)|im urlaub|außer haus|abwesend|in elternzeit|im mutterschutz)|(?:betriebs)?urlaub|betriebsferien",
    r"(?:i am |i'm )?(?:currently )?(?:out of (?:the )?office|ooo|away(?: from (?:the )?office)?|on (?:annual "
    r"|parental |maternity )?(?:vacation|leave|holiday)|on vacation)|annual leave|vacation",
    r"(?:je suis )?absente?(?: du bureau)?|absence du bureau|absence|en (?:congés?|vacances)",
    r"(?:ik ben )?(?:momenteel )?(?:afwezig|niet aanwezig|met vakantie|op vakantie)|afwezigheid",
    r"(?:jestem )?(?:poza biurem|nieobecn[yaą])|nieobecność(?: w biurze)?|na urlopie|(?:şu anda )?ofis dışında(?:yım)?"
    r"|izinde(?:yim)?|yıllık izin",
    r"(?:я )?(?:в отпуске|отсутствую(?: на рабочем месте)?|вне офиса|у відпустці|поза офісом|відсутн(?:ій|я))",
    r"(?:sono )?fuori (?:sede|ufficio)|in ferie|assen(?:te|za)(?: dall'ufficio)?|(?:estoy )?(?:ausente|de vacaciones"
    r"|fu?era de la oficina)|ausência(?: temporária)?|(?:estou )?(?:ausente|de férias|fora do escritório)",
    r"(?:sunt )?(?:în concediu|absent din birou)|în afara biroului|concediu(?: de odihnă)?",
    r"(?:jsem )?mimo kancelář|nepřítomnost|dovolená|mimo kancelárie",
    r"(?:izvan ureda|odsutn(?:a|ost)|odsutan|na godišnjem)",
    r"(?:jeg er )?ikke (?:på kontoret|til stede)|(?:på )?ferie|fravær|frånvaro|(?:ej|inte) på kontoret|(?:på )?semester"
    r"|poissa(?: toimistosta)?|lomalla",
    r"házon kívül(?: vagyok)?|szabadságon(?: vagyok)?|távollét|(?:είμαι )?εκτός γραφείου|απουσία|σε άδεια",
    r"خارج المكتب|في إجازة",
)
_DATE = (
    r"[(]?(?:\d{1,4}(?:[./-]\d{1,4}){0,2}\.?|[&+–—-]|bis|vom|von|ab|zum|am|im|den|einschließlich|inkl\.?|und"
    r"|until|till|from|to|through|the|and|back(?: on)?|jusqu'au|du|au|tot|van|t/m|do|od|dnia|kadar|до|с|з|по|fino al"
    r"|dal|al|hasta(?: el)?|del?|até|a|până(?: la)?|til|fra|till|och|-ig|έως|από|حتى"
    r"|[a-zäéûàçřížłśź]{3,12}\.? ?\d{2,4}|jan\w*|feb\w*|m[aä]rz|apr\w*|ma[iy]|jun\w*|jul\w*|aug\w*|sep\w*|o[kc]t\w*"
    r"|nov\w*|de[zc]\w*|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"[.,)]?"
)
_ANSWERED = r"(?:re|aw|antw|antwort|sv|vs|odp|ynt|ответ|відп|rif|r|fwd?|wg)\s?(?:\[\d{1,2}\])?\s?:"
_FRAME = re.compile(
    rf"(?:{_ANSWERED}\s?){{0,2}}(?:"
    rf"[\[(<*]{{0,2}}(?:{'|'.join(_LABELS)})[\])>*]{{0,2}}(?:[.!]?|\s?[:–—|-]\s?.*|\s{_ANSWERED}.*|\s?[\[(\"„“].*)"
    rf"|[\[(](?:{'|'.join(_LABELS)})[\])]\s?.*"
    rf"|[\[(<*]{{0,2}}(?:{'|'.join(_WORDS)})[\])>*]{{0,2}}(?:\s?[,:–—-]?\s?{_DATE}(?:\s{_DATE}){{0,12}})?[.!]{{0,3}}"
    rf"|(?:{'|'.join(_WORDS)})\s?[:–—|-]?\s{_ANSWERED}.*"
    r")",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 500


def is_frame(subject: str) -> bool:
    """Whether the subject is an answering machine's, as a whole."""
    plain = " ".join(unicodedata.normalize("NFKC", subject[:_LONGEST]).replace("’", "'").split())
    return _FRAME.fullmatch(plain) is not None
