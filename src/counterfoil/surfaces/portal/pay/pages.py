"""The values of the check before another try to pay."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckPage:
    """`is_sent`: a code is on its way to `email`; `error` says what was wrong with the last."""

    post_url: str
    next: str
    email: str = ""
    is_sent: bool = False
    error: str = ""
