"""The sample people of the demonstration."""

import pytest

from siegelpost.demo.sample import sample_prospect


@pytest.mark.django_db
def test_each_walk_in_the_same_folder_is_another_prospects() -> None:
    """Whoever has ordered a property is not asked again, so a second walk with the same person would have no gate."""
    people = [sample_prospect(number) for number in (1, 2, 7)]
    assert len({each.email for each in people}) == len({each.pk for each in people}) == 3
    assert sample_prospect(2) == people[1]
