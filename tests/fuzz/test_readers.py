"""Whatever has broken a reader once is read again, within the limits of the campaign (``make fuzz``), in seconds."""

import importlib
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.fuzz.campaign import MOST_SECONDS
from tests.fuzz.readers import READERS

from siegelpost.foreign import table

KEPT = Path(__file__).parent / "kept"
# By which reader here each function of the room's table is called.
BY = {
    "siegelpost.mail.incoming.contents:read": "mail",
    "siegelpost.mail.outgoing.redaction:redacted": "mail",
    "siegelpost.mail.incoming.contents:own_words": "reply",
    "siegelpost.mail.incoming.contents:answer_text": "reply",
    "siegelpost.contacts.address_books.tables:unpack": "table",
    "siegelpost.contacts.vcard_reader:unpack": "vcard",
    "siegelpost.estates.openimmo.file:parts": "openimmo",
    "siegelpost.estates.intake.wholeness:is_whole_zip": "whole_zip",
    "siegelpost.estates.pictures:draw": "picture",
    "siegelpost.estates.pictures:draw_all": "picture",
    "siegelpost.estates.pictures:look": "picture",
    "siegelpost.estates.pictures:look_all": "picture",
    "siegelpost.estates.documents:clean": "document",
    "siegelpost.estates.marking:mark": "marked",
    "siegelpost.office.logo:draw": "logo",
    "siegelpost.office.photo:draw": "photo",
    "siegelpost.tls.bought:unpack": "bought",
    "siegelpost.doctor.judge:judge": "chain",
}


@pytest.mark.parametrize("name", READERS)
def test_each_reader_understands_every_input_that_a_campaign_begins_with(name: str) -> None:
    """A campaign that only meets refusals at the door finds nothing."""
    sound = list(READERS[name].seeds())
    assert sound
    assert [each[:60] for each in sound if not READERS[name].read(each)] == []


@pytest.mark.parametrize("function", table.BY_FUNCTION)
def test_whatever_the_room_reads_is_fuzzed(function: str) -> None:
    """A function that is added to the table has to have its reader here, which calls it."""
    module, name = function.split(":")
    target, reader = importlib.import_module(module), READERS[BY[function]]
    with patch.object(target, name, wraps=getattr(target, name)) as watched:
        reader.read(next(iter(reader.seeds())))
    assert watched.called


@pytest.mark.parametrize("path", sorted(KEPT.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_campaign_has_found_breaks_and_slows_nothing_any_more(path: Path) -> None:
    """Each file was an exception, or took more than a second; its folder names the reader."""
    began = time.thread_time()
    READERS[path.parent.name].read(path.read_bytes())
    assert time.thread_time() - began < MOST_SECONDS
