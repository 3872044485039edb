"""What the page says of dynamic DNS: how each record stands, and what would be done just now."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from siegelpost.certificates.dyndns import setup
from siegelpost.certificates.dyndns.pace import PACES
from siegelpost.certificates.dyndns.record import Fault
from siegelpost.certificates.dyndns.setup import DynamicSetup
from siegelpost.certificates.dyndns.upkeep import Outlook, Trial
from siegelpost.certificates.dyndns.words import sentences
from siegelpost.certificates.models import DynamicRecord


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record: ``state`` is ``good``, ``wait`` or ``bad``; ``standing`` is empty where nobody could say."""

    kind: str
    state: str
    standing: str
    sentences: list[str] = field(default_factory=list)
    detail: str = ""
    stopped: bool = False
    address: str = ""
    written_at: datetime | None = None
    looked_at: datetime | None = None
    next_at: datetime | None = None

    @property
    def stamp(self) -> str:
        """Its state in a word."""
        words = {"good": _("steht richtig"), "bad": _("geht nicht"), "wait": _("offen")}
        return _("angehalten") if self.stopped else words[self.state]


@dataclass(frozen=True, slots=True)
class Summary:
    """How it stands, in a line: of the records the worst."""

    name: str
    on: bool
    lines: list[RecordLine]

    @property
    def state(self) -> str:
        """``bad``, ``wait`` or ``good``."""
        return next((each for each in ("bad", "wait") if any(one.state == each for one in self.lines)), "good")


def summary() -> Summary | None:
    """For the page of the surroundings; None where nothing is set up."""
    being = setup.current()
    return Summary(being.name, being.on, lines(being)) if being else None


def lines(being: DynamicSetup) -> list[RecordLine]:
    """How each record that is kept stands, from what the last look found."""
    found = {each.kind: each for each in DynamicRecord.objects.all()}
    return [_line(being, found.get(kind.value) or DynamicRecord(kind=kind.value)) for kind in being.kept]


def _line(being: DynamicSetup, row: DynamicRecord) -> RecordLine:
    fault = Fault(row.fault) if row.fault else None
    said = sentences(fault, name=being.name, kind=row.kind) if fault else []
    stopped = fault is not None and PACES[fault].stops
    if fault is None and row.address and not row.arrived:
        said = [_("Eingetragen; noch nennen es nicht alle Namensserver.")]
    state = "bad" if fault and (stopped or row.told) else "good" if row.looked_at and not said else "wait"
    return RecordLine(
        row.kind,
        state,
        _standing(row.standing),
        said,
        row.detail if fault else "",
        stopped,
        row.address or "",
        row.written_at,
        row.looked_at,
        None if stopped else row.next_at,
    )


def outlook_line(being: DynamicSetup, outlook: Outlook) -> RecordLine:
    """What would be done about one record just now."""
    standing = _standing(None if outlook.standing is None else sorted(map(str, outlook.standing)))
    if outlook.fault:
        said = sentences(outlook.fault, name=being.name, kind=outlook.kind.value)
        return RecordLine(outlook.kind.value, "bad", standing, said)
    if outlook.writes:
        said = [_("würde eintragen: %(name)s %(kind)s %(address)s") % _values(being, outlook)]
        return RecordLine(outlook.kind.value, "wait", standing, said)
    return RecordLine(outlook.kind.value, "good", standing, [_("steht schon richtig; es würde nichts geändert")])


def trial_sentences(being: DynamicSetup, trial: Trial) -> list[str]:
    """What came of trying the login."""
    if trial.fault:
        return sentences(trial.fault, name=being.name, kind=being.kept[0].value)
    if trial.tried:
        return [_("Der Dienst nimmt die Zugangsdaten an. Geändert wurde nichts.")]
    return [
        _("Diesen Dienst kann man nur prüfen, indem man eine Adresse einträgt: Schalten Sie ein und sehen Sie nach.")
    ]


def _values(being: DynamicSetup, outlook: Outlook) -> dict[str, str]:
    return {"name": being.name, "kind": outlook.kind.value, "address": str(outlook.address)}


def _standing(addresses: list[str] | None) -> str:
    return "" if addresses is None else ", ".join(addresses) or _("kein Eintrag")
