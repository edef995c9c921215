"""The values of the sign-in page."""

from dataclasses import dataclass

from counterfoil.surfaces.ui.shell import FormState


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Fields in `form`: email, password (never drawn again). `next` is where to go on to."""

    form: FormState
    next: str
