"""Files as answers: always of a safe name."""

import re

from django.http import HttpResponse


def pdf_answer(content: bytes, name: str, *, is_shown: bool = False) -> HttpResponse:
    """A PDF to keep, or (`is_shown`) to look at in the browser."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "document"
    manner = "inline" if is_shown else "attachment"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'{manner}; filename="{safe}.pdf"'
    return response
