"""Whatever has broken a reader once is read again, within the limits of the campaign (``make fuzz``), in seconds."""

import time
from pathlib import Path

import pytest
from tests.fuzz.campaign import MOST_SECONDS
from tests.fuzz.readers import READERS

KEPT = Path(__file__).parent / "kept"


@pytest.mark.parametrize("name", READERS)
def test_each_reader_understands_every_input_that_a_campaign_begins_with(name: str) -> None:
    """A campaign that only meets refusals at the door finds nothing."""
    sound = list(READERS[name].seeds())
    assert sound
    assert [each[:60] for each in sound if not READERS[name].read(each)] == []


@pytest.mark.parametrize("path", sorted(KEPT.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_campaign_has_found_breaks_and_slows_nothing_any_more(path: Path) -> None:
    """Each file was an exception, or took more than a second; its folder names the reader."""
    began = time.thread_time()
    READERS[path.parent.name].read(path.read_bytes())
    assert time.thread_time() - began < MOST_SECONDS
