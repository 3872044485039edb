"""The stored files that dispatches and withdrawals name: what was shown is handed out as long as its link opens."""

from collections.abc import Iterator

from siegelpost.dispatch.frozen.files import attached_to, enclosed_in, pictures_in
from siegelpost.dispatch.models import Dispatch, Earlier, Withdrawal


def named() -> Iterator[tuple[str, str]]:
    """PDFs, pictures and attachments of every version, and the letters of withdrawals."""
    dispatches = Dispatch.objects.values_list("public_id", "page", "content", "pdf_sha256")
    earlier = Earlier.objects.values_list("dispatch__public_id", "page", "content", "pdf_sha256")
    for rows in (dispatches, earlier):
        for public_id, page, content, pdf in rows.iterator(200):
            files = {*attached_to(content), *enclosed_in(page)} | pictures_in(page) | pictures_in(content)
            for sha256 in sorted(files | {pdf} - {""}):
                yield sha256, f"dispatch {public_id}"
    letters = Withdrawal.objects.exclude(file_sha256="").values_list("public_id", "file_sha256")
    for public_id, sha256 in letters.iterator():
        yield sha256, f"withdrawal {public_id}"
