"""What an error page can tell, as plain values."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What a person needs when a page cannot be shown. All of it may be left out.

    `money`: "none" (surely no money moved), "unknown" (a payment may be on its way: we check),
    or "" (has nothing to do with money; the template's own sentence stands).
    """

    reference: str = ""  # the request id, to quote to the business
    home_url: str = ""
    money: Literal["", "none", "unknown"] = ""
    reason: str = ""  # 410: "expired" or "revoked"; 404, 410: "return"
