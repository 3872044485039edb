"""What the office's templates need beyond Django's own tags."""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.db.models import Model
from django.forms import BoundField, CheckboxInput, PasswordInput
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost import formats
from siegelpost.contacts.diary_models import Activity, ActivityKind
from siegelpost.dispatch.gate import periods
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.recipient import acts
from siegelpost.dispatch.recipient.acts import Done
from siegelpost.dispatch.send.guard import BrowserWarning
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates import search
from siegelpost.estates.figures import money
from siegelpost.estates.models import Estate, Media
from siegelpost.toolbox.language import active_language
from siegelpost.web import static_files

register = template.Library()

# How far a dispatch has come, as quarters of a ring and as a colour; the words beside it say the same.
SEALS = MappingProxyType(
    {
        DispatchState.HELD: ("seal-held", "wait"),
        DispatchState.QUEUED: ("seal-1", ""),
        DispatchState.NOTIFIED: ("seal-2", ""),
        DispatchState.UNDELIVERABLE: ("seal-bad", "bad"),
        DispatchState.WAITING: ("seal-3", ""),
        DispatchState.OPEN: ("seal-4", "good"),
        DispatchState.WITHDRAWN: ("seal-ended", "bad"),
        DispatchState.REVOKED: ("seal-ended", "ended"),
        DispatchState.EXPIRED: ("seal-ended", "ended"),
        DispatchState.REFUSED: ("seal-ended", "bad"),
    }
)
# Short words for lists, which promise no more than is known.
STANDING = MappingProxyType(
    {
        DispatchState.HELD: gettext_lazy("zurückgehalten"),
        DispatchState.QUEUED: gettext_lazy("wartet auf den Mailserver"),
        DispatchState.NOTIFIED: gettext_lazy("vom Mailserver angenommen"),
        DispatchState.UNDELIVERABLE: gettext_lazy("nicht zustellbar"),
        DispatchState.WAITING: gettext_lazy("bestätigt, Frist läuft"),
        DispatchState.OPEN: gettext_lazy("Bestätigt – Exposé freigeschaltet"),
        DispatchState.WITHDRAWN: gettext_lazy("widerrufen"),
        DispatchState.REVOKED: gettext_lazy("zurückgezogen"),
        DispatchState.EXPIRED: gettext_lazy("abgelaufen"),
        DispatchState.REFUSED: gettext_lazy("abgelehnt"),
    }
)
_EXPOSE_STANDING = MappingProxyType({**STANDING, DispatchState.REFUSED: gettext_lazy("kennt das Objekt schon")})
_REGISTERED_STANDING = MappingProxyType(
    {
        **STANDING,
        DispatchState.OPEN: gettext_lazy("angenommen"),
        DispatchState.EXPIRED: gettext_lazy("Frist abgelaufen"),
    }
)
# The same in a sentence, for the page of one dispatch.
EXPLAINED = MappingProxyType(
    {
        DispatchState.HELD: gettext_lazy("Noch nicht gesendet: Empfänger sähen eine Zertifikatswarnung."),
        DispatchState.QUEUED: gettext_lazy("Noch nicht gesendet: Der Mailserver hat die Mail noch nicht angenommen."),
        DispatchState.NOTIFIED: gettext_lazy(
            "Die Mail mit dem Link ist beim Mailserver. Ob sie gelesen wurde, weiß niemand."
        ),
        DispatchState.UNDELIVERABLE: gettext_lazy(
            "Die Mail kam nicht an. Prüfen Sie die Adresse und senden Sie noch einmal."
        ),
        DispatchState.WAITING: gettext_lazy("Ohne vorzeitigen Beginn öffnet sich das Exposé am %(day)s."),
        DispatchState.OPEN: gettext_lazy("Der Empfänger hat bestätigt und kann das Exposé ansehen."),
        DispatchState.WITHDRAWN: gettext_lazy(
            "Der Empfänger hat den Vertrag widerrufen. Das Exposé ist nicht mehr abrufbar."
        ),
        DispatchState.REVOKED: gettext_lazy("Das Büro hat die Sendung zurückgezogen."),
        DispatchState.EXPIRED: gettext_lazy("Die Zeit des Links ist um, ohne dass etwas erklärt wurde."),
        DispatchState.REFUSED: gettext_lazy("Der Empfänger hat abgelehnt. Die Nachricht bleibt geschlossen."),
    }
)
_EXPOSE_EXPLAINED = MappingProxyType(
    {
        **EXPLAINED,
        DispatchState.WITHDRAWN: gettext_lazy("Der Vertrag ist widerrufen. Das Exposé ist nicht mehr abrufbar."),
        DispatchState.REFUSED: gettext_lazy(
            "Der Empfänger kennt das Objekt schon. Es gibt keinen Vertrag, nichts ging auf."
        ),
    }
)
# Declared, while somebody who orders together has not.
_WAITS_FOR_PARTNER = gettext_lazy("Das Exposé öffnet sich, sobald auch die zweite Person beauftragt hat.")
_REGISTERED_EXPLAINED = MappingProxyType(
    {
        **EXPLAINED,
        DispatchState.OPEN: gettext_lazy("Der Empfänger hat angenommen und kann die Nachricht lesen."),
        DispatchState.EXPIRED: gettext_lazy("Der Empfänger hat in der Frist weder angenommen noch abgelehnt."),
    }
)
_BY_KIND = MappingProxyType(
    {
        Kind.SECURE_EXPOSE: (_EXPOSE_STANDING, _EXPOSE_EXPLAINED),
        Kind.REGISTERED_MAIL: (_REGISTERED_STANDING, _REGISTERED_EXPLAINED),
    }
)
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_ACTIVITIES = MappingProxyType(
    {ActivityKind.NOTE: "note", ActivityKind.CALL: "phone", ActivityKind.VIEWING: "eye", ActivityKind.MAIL: "mail"}
)
_MAPS = (("Android", "geo:0,0?q={}"), ("iPhone", "maps:?q={}"), ("iPad", "maps:?q={}"), ("Mac OS X", "maps:?q={}"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file; it may be kept for ever, because it changes with the content."""
    return _addresses()[name]


@cache
def _addresses() -> dict[str, str]:
    found = static_files.load()
    return {path.removeprefix(static_files.PREFIX): f"{path}?v={file.digest[:12]}" for path, file in found.items()}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A picture of the sprite; it repeats what words say beside it, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false" viewBox="0 0 24 24"><use href="{}#{}"></use></svg>',
        extra,
        _addresses()["icons.svg"],
        name,
    )


@register.simple_tag
def activity_icon(activity: Activity) -> SafeString:
    """The picture of what was done."""
    return icon(_ACTIVITIES[ActivityKind(activity.kind)])


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """One field of a form with its label, hint and errors."""
    # A placeholder that repeats the label vanishes when it is needed most.
    bound.field.widget.attrs.pop("placeholder", None)
    return {
        "field": bound,
        "hint": hint or bound.help_text,
        "is_tick": isinstance(bound.field.widget, CheckboxInput),
        "is_password": isinstance(bound.field.widget, PasswordInput),
    }


@register.inclusion_tag("parts/remark.html")
def remark(words: str) -> dict[str, str]:
    """A sentence, with the way to the field that it is about where it knows one."""
    return {"remark": words}


@register.filter
def bdi(text: object) -> SafeString:
    """A stranger's words, which turn nothing round but themselves."""
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def amount(value: Decimal | None, unit: str = "") -> str:
    """A number as it is read: at most two places, none that are zero."""
    if value is None:
        return ""
    text = number_format(value.normalize() if value else Decimal(0), None, use_l10n=True, force_grouping=True)
    if value == value.to_integral_value():
        text = number_format(value, 0, use_l10n=True, force_grouping=True)
    return f"{text}\u00a0{unit}" if unit else text


@register.simple_tag
def address(name: str, **query: Any) -> str:
    """The page's address with a query: what has an identifier stands there by it, the parts of a list one by one."""
    given = {
        key: [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
        for key, value in query.items()
    }
    pairs = [(key, getattr(one, "public_id", one)) for key, many in given.items() for one in many if one]
    return f"{reverse(name)}?{urlencode(pairs)}"


@register.simple_tag
def own_look(estates: Any, language: str, contact: Any = None) -> str:
    """Where the sender sees the exposé as its recipient would; of nobody's where no contact is named."""
    many = [estates] if isinstance(estates, Estate) else estates
    named = ",".join(str(one.public_id) for one in many)
    return reverse("own_look", args=[f"{named}~{contact.public_id if contact else ''}~{language}"])


@register.filter
def plus(many: Iterable[Any], one: Any) -> list[Any]:
    """The list with one more."""
    return [*many, one]


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """This page's query string with some values changed; None or "" takes one away."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def seal(dispatch: Dispatch) -> SafeString:
    """How far the dispatch has come, as a ring that fills."""
    name, tone = SEALS[DispatchState(dispatch.state)]
    return icon(name, f"seal {tone}")


@register.simple_tag
def standing(dispatch: Dispatch) -> str:
    """How far the dispatch has come, in words."""
    return str(_BY_KIND[Kind(dispatch.kind)][0][DispatchState(dispatch.state)])


@register.simple_tag
def explained(dispatch: Dispatch) -> str:
    """How far the dispatch has come, in a sentence that promises no more than is known."""
    if dispatch.state == DispatchState.WAITING and dispatch.period_ends_at is None:
        return str(_WAITS_FOR_PARTNER)
    words = _BY_KIND[Kind(dispatch.kind)][1][DispatchState(dispatch.state)]
    return str(words) % {"day": exactly(dispatch.period_ends_at)}


@register.filter
def moment(at: datetime | None) -> str:
    """A point of time as people say it: today's by the hour, this year's by day and hour, others by date."""
    if at is None:
        return ""
    local, now = timezone.localtime(at), timezone.localtime()
    hour = date_format(local, "H:i")
    days = (now.date() - local.date()).days
    if days == 0:
        return _("heute, %(hour)s") % {"hour": hour}
    if days == 1:
        return _("gestern, %(hour)s") % {"hour": hour}
    return f"{date_format(local, 'SHORT_DATE_FORMAT')}, {hour}"


@register.filter
def exactly(at: datetime | None) -> str:
    """A point of time to the second, with its zone: what a timeline must say."""
    return "" if at is None else formats.exactly(at)


@register.filter
def last_day(expires_at: datetime) -> str:
    """The last whole day before a period ends."""
    return date_format(timezone.localtime(periods.last_day(expires_at)), "DATE_FORMAT")


@register.filter
def dial(number: str) -> str:
    """A telephone number as a ``tel:`` link wants it."""
    return re.sub(r"[^\d+]", "", number.replace("(0)", ""))


@register.simple_tag(takes_context=True)
def map_address(context: dict[str, Any], *parts: str) -> str:
    """Where a place is shown: by the map program of a phone or a Mac, elsewhere by a page. Nothing is fetched by us."""
    request: HttpRequest = context["request"]
    place = quote(", ".join(part for part in parts if part))
    agent = request.headers.get("User-Agent", "")
    form = next((form for mark, form in _MAPS if mark in agent), "https://www.openstreetmap.org/search?query={}")
    return form.format(place)


@register.filter
def device(user_agent: str) -> str:
    """Browser and system, roughly, so that people recognise their devices."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), _("Unbekannter Browser"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return _("%(browser)s auf %(system)s") % {"browser": browser, "system": system} if system else browser


@register.filter
def found_for(found: Mapping[int, Any], thing: Model) -> Any:
    """What was found for this row, where a page asked for many at once; nothing where nothing was."""
    return found.get(thing.pk, "")


@register.filter
def beside_state(done: Mapping[int, list[Done]], dispatch: Dispatch) -> Done | None:
    """The highest of what was done with this dispatch that its state does not say."""
    return acts.beside_state(done.get(dispatch.pk, []))


@register.simple_tag
def same_causes(problems: list[BrowserWarning] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the send guard found, in the reader's language, each cause once with all who say so."""
    language = active_language()
    told: dict[str, dict[str, Any]] = {}
    for one in problems:
        problem = one if isinstance(one, BrowserWarning) else BrowserWarning(**one)
        cause = problem.cause[language]
        entry = told.setdefault(cause, {"cause": cause, "remedy": problem.remedy[language], "said": []})
        entry["said"].append({"browser": problem.browser, "code": problem.code})
    return list(told.values())


@register.filter
def in_language(texts: Mapping[str, str]) -> str:
    """What is kept in both languages, in the reader's."""
    return texts[active_language()]


# Long words of narrow columns, and where they may be divided: few browsers know it of German by themselves.
_DIVIDED = MappingProxyType(
    {
        "Innenansicht": "Innen\u00adansicht",
        "Außenansicht": "Außen\u00adansicht",
        "Energieskala": "Energie\u00adskala",
        "Logo des Anbieters": "Logo des An\u00adbieters",
    }
)


@register.filter
def divided(words: object) -> str:
    """What something is called, with hyphens that show only where a line ends at them."""
    return _DIVIDED.get(str(words), str(words))


@register.simple_tag
def cover(estate: Estate) -> Media | None:
    """The picture that stands for a property."""
    return search.cover(estate)


@register.simple_tag
def estate_price(estate: Estate) -> str:
    """What it costs, in a word."""
    if estate.price_on_request:
        return _("auf Anfrage")
    if estate.is_purchase:
        return money(estate.price, estate.currency) if estate.price is not None else ""
    rent = estate.rent_cold or estate.rent_warm
    return _("%(rent)s im Monat") % {"rent": money(rent, estate.currency)} if rent else ""


@register.simple_tag(takes_context=True)
def and_estate(context: dict[str, Any], public_id: uuid.UUID) -> str:
    """This page's query string with one more property chosen."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name in ("q", "page", "more"):
        query.pop(name, None)
    query.appendlist("estate", str(public_id))
    return f"?{query.urlencode()}"
