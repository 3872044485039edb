"""Why a transfer was not brought in, or waits for a person: as sentences that say what to do next."""

from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.toolbox.words import LANGUAGES

Reason = Promise

NOT_WHOLE: Reason = _(
    "Die Datei ist nicht vollständig angekommen. Bitte lassen Sie Ihr Programm noch einmal übertragen; reißt es wieder "
    "ab, liegt es an der Verbindung dorthin."
)
NO_DOCUMENT: Reason = _(
    "Einen Tag lang kam keine OpenImmo-Datei (ZIP oder XML) dazu: %(files)d Dateien wurden verworfen. Bitte stellen "
    "Sie in Ihrem Programm als Format „OpenImmo“ ein."
)
CLOSED: Reason = _(
    "Dieser Server darf sie nicht lesen: Sie gehört einem anderen Benutzer. Sie liegt noch da; sobald ihre Rechte "
    "stimmen, wird sie von selbst übernommen."
)
CLOSED_FOLDER: Reason = _(
    "Dieser Server darf den Ordner nicht öffnen: Er gehört einem anderen Benutzer. Sobald seine Rechte stimmen, wird "
    "von selbst übernommen, was darin liegt."
)
REPEATED: Reason = _("Genau diese Datei kam schon einmal. Es wurde nichts verändert, und es ist nichts zu tun.")
OUTDATED: Reason = _(
    "Eine neuere vollständige Übertragung ist schon importiert. Diese, die vorher erstellt wurde, wurde deshalb "
    "übergangen; es ist nichts zu tun."
)
ASKED: Reason = _("Für diesen Zugang ist eingestellt, dass jemand zustimmt.")
FULL_EMPTY: Reason = _(
    "Die Übertragung nennt sich vollständig, enthält aber kein Objekt. Bitte prüfen Sie in Ihrem Programm, ob das so "
    "gemeint ist, bevor Sie zustimmen."
)
FULL_MOST: Reason = _(
    "Die vollständige Übertragung nähme %(gone)d von %(of)d Objekten vom Markt. Bitte prüfen Sie das, bevor Sie "
    "zustimmen."
)
OTHER_PROVIDER: Reason = _(
    "Die Übertragung nennt eine andere Anbieterkennung (%(provider)s) als die dieses Zugangs. Bitte prüfen Sie, ob die "
    "Objekte hierher gehören."
)
FORGOTTEN: Reason = _(
    "Zwei Wochen lang hat niemand zugestimmt. Bitte lassen Sie Ihr Programm noch einmal übertragen, wenn es noch gilt."
)
GONE: Reason = _("Das Ergebnis ist auf diesem Server nicht mehr zu finden. Bitte lassen Sie noch einmal übertragen.")


def said(reason: Reason, **values: Any) -> dict[str, str]:
    """The sentence by language."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = str(reason) % values if values else str(reason)
    return found
