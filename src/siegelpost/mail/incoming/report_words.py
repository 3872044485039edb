"""The words by which mail servers say that a mail failed, or waits: by language, as Exchange and the others write them.

Nothing follows from a word alone, for people use the same: :mod:`.bounces` looks at who says it, and at how.
"""

import re

_FAILED = (
    # English
    r"undeliver(able|ed)",
    r"delivery (status )?(notification:? )?\(?(has )?(failed|failure|error|problem)",
    r"(failure|failed) (notice|delivery|mail)|mail (delivery )?(failed|failure)|failed mail delivery",
    r"non[- ]?deliver(y|ed|able)|returned (mail|to sender)|mail has been returned|bounce notification",
    r"(could|can) ?not be delivered|(was )?(?<!has )not (been )?delivered|(was|is) undelivered",
    r"error (while )?(sending|delivering)|error has occurred while attempting to deliver",
    r"mail (system )?error|mail delivery (error|problem)|permanent (fatal )?error|failed permanently",
    r"(unable|failed) to deliver|did not reach the following|was aborted after|failed recipients",
    r"(message|mail) (that )?(you sent )?(was |has been )?(automatically )?rejected|rejected mail",
    # German
    r"unzustellbar|nicht zustellbar|(?<!noch )nicht zugestellt|zustellung .{0,20}fehlgeschlagen|zustellfehler",
    r"konnte nicht .{0,40}zugestellt werden|übermittlungsfehler|zustellung nicht möglich",
    # French, Dutch, Polish, Turkish
    r"non remis|échec de (la )?(remise|distribution)|n'a (pas )?pu être (remis|délivré|distribué)",
    r"onbestelbaar|niet (bezorgd|afgeleverd)|kan niet worden (bezorgd|afgeleverd)",
    r"niedostarczon|nie dostarczono|nie można dostarczyć|nie (może|mogła) zostać dostarczon",
    r"teslim edilem|iletilemedi|gönderilemedi",
    # Russian, Ukrainian
    r"не (может|могло) быть доставлен|не(?: ?было)? ?доставлен|не удалось доставить|невозможно доставить",
    r"не вдалося доставити|неможливо доставити|не може бути доставлен",
    # Italian, Spanish, Portuguese, Romanian
    r"mancata consegna|non recapita|impossibile (recapitare|consegnare)|non è stato possibile (recapitare|consegnare)",
    r"no (se )?entregado|no se (ha podido|pudo|puede) entregar|no ha podido ser entregado",
    r"não entregue|não (foi|é) possível entregar|não pôde ser entregue",
    r"nu (a putut fi|poate fi|se poate) livra|nelivra(t|bil)",
    # Czech, Slovak, Danish, Norwegian, Swedish, Finnish, Hungarian, Croatian, Greek, Arabic, Japanese, Chinese
    r"nedoručiteln|nepodařilo se doručit|nebylo možné doručit|nedoručen|nepodarilo sa doručiť",
    r"kunne ikke leveres|kan ikke leveres|kunde inte levereras|kan inte levereras|oleverbar",
    r"ei voitu toimittaa|toimittamatta",
    r"kézbesíthetetlen|nem (sikerült|lehet) kézbesíteni|nije (bilo )?moguće isporučiti|neisporuč",
    r"δεν (είναι|ήταν) δυνατή η παράδοση|δεν παραδόθηκε|μη παραδοτέ",
    r"تعذر (التسليم|تسليم)|غير قابل للتسليم|فشل (في )?(التسليم|تسليم)",
    r"送信できません|配信できません|配送できません|メールエラー|无法送达|無法傳遞|无法投递|退信|邮件无法|邮件发送失败",
)
# Says that it waits, also where the same report calls it a failure.
_TRIES_ON = r"will (be retried|keep trying|continue to (try|attempt))|attempts will continue"
_DELAYED = (
    r"delayed|warning: could not send|warning message only|delivery warning|\(delay\)|postponed|deferred",
    _TRIES_ON,
    r"still (being )?(trying|retried)",
    r"(has )?not (yet )?been delivered yet|has not yet been delivered|yet (to be )?delivered",
    r"noch nicht zugestellt|verzöger|zustellung .{0,20}später",
    r"remise (différée|retardée)|retard de (remise|livraison)|(bezorging|levering) (is )?(vertraagd|uitgesteld)",
    r"opóźni|gecik(ti|me|iyor)|задерж(ивается|ка|ано)|відкладено|затрим(ка|ується)",
    r"(recapito|consegna) (ritardat|in ritardo)|entrega (retrasad|demorad|atrasad|adiad)|livrare.{0,20}întârzi",
    r"(doručení|doručenie).{0,20}(zpoždě|opožd|oneskor)|forsinket|försen|viivästy|késle|kés(ik|edel)",
    r"isporuka.{0,20}(odgođen|kasni)|καθυστ|تأخ(ر|ير)",
)
_STILL = (
    _TRIES_ON,
    r"will be (re)?tried|try again for",
    r"weitere zustellversuche|wird weiter versucht|no action is required|do not need to (re-?send|take any action)",
)
# What is given up at last may have been delayed, too.
_FINAL = (
    r"\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b|permanent|endgültig|given up|giving up|aufgegeben|not going to try again",
    r"in the queue too long|envelope expired|will not be (re)?tried",
)
# Whole sentences that only a mail server has reason to write.
_FRAMES = (
    r"created automatically by (the )?mail (delivery|transport)|automatically generated (delivery|message)",
    r"this is (the mail system|an automatically generated|an automated message|the postfix|the qmail)",
    r"(could|can) ?not be delivered to (one or more|the following|your)|delivery to the following recip",
    r"(the (following|email|mail) .{0,30})?(could|can) ?not be delivered\.|the following (mail|addresses had)",
    r"did not reach the following|unable to deliver (your )?message|non-?delivery report|failed recipients",
    r"delivery attempts will continue|will continue to (try|attempt)|this is an advisory-only",
    r"a message that you sent|your message (to|was not|could not|has not|with subject)",
    r"no such user here|user unknown|diese nachricht wurde automatisch|remote server returned|generating server",
    r"не(т|) нужно отвечать|письмо создано автоматически|cette (notification|message) .{0,20}automatique",
)
# What a mail server names as the reason; of one that names itself so much is enough.
_REASONS = (
    r"user (is )?unknown|unknown (user|recipient|address|local)|no such (user|recipient|address|mailbox|person)",
    r"invalid (user|recipient|mailbox|address)|recipient (address )?(rejected|not found)|incorrectly constructed",
    r"(mailbox|quota|inbox) .{0,20}(full|exceed|unavailable)|(over|exceeded) .{0,10}quota|does(n't| not) (exist|have)",
    r"host (unknown|not found)|unrouteable|access denied|envelope expired|could not find a gateway",
    r"not authori[sz]ed|message (is )?too (large|big)|identified as spam",
)


