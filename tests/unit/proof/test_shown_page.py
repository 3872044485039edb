"""A frozen page, taken apart into what a person read on it."""

import pytest

from siegelpost.proof.shown_page import BlockKind, ShownBlock, blocks

K = BlockKind
PAGE = """<!doctype html><html lang="de"><head><title>Titel</title><style>p{}</style></head><body>
<h1>Ihre Anfrage</h1><p class="from">Jana &amp; Roth
 schickt <strong>Ihnen</strong> ein Exposé.</p><div class="prose">Eins.

Zwei.</div>
<dl><div><dt>Kaufpreis</dt><dd>420.000&nbsp;€</dd></div></dl>
<form><input type="hidden" name="stamp" value="geheim">
<label><input type="checkbox"> <span>Ich verlange …</span></label>
<label for="n">Name</label><input id="n">
<button>Zahlungspflichtig bestellen</button></form>
<details><summary>Widerrufsbelehrung</summary><div><p>Sie haben das Recht</p></div></details><p>Ende"""


def test_everything_stands_in_its_order_and_what_is_folded_is_named() -> None:
    assert blocks(PAGE) == [
        ShownBlock(K.HEADING, "Ihre Anfrage"),
        ShownBlock(K.PARAGRAPH, "Jana & Roth schickt Ihnen ein Exposé."),
        ShownBlock(K.PARAGRAPH, "Eins."),
        ShownBlock(K.PARAGRAPH, "Zwei."),
        ShownBlock(K.PAIR, "Kaufpreis", "420.000 €"),
        ShownBlock(K.TICK, "Ich verlange …"),
        ShownBlock(K.PARAGRAPH, "Name"),
        ShownBlock(K.FIELD, ""),
        ShownBlock(K.BUTTON, "Zahlungspflichtig bestellen"),
        ShownBlock(K.FOLD, "Widerrufsbelehrung"),
        ShownBlock(K.PARAGRAPH, "Ende"),
    ]


@pytest.mark.parametrize("html", ["", "<", "</p></details><summary>", "<dt>x", "<p>" * 5000, "a<!--", "<details>" * 99])
def test_broken_html_breaks_nothing(html: str) -> None:
    blocks(html)
