"""Rows of mends that ``python -m tools.undone`` undoes: each names words that are there, and a test that is there."""

import re

import pytest
from tools.undone import ROOT, Mend, mends


@pytest.mark.parametrize("mend", mends(), ids=lambda mend: mend.of)
def test_a_mend_and_its_test_are_where_the_table_says(mend: Mend) -> None:
    assert (ROOT / mend.file).read_text().count(mend.now) == 1
    assert mend.undone != mend.now
    file, _, name = mend.test.partition("::")
    assert re.search(rf"^def {name or 'test_'}", (ROOT / file).read_text(), re.MULTILINE)