def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


FAILED, DELAYED, FRAMES, REASONS = map(_any, (_FAILED, _DELAYED, _FRAMES, _REASONS))
STILL, FINAL = _any(_STILL), _any(_FINAL)
# A mail server's answer (RFC 5321, 4.2): its code with an enhanced one (RFC 3463), or as the answer to somebody.
SMTP_REPLY = re.compile(
    r"\b([45])\d\d[ -]+#?\1\.\d{1,3}\.\d{1,3}\b"
    r"|(?:said|respon[ds]\w{0,6}|repl\w{1,4}|returned|error(?: code)?|rejected|smtp|host|server|received|antwort\w{0,5}"
    r")[^\n]{0,80}?[\s:<>\[(]([45])\d\d\b(?![.,]\d)"
    r"|^[^\n]{0,100}@[^\n]{1,100}[:\s]\s{0,3}([45])\d\d[ -]+[^\d\s]|^\s{0,8}([45])\d\d - ",
    re.IGNORECASE | re.MULTILINE,
)
# How people begin a letter.
GREETING = re.compile(
    r"\s{0,20}(?:hallo|hi|hey|guten (?:tag|morgen|abend)|sehr geehrte|liebe[rs]?|moin|servus|grüß|dear|hello|good"
    r"|bonjour|cher|chère|hola|buen|ciao|gentile|beste|geachte|goedemorgen|dzień dobry|merhaba|sayın|здравствуйте"
    r"|добрый|шановн|доброго|olá|dobrý den|hej|kære|szia|tisztelt|bună|poštovani|γεια|αγαπητ|مرحبا)\b",
    re.IGNORECASE,
)
