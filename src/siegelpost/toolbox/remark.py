"""Sentences for the office that know where what they speak of is changed."""

from typing import Self


class Remark(str):
    """A sentence, and the address of the field that it is about; it reads, compares and is stored as the sentence."""

    __slots__ = ("href",)
    href: str

    def __new__(cls, text: str, href: str) -> Self:
        """``href``: a path of the office's pages, with the field behind ``#``."""
        remark = super().__new__(cls, text)
        remark.href = href
        return remark
