"""Files for a dispatch: stored as soon as they are chosen, carried by the form as signed tickets until it is sent."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from siegelpost.dispatch.attachments import LARGEST_TOGETHER, Attached, AttachmentRefusedError, all_together, take_in


@dataclass(slots=True)
class Files:
    """What is attached now, and what could not be."""

    attached: list[Attached] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes, all together."""
        return sum(file.size for file in self.attached)


def files_of(request: HttpRequest) -> Files:
    """The files a form carries: those of before, less one taken away, and those just chosen. None is ever lost
    because another is refused.
    """
    files = Files()
    for ticket in request.POST.getlist("attached"):
        try:
            files.attached.append(Attached.from_ticket(ticket))
        except AttachmentRefusedError as error:
            files.refused.append(str(error))
    files.attached = [file for file in files.attached if file.sha256 != request.POST.get("without")]
    for upload in request.FILES.getlist("files"):
        try:
            if (upload.size or 0) > LARGEST_TOGETHER:
                raise AttachmentRefusedError(_("„%(name)s“ ist größer als 25 MB.") % {"name": upload.name})
            files.attached = all_together([*files.attached, take_in(upload.name or "", upload.read())])
        except AttachmentRefusedError as error:
            files.refused.append(str(error))
    return files


@require_POST
def attachments(request: HttpRequest) -> HttpResponseBase:
    """The list of files after one was chosen or taken away; the page then asks for its preview again."""
    response = render(request, "parts/attachments.html", {"files": files_of(request)})
    response["HX-Trigger-After-Swap"] = "filesChanged"
    return response
