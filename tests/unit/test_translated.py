"""Translating when a template is compiled: the same text as when rendering, escaped the same way."""

from gettext import NullTranslations

import pytest
from jinja2 import Environment

from siegelpost.translated import Translated

ENGLISH = {
    "Guten Tag": "Good day",
    "%(a)s von %(b)s": "%(b)s's <%(a)s>",
    "100 %% sicher": "100 %% sure",
    "%(n)s von 100 %%": "%(n)s of 100 %%",
}


class Catalogue(NullTranslations):
    def gettext(self, message: str) -> str:
        return ENGLISH.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return {1: "one house"}.get(n, "%(n)s houses")


def rendered(template: str, *, escaped: bool = True, how: type | str = Translated, **values: object) -> str:
    made = Environment(autoescape=escaped, extensions=[how])  # noqa: S701 - the value is given
    made.extend(catalogue=Catalogue())
    made.install_gettext_translations(Catalogue(), newstyle=True)  # type: ignore[attr-defined]  # put in by the extension
    return made.from_string(template).render(values)


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize(
    "template",
    [
        "{% trans %}Guten Tag{% endtrans %}",
        "{% trans %}nicht <b>übersetzt</b>{% endtrans %}",
        "{% trans a=x, b=y.upper() %}{{ a }} von {{ b }}{% endtrans %}",
        "{% trans a, b=y %}{{ a }} von {{ b }}{% endtrans %}",
        "{% trans %}100 % sicher{% endtrans %}",
        "{% trans n=x %}{{ n }} von 100 %{% endtrans %}",
        "{% trans n=2 %}ein Haus{% pluralize %}{{ n }} Häuser{% endtrans %}",
        "{{ gettext('Guten Tag') }} {{ _('x') }}",
    ],
)
def test_it_says_what_jinja_says(template: str, escaped: bool) -> None:
    values = {"x": "<i>", "y": "q&a", "a": "1<2"}
    expected = rendered(template, escaped=escaped, how="jinja2.ext.i18n", **values)
    assert rendered(template, escaped=escaped, **values) == expected


def test_values_are_escaped() -> None:
    template = "{% trans a=x, b=y %}{{ a }} von {{ b }}{% endtrans %}"
    assert rendered(template, x="<i>", y="'") == "&#39;'s <&lt;i&gt;>"
