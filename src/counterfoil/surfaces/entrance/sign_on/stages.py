"""The second factor, of somebody whose provider has asked for one already."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from counterfoil.surfaces.entrance.sign_on.proofs import covers_second_factor


class SecondFactor(AuthenticateStage):  # type: ignore[misc]  # allauth is untyped
    """Asks for it, unless the business says that the provider does."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is not None and covers_second_factor(request, user):
            return False
        return bool(super()._should_handle(request))


def with_ours(stages: list[str]) -> list[str]:
    """The stages of a sign-in, with ours in the place of its own."""
    ours = f"{SecondFactor.__module__}.{SecondFactor.__name__}"
    return [ours if one == "allauth.mfa.stages.AuthenticateStage" else one for one in stages]
