"""Why a picture or PDF is not taken, and what is to be said of one that was: words for both."""

from enum import StrEnum

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MediaFault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NO_PICTURE = "no_picture"
    MARKUP = "markup"
    ANIMATED = "animated"
    FILM = "film"
    RAW = "raw"
    DAMAGED = "damaged"
    TOO_DEAR = "too_dear"
    PASSWORD = "password"  # noqa: S105 - a reason, no password
    NO_PDF = "no_pdf"
    NO_PAGES = "no_pages"
    SEALED_AND_ACTIVE = "sealed_and_active"


FAULTS: dict[MediaFault, Promise] = {
    MediaFault.EMPTY: _("„%(name)s“ ist leer. Bitte übertragen Sie die Datei noch einmal."),
    MediaFault.TOO_LARGE: _("„%(name)s“ ist zu groß. Erlaubt sind Bilder bis 64 MiB und PDF-Dateien bis 32 MiB."),
    MediaFault.TOO_MANY_PIXELS: _(
        "„%(name)s“ hat zu viele Bildpunkte. Bitte verkleinern Sie das Bild auf höchstens 40 Megapixel."
    ),
    MediaFault.NO_PICTURE: _(
        "„%(name)s“ ist kein Bild und kein PDF. Erlaubt sind JPEG, HEIC, PNG, WebP, AVIF, TIFF, GIF, BMP und PDF. "
        "Ein Schreiben oder eine Tabelle speichern Sie bitte als PDF."
    ),
    MediaFault.MARKUP: _(
        "„%(name)s“ ist eine SVG-, HTML- oder XML-Datei; sie kann Programme enthalten und wird nicht angenommen. "
        "Bitte speichern Sie das Bild als JPEG oder PNG."
    ),
    MediaFault.ANIMATED: _("„%(name)s“ ist animiert. Bitte verwenden Sie ein stehendes Bild."),
    MediaFault.FILM: _(
        "„%(name)s“ ist ein Film. Gehört er zu einem Live Photo vom iPhone, ist das Foto selbst die Datei gleichen "
        "Namens, die auf .HEIC oder .JPG endet; bitte nehmen Sie diese."
    ),
    MediaFault.RAW: _(
        "„%(name)s“ ist die Rohaufnahme einer Kamera (RAW oder DNG). Bitte speichern Sie das Bild als JPEG."
    ),
    MediaFault.DAMAGED: _("„%(name)s“ ist beschädigt oder unvollständig. Bitte übertragen Sie die Datei noch einmal."),
    MediaFault.TOO_DEAR: _(
        "„%(name)s“ zu öffnen hätte zu lange gedauert oder zu viel Speicher gebraucht; übernommen wurde es nicht. "
        "Bitte speichern Sie es in einem Bildprogramm neu, als JPEG oder PNG, oder drucken Sie es noch einmal als PDF."
    ),
    MediaFault.PASSWORD: _(
        "„%(name)s“ ist mit einem Kennwort verschlüsselt; niemand könnte es öffnen. Bitte speichern Sie das PDF ohne "
        "Kennwort."
    ),
    MediaFault.NO_PDF: _(
        "„%(name)s“ nennt sich PDF, ist aber keines, oder es ist so beschädigt, dass keine Seite zu lesen ist. Bitte "
        "übertragen Sie die Datei noch einmal."
    ),
    MediaFault.NO_PAGES: _(
        "„%(name)s“ ist eine Mappe mit anderen Dateien oder ein Formular, das nur Programme von Adobe zeigen. Bitte "
        "öffnen Sie es und drucken Sie es als PDF."
    ),
    MediaFault.SEALED_AND_ACTIVE: _(
        "„%(name)s“ enthält Programme oder Dateien, und weil es signiert oder gegen Änderungen geschützt ist, lassen "
        "sie sich nicht entfernen. Bitte drucken Sie es noch einmal als PDF."
    ),
}


class MediaNote(StrEnum):
    """What is to be said of a file that was taken."""

    FIRST_PAGE = "first_page"
    CUT_OFF = "cut_off"
    REPAIRED = "repaired"
    NO_DATA = "no_data"
    NO_ACTIVE = "no_active"
    NO_FILES = "no_files"
    SEALED = "sealed"
    FORM = "form"


# Done with nearly every PDF: said beside it, and not anew with every import.
ROUTINE = frozenset({MediaNote.NO_DATA})

NOTES: dict[MediaNote, Promise] = {
    MediaNote.FIRST_PAGE: _(
        "„%(name)s“ hat mehrere Seiten; gezeigt wird die erste. Damit alle mitgehen, speichern Sie die Datei als PDF."
    ),
    MediaNote.CUT_OFF: _("„%(name)s“ endet etwas zu früh; am unteren Rand kann ein Streifen fehlen."),
    MediaNote.REPAIRED: _("„%(name)s“ war beschädigt und wurde repariert. Bitte sehen Sie es durch."),
    MediaNote.NO_DATA: _("Aus „%(name)s“ sind Verfasser, Programm, Zeit und andere Angaben zur Datei entfernt."),
    MediaNote.NO_ACTIVE: _(
        "Aus „%(name)s“ ist entfernt, was beim Öffnen oder Anklicken etwas ausführt oder verschickt."
    ),
    MediaNote.NO_FILES: _("Aus „%(name)s“ sind angehängte Dateien entfernt; die Seiten sind vollständig."),
    MediaNote.SEALED: _(
        "„%(name)s“ ist signiert oder gegen Änderungen geschützt und geht unverändert hinaus, auch mit den Angaben zu "
        "Verfasser, Programm und Zeit."
    ),
    MediaNote.FORM: _("„%(name)s“ hat Formularfelder; was darin steht, sehen auch die Empfänger."),
}


class MediaError(Exception):
    """A file is not taken; ``str`` says why and what to do, in the active language. Nothing was stored."""

    def __init__(self, reason: MediaFault, name: str) -> None:
        self.reason = reason
        self.name = name or "?"
        super().__init__(reason, name)

    def __str__(self) -> str:
        return str(FAULTS[self.reason]) % {"name": self.name}

    def text(self, language: str) -> str:
        """The same in German ("de") or English ("en")."""
        with translation.override(language):
            return str(self)


class MediaRemark:
    """What is to be said of a file that was taken; ``str`` says it in the active language."""

    def __init__(self, note: str, name: str) -> None:
        self._note, self._name = MediaNote(note), name or "?"

    def __str__(self) -> str:
        return str(NOTES[self._note]) % {"name": self._name}

    def text(self, language: str) -> str:
        """The same in German ("de") or English ("en")."""
        with translation.override(language):
            return str(self)
