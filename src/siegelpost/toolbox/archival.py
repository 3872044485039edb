"""Documents for the archive: a template, filled in, as PDF/A-3b."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


def archival_pdf(template: Path, content: Mapping[str, object], at: datetime) -> bytes:
    """The PDF of a typst template, which has the content as its input ``<its own name>``; the same at each call.

    Args:
        at: when the document was made.
    """
    # Here, because it is large, and most processes never set a page.
    import typst

    made = typst.compile(
        template,
        root=template.parent,
        ignore_system_fonts=True,
        sys_inputs={template.stem: json.dumps(content)},
        pdf_standards=["a-3b"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made
