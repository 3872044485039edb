"""The stored files that frozen pages and contents name, by their SHA-256."""

from typing import Any

from siegelpost.dispatch.frozen import property_documents


def attached_to(content: dict[str, Any]) -> list[str]:
    """What travels with a content: attachments, documents of properties, of a registered mail the mail to keep."""
    files = [file["sha256"] for file in (*content.get("attachments", ()), *filter(None, [content.get("eml")]))]
    return files + [one.sha256 for one in property_documents.of_content(content)]


def enclosed_in(page: dict[str, Any]) -> list[str]:
    """What travels beside the mail of a page: the PDF of its legal texts, where it has one."""
    return [page["texts_pdf"]["sha256"]] if page.get("texts_pdf") else []


def pictures_in(value: object) -> set[str]:
    """Every rendition named anywhere in a frozen page or content.

    What is one itself, as the picture before the gate, was frozen with larger ones once: those are not named by it.
    """
    if isinstance(value, dict):
        own = {value[name] for name in ("sha256", "avif") if "width" in value and isinstance(value.get(name), str)}
        return own or set().union(*map(pictures_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(pictures_in, value))
    return set()
