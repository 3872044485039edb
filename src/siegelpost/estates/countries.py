"""Countries in which properties of German agents lie, by ISO 3166-1 (three letters), with the names people use."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Another one that a file names is kept and shown by its letters.
COUNTRIES: Mapping[str, Promise] = MappingProxyType(
    {
        "DEU": _("Deutschland"),
        "AUT": _("Österreich"),
        "CHE": _("Schweiz"),
        "LIE": _("Liechtenstein"),
        "LUX": _("Luxemburg"),
        "BEL": _("Belgien"),
        "NLD": _("Niederlande"),
        "DNK": _("Dänemark"),
        "POL": _("Polen"),
        "CZE": _("Tschechien"),
        "FRA": _("Frankreich"),
        "ITA": _("Italien"),
        "ESP": _("Spanien"),
        "PRT": _("Portugal"),
        "GRC": _("Griechenland"),
        "HRV": _("Kroatien"),
        "SVN": _("Slowenien"),
        "HUN": _("Ungarn"),
        "SVK": _("Slowakei"),
        "ROU": _("Rumänien"),
        "BGR": _("Bulgarien"),
        "SWE": _("Schweden"),
        "NOR": _("Norwegen"),
        "FIN": _("Finnland"),
        "EST": _("Estland"),
        "LVA": _("Lettland"),
        "LTU": _("Litauen"),
        "IRL": _("Irland"),
        "GBR": _("Vereinigtes Königreich"),
        "MLT": _("Malta"),
        "CYP": _("Zypern"),
        "TUR": _("Türkei"),
        "MNE": _("Montenegro"),
        "SRB": _("Serbien"),
        "ALB": _("Albanien"),
        "ISL": _("Island"),
        "MCO": _("Monaco"),
        "AND": _("Andorra"),
        "USA": _("Vereinigte Staaten"),
        "CAN": _("Kanada"),
        "ARE": _("Vereinigte Arabische Emirate"),
        "THA": _("Thailand"),
        "ZAF": _("Südafrika"),
        "AUS": _("Australien"),
    }
)
# Where a postcode is figures and nothing else.
NUMERIC_POSTCODES = frozenset(
    {"DEU", "AUT", "CHE", "LIE", "BEL", "DNK", "FRA", "ITA", "ESP", "HRV", "HUN", "SVN", "NOR", "FIN", "BGR", "ROU"}
)
