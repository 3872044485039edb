"""Checks of this installation itself: people, mail server, secrets, ledger, backups, disk, updates."""

import platform
import shutil
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType

from allauth.mfa.models import Authenticator
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost import __version__
from siegelpost.checklist.check import CheckState, Look, Result
from siegelpost.formats import named
from siegelpost.ledger import key
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.halt import reason
from siegelpost.ledger.models import Checkpoint, Event
from siegelpost.ledger.note import NoteError
from siegelpost.mail.causes import Cause, explain
from siegelpost.mail.outgoing import server_settings, unreadable
from siegelpost.office.models import Agent, Role, SmtpSecurity
from siegelpost.toolbox import unnamed_visitors
from siegelpost.toolbox.language import active_language

_GIB = 1024**3
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Sealing takes about a second; what waits this long is stuck.
_LONGEST_WAIT = timedelta(minutes=5)
_STALE_LISTS = timedelta(days=7)
_STALE_BACKUP = timedelta(days=2)
# End of security support by python.org: PEP 664, 693, 719, 745.
_PYTHON_ENDS = MappingProxyType(
    {
        "3.11": date(2027, 10, 31),
        "3.12": date(2028, 10, 31),
        "3.13": date(2029, 10, 31),
        "3.14": date(2030, 10, 31),
    }
)


def version(look: Look) -> Result:
    """Which Siegelpost runs; whether a newer one exists is not asked, because nothing here calls home."""
    cause = _("Siegelpost %(version)s. Ob es eine neuere Fassung gibt, fragt der Server von sich aus nicht nach.")
    todo = _("Mit dem CHANGELOG der neuesten Fassung vergleichen.")
    return Result(CheckState.UNKNOWN, cause % {"version": __version__}, remedy=(todo,))


def runtime(look: Look) -> Result:
    """Python and OpenSSL; distributions patch both without changing the number, so only Python's end is judged."""
    python = platform.python_version()
    facts = (f"Python {python}", ssl.OPENSSL_VERSION)
    ends = _PYTHON_ENDS.get(".".join(python.split(".")[:2]))
    if ends is None:
        todo = _("Auf devguide.python.org/versions nachsehen.")
        return Result(
            CheckState.UNKNOWN, _("Wie lange diese Python-Fassung gepflegt wird, ist nicht bekannt."), facts, (todo,)
        )
    when = {"date": date_format(ends, "DATE_FORMAT")}
    if ends < look.at.date():
        cause = _("Python wird in dieser Fassung seit dem %(date)s nicht mehr gepflegt.") % when
        todo = _("Das Betriebssystem auf eine gepflegte Fassung heben, wenn es Python nicht selbst weiter pflegt.")
        return Result(CheckState.WARN, cause, facts, (todo,))
    return Result(CheckState.OK, _("Python wird bis zum %(date)s gepflegt.") % when, facts)


def system_updates(look: Look) -> Result:
    """Security updates of Debian or Ubuntu that wait, by the lists on this machine."""
    upgrades = look.answers.upgrades if look.answers else None
    if upgrades is None:
        cause = _("Ob Sicherheitsupdates des Betriebssystems ausstehen, ließ sich nicht feststellen.")
        return Result(
            CheckState.UNKNOWN, cause, remedy=(_("Auf dem Server „apt update && apt list --upgradable“ aufrufen."),)
        )
    facts = (_("Paketlisten vom %(date)s") % {"date": date_format(localtime(upgrades.listed_at), "DATE_FORMAT")},)
    if upgrades.security:
        count = len(upgrades.security)
        cause = ngettext(
            "Es wartet %(n)d Sicherheitsupdate des Betriebssystems.",
            "Es warten %(n)d Sicherheitsupdates des Betriebssystems.",
            count,
        ) % {"n": count}
        return Result(
            CheckState.BAD,
            cause,
            (*facts, named(upgrades.security, 12)),
            (_("„apt update && apt upgrade“ aufrufen und den Server neu starten."),),
        )
    if look.at - upgrades.listed_at > _STALE_LISTS:
        cause = _("Die Paketlisten sind zu alt, um etwas über Sicherheitsupdates zu sagen.")
        return Result(
            CheckState.UNKNOWN, cause, facts, (_("„apt update“ aufrufen, am besten täglich und von selbst."),)
        )
    return Result(CheckState.OK, _("Nach den Paketlisten fehlt kein Sicherheitsupdate des Betriebssystems."), facts)


