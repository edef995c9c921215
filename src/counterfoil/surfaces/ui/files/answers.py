"""Files as answers: always of a safe name."""

import re

from django.http import HttpResponse


def pdf_answer(content: bytes, name: str, *, is_shown: bool = False) -> HttpResponse:
    """A PDF to keep, or (`is_shown`) to look at in the browser."""
    safe = _safe(name)
    manner = "inline" if is_shown else "attachment"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'{manner}; filename="{safe}.pdf"'
    return response


def zip_answer(content: bytes, name: str) -> HttpResponse:
    """An archive to keep; it lies in no cache on the way."""
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{_safe(name)}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "document"
