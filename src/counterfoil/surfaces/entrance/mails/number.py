"""A mobile number that codes may go to: proved by a code that is sent there, and taken away again.
The mail address is told of both."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.identity import phones
from counterfoil.infra.mail import takes_texts
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.phones import cleaned
from counterfoil.surfaces.entrance.mails import codes
from counterfoil.surfaces.entrance.pages import NumberPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.shell import FormState

PURPOSE = "new_number"
_TYPED_MAX = 40


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Asks for the number, then for the code that was sent there; or takes the number away."""
    if not takes_texts():
        raise NotFound
    if request.method != "POST":
        return _page(request, FormState())
    if "again" in request.POST:
        codes.forget(request, PURPOSE)
        return HttpResponseRedirect(reverse("account_number"))
    if "remove" in request.POST:
        return _remove(request)
    if "code" in request.POST:
        return _confirm(request)
    return _send(request)


def _send(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("number", "").strip()[: _TYPED_MAX + 1]
    number = cleaned(typed)
    if not number:
        words = _("Enter a mobile number with its country, such as +44 7700 900123.")
        return _refused(request, "number", typed, words)
    if number == phones.number_of(request.user.pk):  # type: ignore[arg-type]
        return _refused(request, "number", typed, _("This is your number already."))
    trouble = codes.text_code(request, PURPOSE, number)
    if trouble:
        return _refused(request, "number", typed, trouble)
    return HttpResponseRedirect(reverse("account_number"))


def _confirm(request: HttpRequest) -> HttpResponse:
    number = codes.waits_for(request, PURPOSE, codes.TEXT)
    trouble = codes.trouble_with(request, PURPOSE, request.POST.get("code", "")[:20])
    if trouble:
        return _refused(request, "code", "", trouble)
    phones.keep_number(request.user.pk, number, at=clock.now())  # type: ignore[arg-type]
    codes.forget(request, PURPOSE)
    _tell(request, "account/email/number_added")
    messages.success(request, _("Codes can go to your mobile number now."))
    return HttpResponseRedirect(reverse("mfa_index"))


def _remove(request: HttpRequest) -> HttpResponse:
    if phones.forget_number(request.user.pk):  # type: ignore[arg-type]
        _tell(request, "account/email/number_removed")
        messages.success(request, _("Your mobile number was removed."))
    return HttpResponseRedirect(reverse("mfa_index"))


def _tell(request: HttpRequest, mail: str) -> None:
    get_adapter(request).send_notification_mail(mail, request.user)


def _refused(request: HttpRequest, field: str, typed: str, words: str) -> HttpResponse:
    return _page(request, FormState({"number": typed}, {field: [words]}), status=422)


def _page(request: HttpRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    page = NumberPage(
        number=phones.number_of(request.user.pk),  # type: ignore[arg-type]
        form=form,
        sent_to=codes.waits_for(request, PURPOSE, codes.TEXT),
    )
    return htmx.render(request, "account/number.html", status=status, page=page)
