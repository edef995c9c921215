"""How long the business keeps what may go."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.privacy.retention import BOOK_YEARS, FOREVER, RULES
from counterfoil.flows.people.privacy import retain
from counterfoil.kernel.errors import FieldProblem, InvalidInput, Refused
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.words.settings import rule_words
from counterfoil.surfaces.ui.shell import FormState

TEMPLATE = "backoffice/settings/retention.html"
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: its field, what goes in words, and the fewest days."""

    name: str
    words: str
    hint: str
    least: int


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """A field of `form` for each rule, in days; an empty one means for good."""

    tabs: tuple[Filter, ...]
    form: FormState
    rules: tuple[RuleRow, ...]
    book_years: int


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: StaffRequest) -> HttpResponse:
    """Shows and saves the days, rule by rule."""
    if request.method != "POST":
        kept = retain.days(request.business.id)
        return _page(request, FormState({name: _shown(days) for name, days in kept.items()}))
    values = texts(request.POST, [rule.name for rule in RULES])
    try:
        retain.change(request.business.id, _days(values))
    except Refused as problem:
        return _page(request, with_problem(values, problem), status=422)
    messages.success(request, _("Saved. It is applied every night."))
    return HttpResponseRedirect(reverse("backoffice_retention"))


def _shown(days: int) -> str:
    return "" if days >= FOREVER else str(days)


def _days(values: dict[str, str]) -> dict[str, int]:
    problems, found = [], {}
    for name, text in values.items():
        plain = text.translate(_DIGITS)
        if not plain:
            found[name] = FOREVER
        elif plain.isdecimal() and len(plain) < len(str(FOREVER)) + 1:
            found[name] = int(plain)
        else:
            problems.append(FieldProblem(name, "This is not a number of days.", code="not_days"))
    if problems:
        raise InvalidInput(problems)
    return found


def _page(request: StaffRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    words = rule_words()
    rows = tuple(RuleRow(rule.name, *words[rule.name], rule.least) for rule in RULES)
    page = RetentionPage(tabs("backoffice_retention"), form, rows, BOOK_YEARS)
    return render(request, TEMPLATE, section="settings", status=status, page=page)
