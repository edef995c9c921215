"""How endpoints answer: JSON text of what is shown."""

from collections.abc import Mapping

from django.http import HttpResponse
from pydantic import BaseModel

MEDIA_TYPE = "application/json"


def shown(
    model: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The JSON of a model."""
    return of_text(model.model_dump_json(), status=status, headers=headers)


def of_text(
    text: str,
    *,
    status: int,
    media_type: str = MEDIA_TYPE,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """An answer whose text is there already."""
    return HttpResponse(text, status=status, content_type=media_type, headers=dict(headers or {}))
