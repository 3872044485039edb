"""How dates and times are written here; what differs from Django's own stands in a folder for each language."""

from datetime import datetime

from babel.dates import get_timezone_name
from django.utils import timezone, translation
from django.utils.formats import date_format

# Babel has names of time zones for the English of Britain alone.
_LOCALES = {"de": "de", "en": "en_GB"}


def exactly(at: datetime) -> str:
    """A point of time to the second, in the office's time zone with its name, in the active language."""
    local = timezone.localtime(at)
    zone = get_timezone_name(local, "short", locale=_LOCALES[translation.get_language() or "de"])
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i:s')} {zone}"
