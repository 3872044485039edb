"""What the office's templates need beyond Django's own tags."""

from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from siegelpost.web import assets

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file."""
    return assets.url(name)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A picture of the sprite; it repeats what words say beside it, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false" viewBox="0 0 24 24"><use href="{}#{}"></use></svg>',
        extra,
        assets.url("icons.svg"),
        name,
    )


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """One field of a form with its label, hint and errors."""
    return {
        "field": bound,
        "hint": hint or bound.help_text,
        "is_tick": isinstance(bound.field.widget, CheckboxInput),
    }


@register.filter
def money(value: Decimal | None, currency: str = "EUR") -> str:
    """An amount without needless cents: ``498.000 €``."""
    if value is None:
        return ""
    places = 0 if value == value.to_integral_value() else 2
    return f"{number_format(value, places, use_l10n=True, force_grouping=True)}\u00a0{'€' if currency == 'EUR' else currency}"


@register.filter
def amount(value: Decimal | None, unit: str = "") -> str:
    """A number as it is read: at most two places, none that are zero."""
    if value is None:
        return ""
    text = number_format(value.normalize() if value else Decimal(0), None, use_l10n=True, force_grouping=True)
    if value == value.to_integral_value():
        text = number_format(value, 0, use_l10n=True, force_grouping=True)
    return f"{text}\u00a0{unit}" if unit else text


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
