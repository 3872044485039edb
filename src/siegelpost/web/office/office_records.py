"""The office's folders: records of orders for the auditor (MaBV), and who was shown a property, for its owner."""

import io
import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from siegelpost.dispatch import search
from siegelpost.dispatch.contract import mabv_records
from siegelpost.dispatch.evidence.shown_to import to_owner
from siegelpost.estates import search as estates


def _pdf(content: bytes, name: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type="application/pdf")


@require_safe
def sheet(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The record of one order (§§ 10, 11 MaBV)."""
    try:
        return _pdf(mabv_records.sheet(search.one(public_id)), f"MaBV-{str(public_id)[:8]}.pdf")
    except mabv_records.NoOrderError:
        raise Http404 from None


@require_safe
def orders(request: HttpRequest) -> HttpResponseBase:
    """All orders of a year, for the auditor (§ 16 MaBV)."""
    asked = request.GET.get("year", "")
    known = asked.isascii() and asked.isdecimal() and len(asked) == len("2026") and asked >= "2000"
    year = int(asked) if known else timezone.localdate().year
    answer = StreamingHttpResponse(mabv_records.table(year), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="Auftraege-{year}.csv"'
    return answer


@require_safe
def shown_to(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Who was shown this property, for its owner."""
    return _pdf(to_owner(estates.one(public_id)), _("Nachweise-%(id)s.pdf") % {"id": str(public_id)[:8]})
