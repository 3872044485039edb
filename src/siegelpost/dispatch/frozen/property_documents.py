"""The documents of its properties that a dispatch has frozen: which there are, and which of them are open.

Those of before were frozen and never shown: without a step they stay so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from siegelpost.estates.kinds import SHOWN_STEPS, DocumentStep


class NoSuchDocumentError(ValueError):
    """The dispatch has no such document."""


@dataclass(frozen=True, slots=True)
class PropertyDocument:
    """One document; ``id`` is that of the property's, by which it is asked for and released."""

    id: str
    title: str
    name: str
    media_type: str
    sha256: str
    size: int  # bytes
    step: str
    # Each copy that is handed over has the recipient's name and the time on it.
    marked: bool = False

    @property
    def by_release(self) -> bool:
        """Whether it opens only after the agent's release."""
        return self.step == DocumentStep.RELEASE

    @property
    def is_shown(self) -> bool:
        """Whether the recipient hears of it; of a step that nobody knows, or of the office's own, they do not."""
        return self.step in SHOWN_STEPS

    def is_open(self, released: Collection[str]) -> bool:
        """Whether the recipient may have it, where these are released."""
        return self.step == DocumentStep.EXPOSE or (self.by_release and self.id in released)


def of_estate(estate: dict[str, Any]) -> list[PropertyDocument]:
    """Those of one frozen property."""
    return [
        PropertyDocument(
            id=one["public_id"],
            title=one["title"],
            name=one["name"] or f"{one['title']}.pdf",
            media_type=one["media_type"],
            sha256=one["sha256"],
            size=one["size"],
            step=one["step"],
            marked=one.get("marked", False),
        )
        for one in estate.get("documents", ())
        if "step" in one
    ]


def of_content(content: dict[str, Any]) -> list[PropertyDocument]:
    """Those of all its properties, in their order."""
    return [one for estate in content.get("estates", ()) for one in of_estate(estate)]


def named(content: dict[str, Any], document: str) -> PropertyDocument:
    """The one with this id that recipients hear of.

    Raises:
        NoSuchDocumentError: there is none.
    """
    for one in of_content(content):
        if one.id == document and one.is_shown:
            return one
    raise NoSuchDocumentError
