"""The business's own bank accounts: what customers pay to, and whose statements come in."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.bank_accounts import checked
from counterfoil.domain.business.operations import BankAccountThere
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.identity.roles import Right
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.flows.banking.accounts import add_bank_account, show_bank_account
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import new_id
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff, waits
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import Pill, problem_words

WHAT = gettext_lazy("A change of bank details")
FIELDS = ("holder", "iban", "number", "bic", "bank_name", "currency")


@dataclass(frozen=True, slots=True)
class Account:
    """One account of ours; `show_url` shows it to customers, or hides it."""

    holder: str
    identifier: str
    facts: str
    pill: Pill
    is_shown: bool
    show_url: str


@dataclass(frozen=True, slots=True)
class BankAccountsPage:
    """Our accounts, and the form for one more."""

    tabs: tuple[Filter, ...]
    accounts: tuple[Account, ...]
    form: FormState


@staff(Right.BANK_DATA)
@step_up(WHAT, also_looking=True)
@require_http_methods(["GET", "HEAD", "POST"])
@noted(NoteKind.LOOKED, "bank_accounts")
def bank_accounts(request: StaffRequest) -> HttpResponse:
    """Lists the accounts and adds one; a mistyped IBAN comes back with what is wrong."""
    if request.method != "POST":
        holder = request.business.legal_name or request.business.name
        return _page(request, FormState({"holder": holder, "currency": request.business.currency}))
    values = texts(request.POST, FIELDS)
    new = NewBankAccount(**values)
    try:
        checked(new)
        asked = asking.adding_account(
            request.business.id,
            new,
            values,
            form_key=f"account:{new_id()}",
            member=request.member,
            at=request.at,
            by=request.actor,
        )
        if asked is not None:
            return waits(request, asked)
        add_bank_account(request.business.id, new, at=request.at)
    except Refused as problem:
        return _page(request, with_problem(values, problem), status=422)
    except BankAccountThere as problem:
        errors = {"iban": [problem_words(problem)]}
        return _page(request, FormState(values, errors), status=422)
    messages.success(request, _("The bank account was added."))
    return HttpResponseRedirect(reverse("backoffice_bank_accounts"))


def _page(request: StaffRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    with reading(request.business.id):
        rows = businesses.bank_accounts(request.business.id)
    page = BankAccountsPage(
        tabs=tabs("backoffice_bank_accounts"),
        accounts=tuple(
            Account(
                holder=one.holder,
                identifier=one.identifier,
                facts=" · ".join(filter(None, (one.bank_name, one.bic, one.currency))),
                pill=Pill(_("Shown to customers"), "good")
                if one.is_active
                else Pill(_("Not shown"), "neutral"),
                is_shown=one.is_active,
                show_url=reverse("backoffice_bank_account_show", args=[one.id]),
            )
            for one in rows
        ),
        form=form,
    )
    template = "backoffice/settings/bank_accounts.html"
    return render(request, template, section="settings", status=status, page=page)


@staff(Right.BANK_DATA)
@step_up(WHAT)
@require_POST
def show(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Shows an account to customers who pay by transfer, or no more."""
    is_active = request.POST.get("show") == "yes"
    with reading(request.business.id):
        rows = businesses.bank_accounts(request.business.id)
    called = next((one.identifier for one in rows if one.id == account_id), None)
    if called is None:
        raise NotFound
    asked = asking.showing_account(
        request.business.id,
        account_id,
        called,
        is_active=is_active,
        form_key=f"account:{new_id()}",
        member=request.member,
        at=request.at,
        by=request.actor,
    )
    if asked is not None:
        return waits(request, asked)
    show_bank_account(request.business.id, account_id, is_active=is_active)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_bank_accounts"))