def second_factor(look: Look) -> Result:
    """Who may work from outside without a second factor."""
    people = list(Agent.objects.filter(is_active=True, outside_access=True))
    strong = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    protected = set(Authenticator.objects.filter(type__in=strong).values_list("user_id", flat=True))
    bare = [one for one in people if one.pk not in protected]
    count = _("%(with)d von %(all)d Zugängen von außen haben einen zweiten Faktor oder Passkey.")
    facts = [count % {"with": len(people) - len(bare), "all": len(people)}]
    if not bare:
        return Result(CheckState.OK, _("Alle Zugänge von außen sind doppelt gesichert."), tuple(facts))
    facts.append(_("Ohne: %(names)s") % {"names": named([str(one) for one in bare], 20)})
    todo = _(
        "Jede und jeder von ihnen richtet unter „Mein Zugang“ den zweiten Schritt ein, am besten mit einem Passkey."
    )
    if any(one.role in (Role.ADMINISTRATOR, Role.PARTNER) for one in bare):
        return Result(
            CheckState.BAD, _("Ein Zugang mit Verwaltungsrechten hängt allein am Passwort."), tuple(facts), (todo,)
        )
    return Result(CheckState.WARN, _("Nicht alle Zugänge von außen sind doppelt gesichert."), tuple(facts), (todo,))


def backups(look: Look) -> Result:
    """When the last backup ended: ours, or the office's own, if that leaves a stamp."""
    facts = [_("Datenordner: %(path)s") % {"path": look.settings.data.resolve()}]
    if look.settings.database_url is not None:
        facts.append(_("Dazu gehört die PostgreSQL-Datenbank."))
    steps = [
        _("Täglich „siegelpost backup DATEI“ an einen anderen Ort schreiben lassen; der Server läuft dabei weiter."),
        _("Einmal im Jahr das Zurückholen üben: „siegelpost restore DATEI --data LEERER-ORDNER“."),
    ]
    stamp = look.settings.backup_stamp_path
    if look.settings.backup_stamp is None and not stamp.exists():
        cause = _("Von dieser Installation gibt es noch keine Sicherung mit „siegelpost backup“.")
        steps.append(
            _(
                "Wer auf anderem Weg sichert: am Ende „touch DATEI“ ausführen lassen und DATEI als "
                "SIEGELPOST_BACKUP_STAMP setzen. Dann steht hier, wie alt die Sicherung ist."
            )
        )
        return Result(CheckState.UNKNOWN, cause, tuple(facts), tuple(steps))
    try:
        made = datetime.fromtimestamp(stamp.stat().st_mtime, UTC)
    except OSError:
        cause = _("Die Sicherung ist nach ihrem Vermerk noch nie gelaufen: %(path)s fehlt.") % {"path": stamp}
        return Result(CheckState.BAD, cause, tuple(facts), tuple(steps))
    facts.append(_("Letzte Sicherung: %(at)s") % {"at": date_format(localtime(made), "SHORT_DATETIME_FORMAT")})
    if look.at - made > _STALE_BACKUP:
        return Result(CheckState.BAD, _("Die letzte Sicherung ist älter als zwei Tage."), tuple(facts), tuple(steps))
    return Result(CheckState.OK, _("Die letzte Sicherung ist jünger als zwei Tage."), tuple(facts))


def visitors(look: Look) -> Result:
    """Whether visitors can be told apart, or a proxy brings all of them without saying who they are."""
    met = unnamed_visitors.noted(look.settings.data)
    if met is None:
        return Result(CheckState.OK, _("Besucher sind an ihrer Adresse zu unterscheiden."))
    facts = (_("Adresse, von der alle kommen: %(address)s") % {"address": met.proxy},)
    if met.believed:
        cause = _("Ihr Proxy sagt nicht, wer die Besucher sind: Für den Server sehen alle gleich aus.")
        todo = _(
            "Den Proxy die Adresse der Besucher in den Header %(header)s schreiben lassen; wie, zeigt "
            "docs/certificates.md."
        ) % {"header": look.settings.proxy_header}
    else:
        cause = _("Besucher kommen über einen Proxy, dem nicht geglaubt wird: Für den Server sehen alle gleich aus.")
        todo = _("Den Proxy in der Einstellung SIEGELPOST_TRUSTED_PROXIES nennen: %(address)s; dann neu starten.") % {
            "address": met.proxy
        }
    why = _("Bis dahin gelten die Grenzen gegen Missbrauch für alle Besucher zusammen, und Belege nennen den Proxy.")
    return Result(CheckState.BAD, cause, (*facts, why), (todo,))


def secrets(look: Look) -> Result:
    """Whether other users of this machine can read keys or data."""
    data = look.settings.data
    found = [(path, stat.S_IMODE(path.stat().st_mode)) for path in _guarded(data) if path.exists()]
    open_ones = [(path, mode) for path, mode in found if mode & _OTHERS]
    count = _("%(n)d Ordner und Dateien geprüft") % {"n": len(found)}
    if not open_ones:
        return Result(CheckState.OK, _("Schlüssel und Daten liest nur der Server selbst."), (count,))
    facts = (count, *(f"{path}: {mode:04o}" for path, mode in open_ones[:20]))
    if (more := len(open_ones) - 20) > 0:
        facts += (ngettext("und %(n)d weitere Stelle", "und %(n)d weitere Stellen", more) % {"n": more},)
    steps = tuple(f"chmod {'700' if path.is_dir() else '600'} {path}" for path, _mode in open_ones[:20])
    return Result(CheckState.BAD, _("Andere Benutzer dieses Rechners kommen an Schlüssel oder Daten."), facts, steps)


