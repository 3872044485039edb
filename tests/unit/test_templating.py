"""What templates of pages and mails can say beside their words."""

import re
from pathlib import Path

import pytest

import siegelpost
from siegelpost.templating import apart, bdi, environment, render, unindented

HERE = Path(siegelpost.__file__).parent / "dispatch" / "jinja2"

WHO = {"name": "x", "owner": "", "address_line": "", "phone": "", "email": "", "logo": ""}
WHOLE = '<span class="unbroken">{}</span>'


def test_a_heading_keeps_the_mail_whole_and_whatever_else_stands_in_it_escaped() -> None:
    made = environment("de").overlay(autoescape=True)
    heading = made.from_string("{% filter unbroken %}Einschreiben-E-Mail von {{ office }}{% endfilter %}")
    assert heading.render(office="<b>E-mail & Co</b>") == (
        f"Einschreiben-{WHOLE.format('E-Mail')} von &lt;b&gt;{WHOLE.format('E-mail')} &amp; Co&lt;/b&gt;"
    )


def test_values_are_escaped_within_translations_too() -> None:
    made = environment("en").overlay(autoescape=True)
    text = made.from_string("{% trans a=x, b=y %}{{ a }} von {{ b }}, 100 %{% endtrans %}")
    assert text.render(x="<i>", y="'") == "&lt;i&gt; von &#39;, 100 %"


@pytest.mark.parametrize(("language", "whole"), [("de", "E-Mail"), ("en", "e-mail")])
def test_so_do_the_headings_of_a_registered_mail(language: str, whole: str) -> None:
    page = {"hidden": True, "language": language, "office": WHO, "test": False}
    refused = render("dispatch/page/registered/refused.html", language, page=page, state="refused", may_withdraw=False)
    heading = refused.partition("<h1>")[2].partition("</h1>")[0]
    assert WHOLE.format(whole) in heading
    assert "&lt;" not in heading


def test_pages_are_sent_without_the_indentation_of_their_source_and_texts_with_every_space() -> None:
    loader = environment("de").loader
    assert loader
    page, _, _ = loader.get_source(environment("de"), "dispatch/page/base.html")
    assert "\n<head>\n<meta" in page
    assert not re.search(r"^[ \t]", page, re.MULTILINE)
    name = "dispatch/mail/held.txt"
    assert loader.get_source(environment("de"), name)[0] == (HERE / name).read_text()


def test_what_a_page_shows_with_every_space_keeps_its_indentation() -> None:
    """The lines to be copied into a proxy's settings once stood there without any."""
    shown = "<pre class=a>server {\n    listen;\n}</pre>"
    assert unindented(f"<p>\n  {shown}\n  <textarea>\n  x</textarea>\n\t</p>") == (
        f"<p>\n{shown}\n<textarea>\n  x</textarea>\n</p>"
    )


RIGHT_TO_LEFT_OVERRIDE = "Eva\u202enegeg \u2069tgiT"


def test_a_strangers_name_turns_round_nothing_but_itself() -> None:
    """A name with an override of direction, typed into the public form, turned round what followed it in the office."""
    assert bdi(RIGHT_TO_LEFT_OVERRIDE) == f"<bdi>{RIGHT_TO_LEFT_OVERRIDE}</bdi>"
    assert apart(RIGHT_TO_LEFT_OVERRIDE) == "\u2068Eva\u202enegeg tgiT\u2069"
    assert apart("Mara Berger") == "Mara Berger"
