"""What was taken for "no commission", or for "VAT is in it", because nothing was said, is asked."""

import re

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_AMOUNT = re.compile(
    r"[1-9]\d{0,6}(?:[.,]\d{1,6})?\s{0,3}(?:%|prozent|€|eur|\w{0,12}miete)|0[.,]\d{0,4}[1-9]\s{0,3}%", re.IGNORECASE
)
_FREE = re.compile(
    r"\s*(?:provisionsfrei|courtagefrei|keine|keine (?:provision|courtage)|0(?:[.,]0+)?\s?%?)[.!]?\s*\Z", re.IGNORECASE
)
_TAX = r".{0,30}?\b(?:mwst|ust|mehrwertsteuer|umsatzsteuer|vat)\b"
_PLUS = re.compile(rf"\b(?:zzgl|zuzüglich|zuzgl|plus|exkl|exklusive)\b{_TAX}", re.IGNORECASE)
_INCLUDED = re.compile(rf"\b(?:inkl|incl|inklusive|einschl|einschließlich|including|mit)\b{_TAX}", re.IGNORECASE)


def ask(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Before this version an empty field was a no, and a rate without a word had VAT in it."""
    for estate in apps.get_model("estates", "Estate").objects.iterator():
        for side in ("buyer", "seller"):
            text = getattr(estate, f"{side}_commission")
            if text and not (_PLUS.search(text) or _INCLUDED.search(text) or _FREE.match(text)):
                setattr(estate, f"{side}_commission_rate", None)
        if not estate.buyer_commission_due and not _FREE.match(estate.buyer_commission):
            named = _AMOUNT.search(f"{estate.buyer_commission}\n{estate.commission_note}")
            estate.buyer_commission_due = bool(named)
            estate.commission_open = "unconfirmed" if named else "unsaid"
        fields = ("buyer_commission_rate", "seller_commission_rate", "buyer_commission_due", "commission_open")
        estate.save(update_fields=fields)


class Migration(migrations.Migration):
    dependencies = [("estates", "0005_obid_of_provider")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