def _guarded(data: Path) -> Iterator[Path]:
    """What must be closed to others. The database lies behind the data folder's own door, and needs none else."""
    yield data
    keys, tls = data / "keys", data / "tls"
    yield keys
    yield from sorted(path for path in keys.glob("*") if path.is_file())
    yield tls
    yield from sorted(tls.glob("certificates/*/key.pem"))
    if data.exists() and data.stat().st_mode & _OTHERS:
        yield data / "siegelpost.sqlite3"


def mail_encryption(look: Look) -> Result:
    """Whether mails and the password travel encrypted to the mail server."""
    try:
        server = server_settings.current()
    except server_settings.NotConfiguredError:
        todo = _("Einstellungen → Mailserver: den Server Ihres Mailanbieters eintragen.")
        return Result(
            CheckState.BAD, _("Es ist kein Mailserver eingetragen; nichts kann gesendet werden."), remedy=(todo,)
        )
    facts = (f"{server.host}:{server.port}", str(server.security.label))
    if server.security is not SmtpSecurity.NONE:
        return Result(CheckState.OK, _("Mails gehen verschlüsselt zum Mailserver."), facts)
    if _is_here(server.host):
        return Result(CheckState.OK, _("Der Mailserver läuft auf diesem Rechner; Mails verlassen ihn nicht."), facts)
    todo = _("Einstellungen → Mailserver: STARTTLS oder TLS wählen.")
    return Result(CheckState.BAD, _("Mails und Passwort gehen unverschlüsselt zum Mailserver."), facts, (todo,))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def ledger(look: Look) -> Result:
    """Whether events are sealed, the newest checkpoint is genuine, and keys and database belong together.

    ``siegelpost fsck`` looks at everything.
    """
    if halted := reason():
        return Result(CheckState.BAD, halted.text(active_language()), remedy=(_("„siegelpost fsck“ aufrufen."),))
    if unread := unreadable.waiting().count():
        cause = explain(Cause.CONTENT)
        return Result(
            CheckState.BAD, cause.text, (_("Mails, die deshalb warten: %(n)d") % {"n": unread},), (cause.remedy,)
        )
    newest = Checkpoint.objects.order_by("-size").first()
    waiting = Event.objects.filter(leaf_index__isnull=True).order_by("id").first()
    if waiting and look.at - waiting.at > _LONGEST_WAIT:
        todo = _("Nachsehen, ob der Server läuft („siegelpost serve“), dann „siegelpost fsck“ aufrufen.")
        return Result(CheckState.BAD, _("Ereignisse warten länger als fünf Minuten auf ihr Siegel."), remedy=(todo,))
    if newest is None:
        return Result(CheckState.OK, _("Das Protokoll ist noch leer."))
    facts = (
        _("Letztes Siegel: %(at)s") % {"at": date_format(localtime(newest.at), "SHORT_DATETIME_FORMAT")},
        _("Gesiegelte Ereignisse: %(n)s") % {"n": number_format(newest.size, force_grouping=True)},
    )
    try:
        genuine = TreeHead.open(newest.note, key.read().verifier).size == newest.size
    except (NoteError, key.LedgerKeyError):
        genuine = False
    if not genuine:
        todo = _("„siegelpost fsck“ aufrufen und die letzte Sicherung bereithalten; nichts löschen.")
        return Result(CheckState.BAD, _("Das letzte Siegel lässt sich nicht bestätigen."), facts, (todo,))
    return Result(CheckState.OK, _("Das Protokoll ist gesiegelt; das letzte Siegel ist echt."), facts)


def disk(look: Look) -> Result:
    """Whether there is room for what comes."""
    room = shutil.disk_usage(look.settings.data)
    share = room.free / room.total
    gib = {"free": number_format(room.free / _GIB, 1), "all": number_format(room.total / _GIB, 1)}
    facts = (_("%(free)s GiB von %(all)s GiB sind frei") % gib,)
    todo = (_("Platz schaffen oder den Datenordner auf eine größere Platte legen."),)
    if room.free < _GIB or share < 0.03:
        return Result(
            CheckState.BAD, _("Die Platte ist fast voll; bald kann nichts mehr gespeichert werden."), facts, todo
        )
    if room.free < 5 * _GIB or share < 0.1:
        return Result(CheckState.WARN, _("Auf der Platte wird es eng."), facts, todo)
    return Result(CheckState.OK, _("Auf der Platte ist genug Platz."), facts)


def test_operation(look: Look) -> Result:
    """Whether dispatches are real."""
    if not look.office.test_operation:
        return Result(CheckState.OK, _("Der Testbetrieb ist aus; Sendungen sind echt."))
    cause = _("Der Testbetrieb ist an: Jede Sendung trägt das Wort TEST und hat keine rechtliche Bedeutung.")
    return Result(
        CheckState.WARN, cause, remedy=(_("Einstellungen → Testbetrieb beenden, sobald das Zertifikat stimmt."),)
    )
