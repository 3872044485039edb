"""Jinja2 for what recipients get: their pages and mails. One environment per language, compiled once.

Django's template language serves the office's pages. Recipients' pages are on the hot path, and mails are written
without a request, in the recipient's language and not in the reader's.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import translation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from siegelpost.settings import load
from siegelpost.toolbox import colours, legal_layout
from siegelpost.toolbox.words import Words

ROOMS = ("siegelpost.web", "siegelpost.dispatch", "siegelpost.certificates", "siegelpost.mail")
LOCALES = Path(__file__).parent / "locale"
STATIC = Path(__file__).parent / "web" / "static"
_MAIL = re.compile("E-Mail", re.IGNORECASE)
_INDENTATION = re.compile(r"(?P<shown><(?P<element>pre|textarea)\b.*?</(?P=element)>)|\n[ \t]+", re.DOTALL)
_DATE = Words("d. MMMM y", "d MMMM y")
# The day is not torn from its month at the end of a line.
_WEEKDAY = Words("EEEE, d.\u00a0MMMM y", "EEEE, d\u00a0MMMM y")
# To the second and with its zone: in the night the clocks are put back, an hour comes twice.
_INSTANT = Words("d. MMMM y, HH:mm:ss 'Uhr' (z, ZZZZ)", "d MMMM y, HH:mm:ss (ZZZZ)")
# With its zone: whoever reads it may be elsewhere, and in the night the clocks are put back an hour comes twice.
_HOUR = Words("HH:mm 'Uhr' z", "HH:mm z")
_MOMENT = Words("d. MMMM y, HH:mm 'Uhr' z", "d MMMM y, HH:mm z")
# Classes of characters that set the direction of what follows them (UAX #9, table 4).
_TURNING = frozenset({"R", "AL", "LRE", "LRO", "RLE", "RLO"})
# English as in Britain, which knows our zones by name (CET).
_LOCALE = Words("de", "en_GB")


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def environment(language: str) -> Environment:
    """The environment for ``de`` or ``en``; German texts are the message ids and need no catalogue."""
    zone = ZoneInfo(load().time_zone)

    def day(value: date | str) -> str:
        found = _moment(value)
        local = found.astimezone(zone) if isinstance(found, datetime) else found
        return format_date(local, _DATE[language], locale=language)

    def moment(value: datetime | str) -> str:
        return format_datetime(_moment(value), _MOMENT[language], tzinfo=zone, locale=_LOCALE[language])

    def instant(value: datetime | str) -> str:
        return format_datetime(_moment(value), _INSTANT[language], tzinfo=zone, locale=language)

    def weekday(value: datetime | str) -> str:
        return format_date(_moment(value).astimezone(zone), _WEEKDAY[language], locale=language)

    def clock(begin: datetime, end: datetime) -> tuple[str, str]:
        """Both hours, with the zone: said once, unless the clocks are changed between the two."""
        pattern = "HH:mm" if begin.utcoffset() == end.utcoffset() else "HH:mm z"
        first = format_datetime(begin, pattern, tzinfo=zone, locale=_LOCALE[language])
        return first, format_datetime(end, _HOUR[language], tzinfo=zone, locale=_LOCALE[language])

    def hours(value: datetime | str, ends: datetime | str) -> str:
        """From when to when, without the day, where that stands above."""
        return "–".join(clock(*(_moment(one).astimezone(zone) for one in (value, ends))))

    def until(value: datetime | str, ends: datetime | str) -> str:
        """From when to when: the day is said once where both are on it."""
        begin, end = (_moment(one).astimezone(zone) for one in (value, ends))
        first, last = clock(begin, end)
        if begin.date() == end.date():
            return f"{weekday(begin)}, {first}–{last}"
        return f"{weekday(begin)}, {first} – {weekday(end)}, {last}"

    def size(value: int) -> str:
        """Bytes as people read them."""
        unit, divisor = ("MB", 1_000_000) if value >= 1_000_000 else ("kB", 1_000)
        return f"{format_decimal(max(value / divisor, 0.1), '#,##0.#', locale=language)} {unit}"

    made = Environment(
        loader=ChoiceLoader([_Room(room, "jinja2") for room in ROOMS]),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"day": day, "moment": moment, "instant": instant, "weekday": weekday, "size": size}

    def decimal(value: str) -> str:
        """A number as it was frozen, as people write it."""
        return format_decimal(Decimal(value), locale=language)

    made.filters |= {"until": until, "decimal": decimal, "exactly": Decimal}
    made.filters |= {"unbroken": unbroken, "bdi": bdi, "apart": apart, "spoken": spoken}
    made.filters["hours"] = hours
    made.filters["opening"] = capitalised if language == "en" else str
    made.globals |= {"language": language, "asset": asset}
    made.globals |= {"on_light": colours.on_light, "on_dark": colours.on_dark, "laid_out": legal_layout.laid_out}
    texts = translation("django", LOCALES, languages=[language], fallback=True)
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    return made


def unindented(source: str) -> str:
    """A template of a page as it is sent: indentation is for who reads the source, and a fifth of its bytes.

    What a page shows with every space stays as it is.
    """
    return _INDENTATION.sub(lambda found: found["shown"] or "\n", source)


class _Room(PackageLoader):
    """The templates of a room. Those of texts stay as they are: there each space is meant."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        source, file, is_new = super().get_source(environment, template)
        return unindented(source) if template.endswith(".html") else source, file, is_new


def unbroken(text: str) -> Markup:
    """A heading in which no line ends within "E-Mail"."""
    return Markup(_MAIL.sub(r'<span class="unbroken">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


def bdi(text: str) -> Markup:
    """A stranger's words, which turn nothing round but themselves."""
    return Markup("<bdi>{}</bdi>").format(text)


def apart(text: str) -> str:
    """The same where there are no elements: within marks of isolation (UAX #9, FSI and PDI), if it turns anything."""
    bare = re.sub("[\u2066-\u2069]", "", text)
    turns = any(unicodedata.bidirectional(one) in _TURNING for one in bare)
    return f"\u2068{bare}\u2069" if turns else text


def capitalised(text: str) -> str:
    """The first line after an English salutation, which begins a sentence; a German one goes on after a comma."""
    return text[:1].upper() + text[1:]


def spoken(estate: dict[str, Any], language: str) -> Markup:
    """The attribute for what was written of a property in another language than the page's, or nothing.

    What was frozen before properties said their language was written in German.
    """
    own = estate.get("lang", "de")
    return Markup("") if own == language else Markup(' lang="{}"').format(own)


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def render(template: str, language: str, /, **context: Any) -> str:
    """The template, filled in and in the given language."""
    return environment(language).get_template(template).render(context)
