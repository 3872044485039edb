"""The stored files that frozen pages and contents name, by their SHA-256."""

from typing import Any


def attached_to(content: dict[str, Any]) -> list[str]:
    """What travels with a content: its attachments, and of a registered mail the whole as a mail to keep."""
    return [file["sha256"] for file in (*content.get("attachments", ()), *filter(None, [content.get("eml")]))]


def pictures_in(value: object) -> set[str]:
    """Every rendition named anywhere in a frozen page or content."""
    if isinstance(value, dict):
        own = {value[name] for name in ("sha256", "avif") if "width" in value and isinstance(value.get(name), str)}
        return own.union(*map(pictures_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(pictures_in, value))
    return set()
