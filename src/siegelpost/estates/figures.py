"""Numbers and amounts of money as the active language writes them."""

from decimal import Decimal

from django.utils import formats

from siegelpost.toolbox.language import active_language

NBSP = "\u00a0"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def number(value: Decimal | float, places: int = 2) -> str:
    """A number with grouped thousands and no more decimals than it has."""
    text = f"{Decimal(value):.{places}f}"
    used = len(text.partition(".")[2].rstrip("0")) if places else 0
    return formats.number_format(Decimal(text), decimal_pos=used, use_l10n=True, force_grouping=True)


def money(value: Decimal, currency: str) -> str:
    """An amount as the language writes it: 349.000 € or €349,000; cents only where there are any."""
    amount = formats.number_format(
        value, decimal_pos=0 if value == value.to_integral_value() else 2, use_l10n=True, force_grouping=True
    )
    symbol = SYMBOLS.get(currency, currency)
    if active_language() == "de":
        return f"{amount}{NBSP}{symbol}"
    return f"{symbol}{amount}" if currency in SYMBOLS else f"{symbol}{NBSP}{amount}"
