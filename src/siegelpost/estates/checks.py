"""The stored files that properties name."""

from collections.abc import Iterator

from siegelpost.estates.models import Media


def stored_files() -> Iterator[tuple[str, str]]:
    """Pictures and documents as they came in, and what is shown of a picture."""
    rows = Media.objects.order_by("pk").values_list("public_id", "sha256", "renditions", "teaser")
    for public_id, sha256, renditions, teaser in rows.iterator(500):
        shown = {form.get(name) for form in renditions.values() for name in ("sha256", "avif")}
        for each in sorted(({sha256, teaser} | shown) - {None, ""}):
            yield each, f"media {public_id}"
