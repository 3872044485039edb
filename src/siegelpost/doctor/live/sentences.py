"""What live findings say, in German and English; the sentences stand in ``sentences_way`` and ``sentences_server``."""

from collections.abc import Mapping
from types import MappingProxyType

from siegelpost.doctor.live.connection_failures import SAFARI_NO_CONNECTION, SAFARI_NOT_FOUND
from siegelpost.doctor.live.findings import FindingId
from siegelpost.doctor.live.sentence import FindingText
from siegelpost.doctor.live.sentences_server import SERVER
from siegelpost.doctor.live.sentences_way import WAY
from siegelpost.toolbox.words import Words

FINDINGS: Mapping[FindingId, FindingText] = MappingProxyType({**WAY, **SERVER})

# What Safari shows in place of a code, by the English sentence.
SAFARI: Mapping[str, Words] = MappingProxyType(
    {
        SAFARI_NO_CONNECTION: Words("Safari kann keine sichere Verbindung zum Server aufbauen", SAFARI_NO_CONNECTION),
        SAFARI_NOT_FOUND: Words("Safari kann den Server nicht finden", SAFARI_NOT_FOUND),
    }
)
BROWSER_STOPPED = Words("{browser}: keine Seite ({code})", "{browser}: no page ({code})")
BROWSER_UNKNOWN = Words("{browser}: nicht feststellbar", "{browser}: could not be found out")
ALL_GOOD = Words("{host}: kein Empfänger sieht eine Warnung.", "{host}: no recipient will see a warning.")
ALL_GOOD_AS_FAR_AS_KNOWN = Words(
    "{host}: Soweit der Doktor es weiß, sieht kein Empfänger eine Warnung.",
    "{host}: as far as the doctor knows, no recipient will see a warning.",
)
SOME_BAD = Words(
    "{host}: Empfänger kommen nicht ohne Warnung auf die Seite.",
    "{host}: recipients will not get through without a warning.",
)
NOT_TOLD = Words("{host}: Das ließ sich nicht feststellen.", "{host}: this could not be found out.")
SURROUNDINGS = Words("Rund um das Zertifikat", "Around the certificate")
MORE_STEPS = Words("Was noch zu tun ist", "What else to do")
