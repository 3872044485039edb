"""Why something was not read, in both languages."""

from enum import StrEnum
from types import MappingProxyType

from siegelpost.toolbox.words import SpokenError, Words


class Excess(StrEnum):
    """What was too much."""

    TIME = "time"
    MEMORY = "memory"
    ANSWER = "answer"
    # Nothing was too much, but the reader came to its end over it.
    FAILED = "failed"


_SAFE = Words(
    "Es wurde nichts übernommen; alles andere läuft weiter. Bitte lassen Sie sich die Datei neu schicken, oder zeigen "
    "Sie sie Ihrem Administrator.",
    "Nothing was taken from it, and everything else goes on. Please have the file sent anew, or show it to your "
    "administrator.",
)
_WHY = MappingProxyType(
    {
        Excess.TIME: Words(
            "Das Lesen wurde abgebrochen: Es hätte zu lange gedauert. So sehen beschädigte Dateien aus, und solche, "
            "die einen Server aufhalten sollen.",
            "Reading was stopped: it would have taken too long. That is what damaged files look like, and files made "
            "to hold up a server.",
        ),
        Excess.MEMORY: Words(
            "Das Lesen wurde abgebrochen: Es hätte zu viel Speicher gebraucht. So sehen beschädigte Dateien aus, und "
            "solche, die einen Server aufhalten sollen.",
            "Reading was stopped: it would have taken too much memory. That is what damaged files look like, and files "
            "made to hold up a server.",
        ),
        Excess.ANSWER: Words(
            "Das Lesen wurde abgebrochen: Ausgepackt ist der Inhalt zu groß.",
            "Reading was stopped: unpacked, the content is too large.",
        ),
        Excess.FAILED: Words(
            "Das ließ sich nicht lesen: Es ist beschädigt oder anders aufgebaut, als es sein dürfte.",
            "This could not be read: it is damaged, or built otherwise than it may be.",
        ),
    }
)


class TooExpensiveError(SpokenError):
    """Strangers' bytes were not read, because that would have cost too much; nothing was taken from them."""

    def __init__(self, excess: Excess) -> None:
        why = _WHY[excess]
        super().__init__(f"{why.de} {_SAFE.de}", f"{why.en} {_SAFE.en}")
        self.excess = excess


class BusyError(SpokenError):
    """Strangers' bytes could not be read now: too many wait, or the process that reads them is being started again."""

    def __init__(self) -> None:
        super().__init__(
            "Gerade kann nichts gelesen werden: Zu viele Dateien warten. Die Datei wurde nicht übernommen. Bitte "
            "versuchen Sie es in einer Minute noch einmal.",
            "Nothing can be read right now: too many files are waiting. The file was not taken in. Please try again in "
            "a minute.",
        )
