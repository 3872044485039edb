"""Checks of what the network answered: certificate, names, ports, clock, mail authentication."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost.certificates.installed import open_store
from siegelpost.checklist.check import CheckState, Look, Result, worst
from siegelpost.doctor.live import LiveReport, report_words
from siegelpost.mail.domain.records import Level
from siegelpost.tls.acme.status import acme_status
from siegelpost.toolbox.language import active_language

# Ends sooner than this: somebody must act, or see why nothing renewed it.
_SOON_DAYS = 14
# The doctor's findings, by the beginnings of their names; a test holds that each belongs to exactly one check.
CERTIFICATE = ("certificate_", "chain_")
NAMES = ("name_", "dns_", "aaaa_", "address_private", "addresses_", "target_")
PORTS = ("address_answers", "address_silent", "port_", "outside_", "plain_http", "other_protocol", "no_http")
ENCRYPTION = ("tls_", "suites_", "handshake_", "too_much", "hsts", "redirect_")
CLOCK = ("clock_",)
RENEWAL = ("caa_", "dnssec_")
_LEVELS = {
    Level.GOOD: CheckState.OK,
    Level.WEAK: CheckState.WARN,
    Level.BAD: CheckState.BAD,
    Level.UNKNOWN: CheckState.UNKNOWN,
}


def certificate(look: Look) -> Result:
    """What the browsers say, and how long it stays so."""
    report = _report(look)
    if report is None:
        return _not_asked()
    words = _words(report)
    browsers = words["verdicts"]
    found = _findings(words, CERTIFICATE)
    facts = [f"{name.capitalize()}: {_said(one)}" for name, one in browsers.items()]
    facts += [one["text"] for one in found]
    remedy = [step for one in (*browsers.values(), *found) for step in one["remedy"]]
    days = _days_left(look, report)
    if days is not None:
        facts.append(ngettext("Gültig noch %(n)d Tag", "Gültig noch %(n)d Tage", days) % {"n": days})
    if report.ok is False and not all(one["ok"] for one in browsers.values()):
        return _result(CheckState.BAD, _("Empfänger sähen eine Warnung."), facts, remedy)
    if not all(one["ok"] for one in browsers.values()):
        return _result(CheckState.UNKNOWN, _("Ob Browser dem Server vertrauen, ließ sich nicht sagen."), facts, remedy)
    if days is not None and days < _SOON_DAYS:
        cause = _("Browser vertrauen dem Server, aber das Zertifikat läuft bald ab.")
        return _result(CheckState.WARN, cause, facts, [_("Zertifikat jetzt erneuern."), *remedy])
    if words["unknown"]:
        cause = _("Browser vertrauen dem Server, soweit der Doktor es weiß; sein Wissen ist alt.")
        told = [*(one["text"] for one in words["unknown"]), *facts]
        return _result(CheckState.UNKNOWN, cause, told, [words["knowledge"]["text"], *remedy])
    if acme_status(open_store(look.settings), look.at).waits_until:
        cause = _("Browser vertrauen dem Server. Das automatische Zertifikat wartet, solange das gekaufte gilt.")
        todo = _("Auf der Seite „Zertifikat“ entscheiden: beim gekauften bleiben oder automatisch weiter.")
        return _result(CheckState.WARN, cause, facts, [todo, *remedy])
    return _result(_state(found), _("Browser vertrauen dem Server."), facts, remedy)


def names(look: Look) -> Result:
    """The public name and where it leads."""
    return _of_findings(look, NAMES, _("Name und Adressen"))


def ports(look: Look) -> Result:
    """Whether the HTTPS port answers."""
    return _of_findings(look, PORTS, _("HTTPS-Port"))


def encryption(look: Look) -> Result:
    """TLS versions, cipher suites and HSTS."""
    return _of_findings(look, ENCRYPTION, _("Verschlüsselung"))


def clock(look: Look) -> Result:
    """Whether this machine's clock is right."""
    return _of_findings(look, CLOCK, _("Uhr"))


def renewal(look: Look) -> Result:
    """Whether the DNS lets authorities issue the next certificate."""
    return _of_findings(look, RENEWAL, _("Ausstellung"))


