"""Files as programs of the trade write them: nothing is lost without a word, and nothing is said that is not so."""

from pathlib import Path

import pytest
from tests.unit.estates.openimmo.exporters import RIGHT, VARIANTS

from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.models import Estate, Media

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", VARIANTS)
def test_what_programs_write(tmp_path: Path, name: str) -> None:
    variant = VARIANTS[name]
    path = tmp_path / "package.zip"
    path.write_bytes(variant.package())
    result = import_file(path, actor=None)
    (line,) = result.lines
    assert line.reason is None
    said = [one.text("de") for one in (*result.notes, *line.notes)]
    right = {**RIGHT, **variant.right}
    assert Estate.objects.values(*right).get() == right
    assert Media.objects.count() == variant.pictures
    for words in variant.said:
        assert any(words in one for one in said), said
    assert [one for one in said if not any(words in one for words in variant.said)] == []
    assert all(one.text("en") for one in (*result.notes, *line.notes))


def test_there_are_enough_of_them() -> None:
    assert len(VARIANTS) >= 25
