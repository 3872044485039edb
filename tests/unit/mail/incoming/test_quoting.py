"""The writer's own words are found, however their mail program quotes."""

import time

import pytest

from siegelpost.mail.incoming.quoting import own_words, text_of_html

OURS = """\
Guten Tag Frau Müller,

antworten Sie auf diese Nachricht mit: Ja, ich stimme zu.

Büro am Markt"""
QUOTED = "\n".join(f"> {line}" for line in OURS.split("\n"))
YES = "Ja, ich stimme zu."

ATTRIBUTIONS = [
    "Am 25.11.2026 um 10:00 schrieb Büro am Markt:",
    "Am Mi., 25. Nov. 2026 um 10:00 Uhr schrieb Büro am Markt <\nbuero@office.test>:",
    "Am Mittwoch, den 25. November 2026, 10:00:00 MEZ hat Büro am Markt\n<buero@office.test> Folgendes geschrieben:",
    "Büro am Markt <buero@office.test> schrieb am Mi. 25. Nov. 2026 um 10:00:",
    "On Wed, 25 Nov 2026 at 10:00, Büro am Markt <buero@office.test> wrote:",
    "On 25 Nov 2026, at 10:00, Büro am Markt via a list of names\nthat breaks the line <buero@office.test>\nwrote:",
    "Zitat von Büro am Markt <buero@office.test>:",
]
OUTLOOK = [
    "Von: Büro am Markt <buero@office.test>\nGesendet: Mittwoch, 25. November 2026 10:00\nAn: Anna\nBetreff: Exposé\n",
    "________________________________\nVon: Büro am Markt\nGesendet: Mittwoch\nAn: Anna Müller\nBetreff: Exposé\n",
    "-----Ursprüngliche Nachricht-----\nVon: Büro am Markt\nGesendet: Mittwoch\n",
    "-------- Originalnachricht --------\nVon: Büro am Markt\nDatum: 25.11.26 10:00 (GMT+01:00)\n",
    "-----Original Message-----\nFrom: Office\nSent: Wednesday\n",
    "From: Office <buero@office.test>\nSent: Wednesday, November 25, 2026 10:00 AM\nTo: Anna\nSubject: Exposé\n",
    "*Von:* Büro am Markt\n*Gesendet:* Mittwoch\n*An:* Anna\n*Betreff:* Exposé\n",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_marked_quotes(attribution: str) -> None:
    assert own_words(f"{YES}\n\nAnna Müller\n\n{attribution}\n\n{QUOTED}\n") == f"{YES}\n\nAnna Müller"
    assert own_words(f"{attribution}\n{QUOTED}\n\n{YES}\n") == YES
    head, rest = QUOTED.split("\n", 1)
    assert own_words(f"{attribution}\n{head}\n\nGuten Tag.\n\n{rest}\n\n{YES}") == f"Guten Tag.\n\n{YES}"


@pytest.mark.parametrize("head", OUTLOOK)
def test_unmarked_quotes(head: str) -> None:
    assert own_words(f"{YES}\n\n{head}\n{OURS}\n") == YES
    assert own_words(f"{head}\n{OURS}\n\nNein danke.\n") == "", "what cannot be told apart is left out"
    assert own_words(f"{head}\n{OURS}\n\nNein danke.\n", OURS) == "Nein danke."
    assert own_words(f"{head}\n{OURS}\n", OURS) == ""


def test_an_attribution_without_marks_ends_the_own_words() -> None:
    assert own_words(f"{YES}\n\nAm 25.11.2026 um 10:00 schrieb Büro am Markt:\n\n{OURS}\n") == YES


@pytest.mark.parametrize(
    "ending",
    ["-- \nAnna Müller\nJa AG", "Gesendet von meinem iPhone", "Sent from my phone", "Von meinem Samsung gesendet."],
)
def test_signatures_are_not_what_somebody_says(ending: str) -> None:
    assert own_words(f"{YES}\n\n{ending}") == YES
    assert own_words(f"{YES}\n\n{ending}\n\n{ATTRIBUTIONS[0]}\n{QUOTED}\n\nBis bald") == f"{YES}\n\nBis bald"


@pytest.mark.parametrize(
    "text",
    [
        "Ja.",
        "Am Montag passt es mir gut:\num zehn Uhr.",
        "Von: hier aus geht das nicht.",
        "Ich frage mich, was Sie mit Datum: meinen.",
        "-- nein --",
        "On Monday, please.",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote type='cite'>Ja, ich stimme zu.</blockquote>",
        "<div class='gmail_quote'>Am … schrieb …:<br>Ja, ich stimme zu.</div>",
        "<hr><div id='divRplyFwdMsg'>Von: Büro</div><div>Ja, ich stimme zu.</div>",
        "<div name='quote'>Ja, ich stimme zu.</div>",
        "<script>Ja</script><style>Ja</style>",
    ],
)
def test_html_alone(quote: str) -> None:
    html = f"<html><head><title>x</title></head><body><p>Nein,&nbsp;danke.</p><p>Anna</p>{quote}</body></html>"
    assert own_words(text_of_html(html)) == "Nein, danke.\n\nAnna"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Ja<!-- x --> nur ohne Provision</p>", "Ja nur ohne Provision"),
        ("<p>Ja<?x y?> nur ohne Provision</p>", "Ja nur ohne Provision"),
        ("<style>p</style>Ja<script>x</script>, gern", "Ja, gern"),
        ("<p>Ja</p><style>p</style>&#1;nein&#0;", "Ja\nnein�"),
        ('<blockquote type="cite">alt</blockquote>&#xb;neu', "neu"),
        ('<div>Ja<blockquote type="cite">alt<p>tiefer</p></blockquote> neu</div>', "Ja neu"),
    ],
)
def test_whatever_is_seen_is_read_and_nothing_breaks_the_reader(html: str, words: str) -> None:
    """A condition behind a comment was not read at all; a control character behind a style sheet was an exception."""
    assert text_of_html(html) == words


def test_html_that_is_none() -> None:
    for broken in ("", "<!-- ", "<p>" * 5000):
        assert text_of_html(broken) == ""


@pytest.mark.parametrize(
    "evil",
    [
        "Am " * 60_000,
        "On a\n" * 50_000,
        "> " * 100_000,
        "From: a\n" * 30_000,
        "-" * 200_000,
        "Am 25 " + "schrieb " * 30_000,
        "<" * 100_000,
        "Am x\n" + "y\n" * 100_000,
        "\n" * 200_000,
    ],
)
def test_no_text_takes_long(evil: str) -> None:
    began = time.process_time()
    own_words(evil, evil)
    text_of_html(evil)
    assert time.process_time() - began < 5
