"""Ordering by mail made easy: the sentence that names the duty to pay, and a mail that has it ready."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from siegelpost.mail.incoming.routing import reference
from siegelpost.mail.outgoing import server_settings
from siegelpost.toolbox.words import Words

# An order by itself in either language, which :mod:`siegelpost.dispatch.recipient.reply_phrases` understands; it names
# the duty to pay (§ 312j (3) BGB).
SENTENCE = Words("Ja, ich bestelle zahlungspflichtig.", "Yes, I order with an obligation to pay.")
# What is kept of an answer: the sentence that it said, and how it came.
KEPT = Words("{} (Antwort per E-Mail)", "{} (reply by e-mail)")
# Before anything was sent there is no dispatch to name.
SAMPLE = "00000000-0000-0000-0000-000000000000"


def subject(page: Mapping[str, Any], public_id: str) -> str:
    """Under which an order comes that is no answer of the mail program's: our own, and the dispatch's reference."""
    test = "[TEST] " if page.get("test") else ""
    return f"{test}{page.get('subject', '')} · {reference(public_id)}"


def offered(page: Mapping[str, Any], public_id: str) -> dict[str, str]:
    """What a mail needs to offer it: the sentence, and a link that opens the whole mail; empty where none is read.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: the office has no sender's address.
    """
    if not page["gate"].get("by_reply"):
        return {}
    sentence = SENTENCE[page["language"]]
    words = quote(f"{sentence}\r\n\r\n{page['recipient']['name']}\r\n", safe="")
    address = quote(server_settings.sender().address.addr_spec, safe="@+")
    return {
        "sentence": sentence,
        "link": f"mailto:{address}?subject={quote(subject(page, public_id), safe='')}&body={words}",
    }
