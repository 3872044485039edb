"""Where to click in the routers that German offices have: a table, with the names that their German pages use.

As of 2026-11: FRITZ!OS 8, Speedport Smart 4, Sophos Firewall 21, UniFi Network 9. Menus move between versions.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Router:
    """One make: how to reach its pages, and where three things are set; ``%(address)s`` is this server's address."""

    name: str
    page: Promise
    ports: tuple[Promise, ...]
    ipv6: tuple[Promise, ...]
    dynamic: tuple[Promise, ...]


ROUTERS = (
    Router(
        "FRITZ!Box",
        _("http://fritz.box öffnen und anmelden."),
        (
            _("„Internet“ > „Freigaben“ > Reiter „Portfreigaben“ > „Gerät für Freigaben hinzufügen“."),
            _("Bei „Gerät“ diesen Server wählen (%(address)s), dann „Neue Freigabe“."),
            _(
                "„Portfreigabe“ wählen, bei „Anwendung“ „HTTPS-Server“: Port an Gerät 443 bis 443, Port extern "
                "gewünscht 443. Ein zweites Mal mit „HTTP-Server“ für Port 80, wenn Sie ihn brauchen."
            ),
            _("„Freigabe aktivieren“ anhaken, zweimal „OK“, dann „Übernehmen“."),
            _(
                "Zeigt die FRITZ!Box außen einen anderen Port als 443, belegt sie ihn selbst: „Internet“ > "
                "„Freigaben“ > Reiter „FRITZ!Box-Dienste“, dort den „TCP-Port für HTTPS“ ändern oder den "
                "Internetzugriff abschalten."
            ),
        ),
        (
            _("In derselben Freigabe bei „Internetzugriff über“ „IPv4 und IPv6“ wählen (bei DS-Lite: „IPv6“)."),
            _(
                "Stimmt die „IPv6 Interface-ID“ dort nicht mit dem hinteren Teil der Adresse dieses Servers überein, "
                "tragen Sie sie ein."
            ),
        ),
        (
            _("MyFRITZ!: „Internet“ > „MyFRITZ!-Konto“, E-Mail-Adresse eintragen, „Anmelden“."),
            _(
                "Der Name (….myfritz.net) führt bei IPv6 zur FRITZ!Box selbst, nicht zu diesem Server. Dafür in der "
                "Freigabe „MyFRITZ!-Freigabe“ wählen."
            ),
            _("Anderer Dienst: „Internet“ > „Freigaben“ > Reiter „DynDNS“ > „DynDNS benutzen“."),
        ),
    ),
    Router(
        "Speedport",
        _("http://speedport.ip öffnen und mit dem Gerätepasswort anmelden."),
        (
            _("„Internet“ > „Port-Freischaltungen“ > „Port-Umleitungen und -Weiterleitungen“."),
            _(
                "„Neue TCP-Umleitung/Weiterleitung“: als Gerät diesen Server wählen (%(address)s), öffentlicher Port "
                "443, Port am Gerät 443. Für Port 80 ein zweites Mal."
            ),
            _("„Speichern“. Fehlt das Gerät in der Liste, legen Sie es unter „Heimnetzwerk“ mit fester Adresse an."),
        ),
        (
            _(
                "Die meisten Speedports öffnen Ports nur für IPv4. Gibt es unter „Port-Freischaltungen“ keinen "
                "Abschnitt für IPv6, löschen Sie den AAAA-Eintrag des Namens."
            ),
        ),
        (_("„Internet“ > „Dynamisches DNS“ (oder „DynDNS“), Anbieter wählen, Zugangsdaten eintragen, „Speichern“."),),
    ),
    Router(
        "Sophos Firewall",
        _("https://(Adresse der Firewall):4444 öffnen und anmelden."),
        (
            _("„Regeln und Richtlinien“ > Reiter „NAT-Regeln“ > „IPv4“ > „NAT-Regel hinzufügen“."),
            _("„Serverzugriffsassistent (DNAT)“ wählen, als internen Server %(address)s eintragen."),
            _("Als öffentliche Adresse die WAN-Schnittstelle, als Dienste HTTPS und HTTP wählen."),
            _("Als Quellen „Beliebig“ lassen, „Speichern und beenden“."),
            _(
                "Antwortet auf Port 443 die Firewall selbst: „Verwaltung“ > „Gerätezugriff“, in der Zone WAN HTTPS, "
                "Benutzerportal und VPN-Portal abwählen oder auf einen anderen Port legen."
            ),
        ),
        (
            _(
                "„Regeln und Richtlinien“ > „Firewallregeln“ > „IPv6“ > „Firewallregel hinzufügen“: Quelle WAN, Ziel "
                "die Zone und IPv6-Adresse dieses Servers, Dienst HTTPS. NAT braucht IPv6 nicht."
            ),
        ),
        (_("„Netzwerk“ > Reiter „Dynamisches DNS“ > „Hinzufügen“: Hostname, WAN-Schnittstelle, Anbieter."),),
    ),
    Router(
        "UniFi",
        _("https://unifi.ui.com oder die Adresse des Gateways öffnen, dann „Network“."),
        (
            _(
                "„Einstellungen“ > „Richtlinien-Engine“ > „Portweiterleitung“ > „Neu erstellen“ (bis Version 8: "
                "„Einstellungen“ > „Sicherheit“ > „Portweiterleitung“)."
            ),
            _("Schnittstelle WAN, Quelle „Beliebig“, WAN-Port 443, Weiterleitungs-IP %(address)s, Port 443, TCP."),
            _("„Hinzufügen“. Für Port 80 ein zweites Mal."),
        ),
        (
            _(
                "„Einstellungen“ > „Richtlinien-Engine“ > „Zonen“ (bis Version 8: „Firewallregeln“ > "
                "„Internet v6 In“): von „Extern“ zur Zone dieses Servers Port 443 auf dessen IPv6-Adresse erlauben."
            ),
        ),
        (
            _(
                "„Einstellungen“ > „Internet“ > WAN wählen > „Dynamisches DNS“ > „Neu erstellen“: Dienst, Hostname, "
                "Zugangsdaten."
            ),
        ),
    ),
)
