"""Searching by the beginnings of words, in a column of words folded by :mod:`siegelpost.toolbox.folding`.

Every row is read, without any index: docs/decisions/0034-search-without-index.md has the figures. This module keeps
its name, and so does the field, because migrations name them.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q


class WordsField(models.TextField[str, str]):
    """Folded words, one space between them."""


def begun(beginnings: Iterable[str]) -> Q:
    """Whether each of ``beginnings``, folded, begins a word of the field ``folded``; none given is always true."""
    return Q(*(Q(folded__startswith=word) | Q(folded__contains=f" {word}") for word in beginnings))
