"""Another mail address to sign in with: proved by a code sent there, and told to the old one."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers.checks import is_email
from counterfoil.flows.people import change_address
from counterfoil.surfaces.entrance import trail
from counterfoil.surfaces.entrance.mails import codes
from counterfoil.surfaces.entrance.pages import AddressPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.words import wait_words

PURPOSE = "new_address"


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Asks for the new address, then for the code that was sent there."""
    if request.method != "POST":
        return _page(request, FormState())
    if "again" in request.POST:
        codes.forget(request, PURPOSE)
        return HttpResponseRedirect(reverse("account_email"))
    if "code" in request.POST:
        return _confirm(request)
    return _send(request)


def _send(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("email", "").strip()[:254]
    address = typed.lower()
    if not is_email(address):
        return _refused(request, "email", typed, _("Enter a valid email address."))
    if address == request.user.email.lower():  # type: ignore[union-attr]
        return _refused(request, "email", typed, _("This is your address already."))
    try:
        change_address.check(request.user.pk, str(request.user.email))  # type: ignore[arg-type, union-attr]
    except change_address.AddressBound:
        return _refused(request, "email", typed, _bound_words())
    wait = codes.send_code(request, PURPOSE, address)
    if wait is not None:
        return _refused(request, "email", typed, wait_words(wait), status=429)
    return HttpResponseRedirect(reverse("account_email"))


def _confirm(request: HttpRequest) -> HttpResponse:
    address, old = codes.waits_for(request, PURPOSE), str(request.user.email)  # type: ignore[union-attr]
    trouble = codes.trouble_with(request, PURPOSE, request.POST.get("code", ""))
    if trouble:
        return _refused(request, "code", "", trouble)
    try:
        change_address.change(request.user.pk, old, address)  # type: ignore[arg-type]
    except change_address.AddressTaken:
        words = _("This address already has a sign-in of its own. Nothing was changed.")
        return _refused(request, "email", address, words)
    except change_address.AddressBound:
        return _refused(request, "email", address, _bound_words())
    trail.note(request, NoteKind.FACTOR_ADDED, request.user, what="address", new=address)
    adapter = get_adapter(request)
    for told in (old, address):
        adapter.send_notification_mail(
            "account/email/email_changed", request.user, {"old": old, "new": address}, email=told
        )
    messages.success(request, _("From now on you sign in with your new address."))
    return HttpResponseRedirect(reverse("mfa_index"))


def _bound_words() -> str:
    return _(
        "Your company's sign-in has to be used with this address, so it can't be changed here. "
        "Nothing was changed."
    )


def _refused(
    request: HttpRequest, field: str, typed: str, words: str, *, status: int = 422
) -> HttpResponse:
    return _page(request, FormState({"email": typed}, {field: [words]}), status=status)


def _page(request: HttpRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    page = AddressPage(
        email=request.user.email,  # type: ignore[union-attr]
        form=form,
        sent_to=codes.waits_for(request, PURPOSE),
    )
    return htmx.render(request, "account/email_change.html", status=status, page=page)
