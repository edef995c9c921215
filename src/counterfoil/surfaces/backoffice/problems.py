"""The one translator of expected problems into pages of the backoffice."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from counterfoil.kernel.errors import Problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.ui.problems import status_of
from counterfoil.surfaces.ui.words import problem_words


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What happened, in words, and the request's id to quote."""

    title: str
    words: str
    reference: str


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of a problem that the view had no better place for."""
    status = status_of(problem)
    title, words = _said(status, problem)
    page = ProblemPage(title, words, getattr(request, "reference", ""))
    return render(request, "backoffice/problem.html", status=status, page=page)


def _said(status: int, problem: Problem) -> tuple[str, str]:
    if status == 404:  # noqa: PLR2004  the status itself
        return _("There is nothing here"), _("It was moved, or it belongs to another business.")
    if status == 403:  # noqa: PLR2004
        words = _("Your role does not allow this. Ask an owner of this business.")
        return _("You may not do this"), words
    if status == 503:  # noqa: PLR2004
        return _("This did not work just now"), problem_words(problem)
    return _("This can't be done"), problem_words(problem)
