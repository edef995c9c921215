"""The values of the page that says whether a document is genuine."""

from dataclasses import dataclass
from typing import Literal

from counterfoil.surfaces.ui.shell import FormState


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a document. `number` and `file` compare what the asker brought along; a
    document from before there were codes has none (`has_code`)."""

    said: Literal["genuine", "not_in_force", "unknown"]
    number: Literal["", "same", "other"] = ""
    file: Literal["", "same", "other"] = ""
    has_code: bool = True


@dataclass(frozen=True, slots=True)
class GenuinePage:
    """Fields in `form`: code, number, file."""

    business: str
    post_url: str
    form: FormState
    answer: Answer | None = None
