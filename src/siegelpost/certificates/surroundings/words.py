"""What is said of each obstacle: what was looked at, what is wrong, the next steps, and how to find out otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.certificates.surroundings.obstacles import Obstacle


@dataclass(frozen=True, slots=True)
class ObstacleWords:
    """Sentences; ``%(name)s`` stands for the public name, ``%(own)s`` for the addresses under which it should be found,
    ``%(said)s`` for those that the DNS says.

    Args:
        looked_at: the check by its name.
        wrong: what stands in the way.
        steps: what to do, in order.
        otherwise: how to find out where this server could not.
    """

    looked_at: Promise
    wrong: Promise
    steps: tuple[Promise, ...]
    otherwise: Promise


_RESOLVERS = _(
    "Prüfen Sie, welche Namensserver auf diesem Server eingetragen sind und ob die Firewall Port 53 (UDP und TCP) "
    "durchlässt."
)
_ROUTER_PAGE = _(
    "Die Übersicht des Routers nennt es: bei der FRITZ!Box unter „Internet > Online-Monitor“ und auf der Seite "
    "„Übersicht“ unter „Verbindungen“."
)
_ASK_CARRIER = _(
    "Fragen Sie Ihren Anbieter nach einer eigenen öffentlichen IPv4-Adresse („Dual Stack“); für Geschäftskunden gibt "
    "es sie fast immer."
)
_BY_DNS = _("Ohne offenen Port: Wählen Sie im Assistenten den Weg über das DNS, der braucht keine Freigabe.")
_BY_IPV6 = _(
    "Löschen Sie den A-Eintrag von %(name)s, tragen Sie einen AAAA-Eintrag auf %(own)s ein und geben Sie im Router "
    "Port 443 für IPv6 frei. Das Zertifikat kommt dann über IPv6; Empfänger, die nur IPv4 haben, erreichen den Server "
    "so aber nicht."
)

WORDS: Mapping[Obstacle, ObstacleWords] = {
    Obstacle.DNS_SILENT: ObstacleWords(
        _("DNS antwortet"),
        _("Auf die Frage nach %(name)s hat das DNS diesem Server nicht geantwortet."),
        (_RESOLVERS,),
        _RESOLVERS,
    ),
    Obstacle.NO_SUCH_NAME: ObstacleWords(
        _("Der Name ist eingetragen"),
        _("%(name)s gibt es im DNS nicht."),
        (
            _("Legen Sie beim Anbieter Ihrer Domain einen Eintrag für %(name)s an: A für IPv4, AAAA für IPv6."),
            _("Stimmt der Name nicht, berichtigen Sie die Einstellung public_url und starten Sie Siegelpost neu."),
        ),
        _RESOLVERS,
    ),
    Obstacle.NO_ADDRESS: ObstacleWords(
        _("Der Name hat eine Adresse"),
        _("%(name)s ist eingetragen, aber ohne Adresse: weder A noch AAAA."),
        (_("Tragen Sie beim Anbieter der Domain bei %(name)s als Adresse ein: %(own)s."),),
        _RESOLVERS,
    ),
    Obstacle.PRIVATE_ADDRESS: ObstacleWords(
        _("Die Adresse gehört ins Internet"),
        _("%(name)s führt zu einer Adresse, die es nur in Ihrem Netz gibt: %(said)s."),
        (
            _(
                "Antwortet in Ihrem Haus ein eigenes DNS mit der inneren Adresse, ist das in Ordnung. Sehen Sie dann "
                "von außen nach, etwa mit dem Handy ohne WLAN."
            ),
            _("Sonst ersetzen Sie beim Anbieter der Domain die Adresse durch die Ihres Anschlusses."),
        ),
        _RESOLVERS,
    ),
    Obstacle.DS_LITE: ObstacleWords(
        _("Eigene IPv4-Adresse (kein DS-Lite)"),
        _(
            "Ihr Anschluss hat keine eigene IPv4-Adresse (DS-Lite). Über IPv4 kommt von außen niemand zu Ihnen, auch "
            "nicht mit Portfreigabe."
        ),
        (_ASK_CARRIER, _BY_IPV6, _BY_DNS),
        _ROUTER_PAGE,
    ),
    Obstacle.CARRIER_NAT: ObstacleWords(
        _("Eigene IPv4-Adresse (kein Carrier-NAT)"),
        _(
            "Ihre IPv4-Adresse teilen Sie sich mit anderen Kunden Ihres Anbieters (Carrier-NAT). Eine Portfreigabe im "
            "Router hilft nicht, weil der Anbieter davor nichts durchlässt."
        ),
        (_ASK_CARRIER, _BY_DNS),
        _ROUTER_PAGE,
    ),
    Obstacle.SECOND_ROUTER: ObstacleWords(
        _("Kein zweiter Router davor"),
        _(
            "Ihr Router hat selbst nur eine private Adresse. Davor steht noch ein Router, Ihrer oder der Ihres "
            "Anbieters."
        ),
        (
            _(
                "Steht der zweite bei Ihnen (etwa ein Kabelmodem mit Router): Richten Sie die Portfreigabe dort auf "
                "diesen Router ein, oder stellen Sie ihn in den Bridge-Modus."
            ),
            _ASK_CARRIER,
            _BY_DNS,
        ),
        _ROUTER_PAGE,
    ),
    Obstacle.ELSEWHERE: ObstacleWords(
        _("Der Name führt zu Ihrem Anschluss (A)"),
        _("%(name)s führt woanders hin: zu %(said)s. Ihr Anschluss hat %(own)s."),
        (
            _("Ändern Sie beim Anbieter der Domain den A-Eintrag von %(name)s auf %(own)s."),
            _(
                "Wechselt Ihre Adresse, lassen Sie den Eintrag nachführen: von Siegelpost („Dynamisches DNS“ auf "
                "dieser Seite) oder vom Router (unten steht, wo)."
            ),
            _("Steht unter der anderen Adresse Ihr Proxy, ist das in Ordnung: Das Zertifikat gehört dann dorthin."),
        ),
        _ROUTER_PAGE,
    ),
    Obstacle.AAAA_STALE: ObstacleWords(
        _("Der Name führt zu diesem Server (AAAA)"),
        _(
            "Der AAAA-Eintrag von %(name)s führt zu %(said)s; diese Adresse hat dieser Server nicht. Zertifizierungs"
            "stellen und die meisten Browser nehmen IPv6 zuerst und kommen dort nicht an."
        ),
        (
            _("Ändern Sie den AAAA-Eintrag auf %(own)s, oder löschen Sie ihn, wenn Sie IPv6 nicht brauchen."),
            _("Wechselt der vordere Teil der Adresse, brauchen Sie beim Anbieter ein festes IPv6-Netz, oder nur IPv4."),
        ),
        _("Vergleichen Sie den AAAA-Eintrag mit der Adresse, die „ip -6 addr“ auf diesem Server nennt."),
    ),
    Obstacle.CAA_FORBIDS: ObstacleWords(
        _("CAA erlaubt die Zertifizierungsstelle"),
        _("Ein CAA-Eintrag Ihrer Domain erlaubt Let’s Encrypt nicht, für %(name)s auszustellen."),
        (
            _('Ergänzen Sie beim Anbieter der Domain: CAA 0 issue "letsencrypt.org".'),
            _("Oder löschen Sie die CAA-Einträge; dann darf jede Stelle ausstellen."),
        ),
        _("Sehen Sie beim Anbieter der Domain nach, ob es CAA-Einträge gibt und wen sie nennen."),
    ),
    Obstacle.DNSSEC_BROKEN: ObstacleWords(
        _("DNSSEC stimmt"),
        _("Die DNSSEC-Unterschriften Ihrer Domain stimmen nicht. Dann darf niemand ein Zertifikat ausstellen."),
        (_("Lassen Sie DNSSEC beim Anbieter der Domain richtigstellen, oder schalten Sie es dort ab."),),
        _("Der Anbieter Ihrer Domain zeigt, ob DNSSEC eingeschaltet ist."),
    ),
    Obstacle.PORTS_CLOSED: ObstacleWords(
        _("Port 443 oder 80 ist von außen offen"),
        _("Von außen ist weder Port 443 noch Port 80 zu erreichen."),
        (
            _("Geben Sie im Router Port 443 auf diesen Server frei; unten steht, wo."),
            _BY_DNS,
        ),
        _("Öffnen Sie die öffentliche Adresse mit dem Handy ohne WLAN."),
    ),
    Obstacle.AAAA_MISSING: ObstacleWords(
        _("IPv6 ist eingetragen"),
        _("Dieser Server hat IPv6 (%(own)s), aber %(name)s hat keinen AAAA-Eintrag. Nötig ist er nicht."),
        (
            _("Ein AAAA-Eintrag hilft Empfängern, deren Mobilfunk nur IPv6 hat, und ist bei DS-Lite der einzige Weg."),
            _("Tragen Sie ihn erst ein, wenn der Router Port 443 auch für IPv6 freigibt."),
        ),
        _("„ip -6 addr“ auf diesem Server nennt seine IPv6-Adressen."),
    ),
    Obstacle.WILDCARD: ObstacleWords(
        _("Kein Platzhalter (Wildcard) im DNS"),
        _("Ein Platzhalter (*) beantwortet in Ihrer Domain jeden Namen, auch vertippte."),
        (
            _(
                "Das stört nicht. Tragen Sie %(name)s trotzdem einzeln ein: Beim Weg über das DNS verdeckt sonst der "
                "Eintrag für die Prüfung den Namen, solange er steht."
            ),
        ),
        _("Sehen Sie beim Anbieter der Domain nach, ob es einen Eintrag mit * gibt."),
    ),
}
