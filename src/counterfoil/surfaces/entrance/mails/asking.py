"""A code to sign in: asked for by mail or as a text message, and typed in.

Whichever was chosen, the answer is the same for everybody: nobody learns who is known here, or who
has a mobile number.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.stages import LoginStageKey
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counterfoil.flows.people import texts as flow
from counterfoil.infra.mail import takes_texts
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance.arriving import CODE_BY
from counterfoil.surfaces.entrance.mails import codes, texts
from counterfoil.surfaces.ui.problems import error_page

View = Callable[..., HttpResponseBase]


class Ask(RequestLoginCodeView):  # type: ignore[misc]  # allauth is untyped
    """Asks for the address, and sends a code the way that was chosen."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> Any:
        """Whoever waits for a code may ask for another one, by the other way."""
        if request.method == "POST" and stage.key == LoginStageKey.LOGIN_BY_CODE.value:
            return None
        return super()._redirect_to_pending_stage(request, stage)

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Sends it, and notes by which way."""
        self.request.by_text = texts.is_offered(self.request)
        self.request.session[CODE_BY] = codes.TEXT if self.request.by_text else codes.MAIL
        response: HttpResponseBase = super().form_valid(form)
        return response


class Confirm(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth is untyped
    """Takes the code. Tries are counted for the address too, over all sessions."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Looks at the code, unless there were too many tries for this address."""
        wait = codes.seconds_to_wait(self._who)
        if wait is not None:
            return error_page(request, 429, retry_after_seconds=wait)
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponseBase:
        """The code is right."""
        codes.welcome(self._who)
        response: HttpResponseBase = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page says of the way that was chosen."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["takes_texts"] = takes_texts()
        context["by_text"] = takes_texts() and self.request.session.get(CODE_BY) == codes.TEXT
        return context

    @property
    def _who(self) -> str:
        return f"address:{str(self._process.state.get('email', '')).lower()}"


def send_as_text(request: HttpRequest, email: str, code: str) -> None:
    """Sends the code as a text message to whoever has this address and a number; without a code,
    nobody gets any. The work is the same for all: one job, with a text of one length."""
    text = texts.code_text(request, code or "0000-0000")
    business_id = request.business.id  # type: ignore[attr-defined]
    flow.ask(business_id, email, text, is_meant=bool(code), at=clock.now())


def told_of_texts(view: View) -> View:
    """Around a page of allauth's: it learns whether text messages are to be had."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None)
        if isinstance(context, dict):
            context["takes_texts"] = takes_texts()
        return response

    return told


ask = told_of_texts(Ask.as_view())
confirm = Confirm.as_view()
