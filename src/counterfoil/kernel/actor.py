"""Who acts: handed down from the surface, written into every history row."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The doors through which someone acts."""

    CONTACT = "contact"
    GUEST = "guest"
    STAFF = "staff"
    API = "api"
    GATEWAY = "gateway"
    SYSTEM = "system"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts: its kind, our id of it, and the name that pages show."""

    kind: ActorKind
    ref: str = ""
    name: str = ""

    @property
    def label(self) -> str:
        """The form that history rows keep: `staff:018f…`."""
        return f"{self.kind}:{self.ref}" if self.ref else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)
VISITOR = Actor(ActorKind.VISITOR)
"""Whoever has not said yet who they are."""