def redirect(look: Look) -> Result:
    """Whether plain HTTP leads to HTTPS."""
    answers, settings = look.answers, look.settings
    if answers is None:
        return _not_asked()
    if settings.http_port is None and settings.trusted_proxies:
        cause = _("Vor dem Server steht ein Proxy; ob er von HTTP auf HTTPS umleitet, ist von hier nicht zu sehen.")
        todo = _("Öffnen Sie http://%(host)s in einem Browser: Es muss auf https:// wechseln.")
        return Result(CheckState.UNKNOWN, cause, remedy=(todo % {"host": settings.public_host},))
    if settings.http_port is None:
        cause = _("Wer die Adresse ohne https:// eintippt, findet niemanden: Der HTTP-Port ist nicht eingeschaltet.")
        return Result(CheckState.WARN, cause, remedy=(_("SIEGELPOST_HTTP_PORT=80 setzen und den Server neu starten."),))
    fact = (_("HTTP-Port: %(port)d") % {"port": settings.http_port},)
    if answers.redirect is None:
        todo = _("Prüfen, ob der Server läuft und ob ein anderes Programm den Port belegt.")
        return Result(CheckState.BAD, _("Der HTTP-Port antwortet nicht."), fact, (todo,))
    if not answers.redirect:
        todo = _("Nachsehen, welches Programm auf diesem Port antwortet.")
        return Result(CheckState.BAD, _("Der HTTP-Port leitet nicht auf HTTPS um."), fact, (todo,))
    return Result(CheckState.OK, _("HTTP leitet auf HTTPS um."), (*fact, answers.redirect))


def mail_authentication(look: Look) -> Result:
    """SPF, DKIM and DMARC of the sender's domain."""
    if look.answers is None:
        return _not_asked()
    found = look.answers.mail
    if found is None:
        cause = _("Es ist keine Absenderadresse eingetragen.")
        return Result(CheckState.BAD, cause, remedy=(_("Einstellungen → Mailserver: Absenderadresse eintragen."),))
    state = worst(_LEVELS[one.level] for one in found)
    causes = {
        CheckState.OK: _("Die Domain des Absenders ist vollständig eingerichtet."),
        CheckState.WARN: _("Die Domain des Absenders lässt sich besser schützen."),
        CheckState.BAD: _("Der Domain des Absenders fehlt etwas; Mails landen leicht im Spam."),
        CheckState.UNKNOWN: _("Nicht alles zur Domain des Absenders ließ sich feststellen."),
    }
    facts = (f"{one.about}: {one.text}" for one in found)
    return _result(state, causes[state], facts, (str(one.remedy) for one in found if one.remedy))


def _of_findings(look: Look, group: tuple[str, ...], about: str) -> Result:
    report = _report(look)
    if report is None:
        return _not_asked()
    found = _findings(_words(report), group)
    if not found:
        cause = _("%(about)s: Konnte nicht geprüft werden, weil der Server nicht antwortet.") % {"about": about}
        return Result(CheckState.UNKNOWN, cause, remedy=(_("Noch einmal prüfen, wenn der Server antwortet."),))
    state = _state(found)
    causes = {
        CheckState.OK: _("%(about)s: in Ordnung."),
        CheckState.WARN: _("%(about)s: geht, sollte aber besser werden."),
        CheckState.BAD: _("%(about)s: So kommen Empfänger nicht zu Ihnen."),
        CheckState.UNKNOWN: _("%(about)s: Von hier aus lässt sich nicht alles feststellen."),
    }
    steps = (step for one in found if one["severity"] != "ok" for step in one["remedy"])
    return _result(state, causes[state] % {"about": about}, (one["text"] for one in found), steps)


def _said(verdict: dict[str, Any]) -> str:
    """What a browser says, in a word or by its own code."""
    words = {True: _("öffnet ohne Warnung"), False: _("warnt"), None: _("unklar")}
    return verdict["code"] or words[verdict["ok"]]


def _report(look: Look) -> LiveReport | None:
    return look.answers.report if look.answers else None


def _words(report: LiveReport) -> dict[str, Any]:
    return report_words.as_json(report, active_language())


def _findings(words: dict[str, Any], group: tuple[str, ...]) -> list[dict[str, Any]]:
    return [one for one in words["findings"] if one["id"].startswith(group)]


def _state(found: list[dict[str, Any]]) -> CheckState:
    return worst(CheckState(one["severity"]) for one in found)


def _days_left(look: Look, report: LiveReport) -> int | None:
    ends = report.judgement.ends if report.judgement else None
    return (ends - look.at).days if ends else None


def _not_asked() -> Result:
    cause = _("Konnte nicht geprüft werden: Der Server ließ sich nicht fragen.")
    return Result(CheckState.UNKNOWN, cause, remedy=(_("Später noch einmal prüfen."),))


def _result(state: CheckState, cause: str, facts: Any, remedy: Any) -> Result:
    """Every fact and every step once."""
    return Result(state, cause, tuple(dict.fromkeys(facts)), tuple(dict.fromkeys(remedy)))
