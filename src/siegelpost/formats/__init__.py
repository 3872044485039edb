"""How dates, times and lists are written here; what differs from Django's own stands in a folder for each language."""

from collections.abc import Sequence
from datetime import datetime

from babel.dates import get_timezone_name
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Babel has names of time zones for the English of Britain alone.
_LOCALES = {"de": "de", "en": "en_GB"}


def exactly(at: datetime) -> str:
    """A point of time to the second, in the office's time zone with its name, in the active language."""
    local = timezone.localtime(at)
    zone = get_timezone_name(local, "short", locale=_LOCALES[translation.get_language() or "de"])
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i:s')} {zone}"


def named(names: Sequence[str], most: int) -> str:
    """These names one after the other; of more than ``most`` the first, and how many more there are."""
    if len(names) <= most:
        return ", ".join(names)
    return _("%(names)s und noch %(n)d") % {"names": ", ".join(names[:most]), "n": len(names) - most}
