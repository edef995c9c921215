"""Lists: so many rows, and the cursor to go on from, which is the id of the last row."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, Self, TypeVar
from uuid import UUID

from django.http import QueryDict
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.api.fields import Shown

LIMIT_DEFAULT = 50
LIMIT_MAX = 200

T = TypeVar("T")
R = TypeVar("R")


class Parameters(BaseModel):
    """What may stand behind the question mark, once; anything else is refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _nothing_else(self, info: ValidationInfo) -> Self:
        """The framework hands on known names only, so the address itself is looked at."""
        request = (info.context or {}).get("request")
        given = request.GET if request is not None else QueryDict()
        problems = [
            InitErrorDetails(
                type=PydanticCustomError("unknown_field", "There is no such parameter."),
                loc=(name,),
                input=None,
            )
            for name in given
            if name not in type(self).model_fields
        ]
        problems += [
            InitErrorDetails(
                type=PydanticCustomError("repeated", "This parameter stands twice."),
                loc=(name,),
                input=None,
            )
            for name in given
            if name in type(self).model_fields and len(given.getlist(name)) > 1
        ]
        if problems:
            raise ValidationError.from_exception_data(type(self).__name__, problems)
        return self


class Listing(Parameters):
    """The parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX, description="How many rows, 1 to 200.")] = (
        LIMIT_DEFAULT
    )
    cursor: Annotated[
        str | None,
        Field(max_length=80, description="`next_cursor` of the page before."),
    ] = None


class Page(Shown, Generic[T]):
    """One page of a list; `next_cursor` is null at the end."""

    data: list[T]
    next_cursor: str | None


def cut(
    rows: Sequence[R], limit: int, cursor_of: Callable[[R], str]
) -> tuple[Sequence[R], str | None]:
    """A page out of `limit` + 1 rows that were read, and where to go on if there is more."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_of(rows[limit - 1])


def cursor_id(prefix: str, cursor: str | None) -> UUID | None:
    """The id in a cursor; one that is not ours is refused."""
    return query_id(prefix, cursor, "cursor", code="invalid_cursor")


def query_id(prefix: str, text: str | None, field: str, *, code: str = "invalid_id") -> UUID | None:
    """An id that filters a list; a malformed one is refused, an unknown one finds nothing."""
    if text is None:
        return None
    try:
        return decode(prefix, text)
    except NotFound:
        message = "This is not an id of that kind."
        raise InvalidInput([FieldProblem(field, message, code=code)]) from None
