"""Files as answers: always an attachment of a safe name."""

import re

from django.http import HttpResponse


def safe_name(text: str) -> str:
    """A file name that no system trips over."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "document"


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{safe_name(name)}.pdf"'
    return response
