"""What is said of each fault: what is wrong, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.certificates.dyndns.pace import PACES
from siegelpost.certificates.dyndns.record import Fault


@dataclass(frozen=True, slots=True)
class FaultWords:
    """Sentences; ``%(name)s`` is the host name, ``%(kind)s`` the record's type."""

    wrong: Promise
    todo: Promise


_AGAIN = _("Es wird von selbst wieder versucht, in wachsenden Abständen.")
_STOPPED = _("Von selbst wird es nicht wieder versucht.")

WORDS: Mapping[Fault, FaultWords] = {
    Fault.BAD_LOGIN: FaultWords(
        _("Der Dienst nimmt die Zugangsdaten nicht an (badauth)."),
        _("Prüfen Sie beim Dienst Benutzername, Passwort oder Token samt Rechten, und tragen Sie sie hier neu ein."),
    ),
    Fault.NO_HOST: FaultWords(
        _("Der Dienst kennt %(name)s in diesem Konto nicht (nohost)."),
        _(
            "Legen Sie den Namen oder seine Domain beim Dienst an oder nehmen Sie das Konto, zu dem er gehört; prüfen "
            "Sie auch die Update-Adresse. Danach hier speichern."
        ),
    ),
    Fault.BLOCKED: FaultWords(
        _("Der Dienst hat %(name)s gesperrt (abuse)."),
        _("Heben Sie die Sperre beim Dienst auf, oder bitten Sie ihn darum. Danach hier wieder einschalten."),
    ),
    Fault.REFUSED: FaultWords(
        _("Der Dienst lehnt die Änderung ab."),
        _("Der Wortlaut unten sagt, warum. Berichtigen Sie die Angaben hier oder beim Dienst; danach hier speichern."),
    ),
    Fault.SECOND_FACTOR: FaultWords(
        _("Dieser Zugang verlangt einen zweiten Faktor, den ein Server nicht eingeben kann."),
        _("Legen Sie beim Dienst einen eigenen Zugang ohne zweiten Faktor an, der nur das DNS ändern darf."),
    ),
    Fault.SEALED: FaultWords(
        _("Die gespeicherten Zugangsdaten lassen sich nicht öffnen."),
        _("Tragen Sie die Zugangsdaten hier neu ein."),
    ),
    Fault.SEVERAL: FaultWords(
        _("Bei %(name)s stehen mehrere %(kind)s-Einträge. Welcher der Ihre ist, kann Siegelpost nicht wissen."),
        _("Löschen Sie beim DNS-Anbieter die übrigen, oder schalten Sie diesen Eintrag hier ab."),
    ),
    Fault.ALIAS: FaultWords(
        _("%(name)s ist nur ein Verweis (CNAME) auf einen anderen Namen. Daneben darf keine Adresse stehen."),
        _("Tragen Sie hier den Namen ein, auf den er verweist, oder ersetzen Sie den CNAME durch eine Adresse."),
    ),
    Fault.OUTAGE: FaultWords(_("Der Dienst ist gestört oder wird gewartet (911)."), _AGAIN),
    Fault.DNS_ERROR: FaultWords(_("Beim Dienst ist dessen DNS gestört (dnserr)."), _AGAIN),
    Fault.TOO_OFTEN: FaultWords(_("Der Dienst will seltener gefragt werden."), _AGAIN),
    Fault.UNREACHABLE: FaultWords(_("Der Dienst ist nicht zu erreichen."), _AGAIN),
    Fault.NOT_UNDERSTOOD: FaultWords(
        _("Der Dienst antwortet mit etwas, das Siegelpost nicht versteht. Es gilt nicht als eingetragen."), _AGAIN
    ),
    Fault.NO_ZONE: FaultWords(
        _("Das DNS sagt gerade nicht, was bei %(name)s steht. Ohne das wird nichts geändert."),
        _("Bleibt es so: Prüfen Sie, ob die Firewall Port 53 (UDP und TCP) nach außen durchlässt."),
    ),
    Fault.NOT_ARRIVED: FaultWords(
        _("Der Dienst hat die Adresse angenommen, aber die Namensserver von %(name)s nennen sie nicht."),
        _("Prüfen Sie, ob die Domain noch bei diesem Dienst liegt, und ob dort noch jemand diesen Eintrag ändert."),
    ),
    Fault.NO_ADDRESS: FaultWords(
        _("Die Adresse des Anschlusses ist gerade nicht zu erfahren. Der Eintrag bleibt, wie er ist."),
        _(
            "Bleibt es so, wählen Sie eine andere Quelle für die Adresse. Ist es der Router, schalten Sie dort "
            "„Statusinformationen über UPnP“ ein."
        ),
    ),
    Fault.PRIVATE: FaultWords(
        _("Die gefundene Adresse gilt nur in Ihrem Netz. Sie wird nicht eingetragen."),
        _("Wählen Sie als Quelle den Router. Hat auch er nur eine solche, steht davor ein zweiter Router."),
    ),
    Fault.CARRIER_NAT: FaultWords(
        _(
            "Ihr Anschluss teilt sich die IPv4-Adresse mit anderen Kunden (Carrier-NAT). Sie einzutragen führte zu "
            "niemandem."
        ),
        _("Fragen Sie Ihren Anbieter nach einer eigenen IPv4-Adresse („Dual Stack“), oder schalten Sie A hier ab."),
    ),
    Fault.DS_LITE: FaultWords(
        _("Ihr Anschluss hat keine eigene IPv4-Adresse (DS-Lite). Es gibt keine, die eingetragen werden könnte."),
        _("Schalten Sie A hier ab und nehmen Sie nur AAAA, oder fragen Sie Ihren Anbieter nach „Dual Stack“."),
    ),
}


def sentences(fault: Fault, *, name: str, kind: str) -> list[str]:
    """What is wrong, what to do, and, where it is so, that nothing happens by itself."""
    words = WORDS[fault]
    values = {"name": name, "kind": kind}
    said = [str(words.wrong) % values, str(words.todo) % values]
    return [*said, str(_STOPPED)] if PACES[fault].stops else said
