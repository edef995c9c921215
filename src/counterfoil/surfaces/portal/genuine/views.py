"""Is this document genuine? Asked by its code, or by the file itself, without a sign-in.

One answer for every code that is none of ours, whatever is wrong with it, after the same work.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.documents import queries
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem
from counterfoil.surfaces.portal.genuine.pages import Answer, GenuinePage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.files.uploads import fingerprint
from counterfoil.surfaces.ui.shell import FormState

TEMPLATE = "portal/genuine/page.html"
FILE_BYTES_MAX = 10_000_000
_TYPED_MAX = 100


@require_http_methods(["GET", "HEAD", "POST"])
def genuine(request: HttpRequest, code: str = "") -> HttpResponse:
    """The form; with a code or a file, the answer too. The file is hashed as it comes, and gone.
    Whoever asks too often did not come so far (`counting`)."""
    code = (request.POST.get("code", "") or code)[:_TYPED_MAX].strip()
    number = request.POST.get("number", "")[:_TYPED_MAX].strip()
    form = FormState({"code": code, "number": number})
    try:
        sha256 = fingerprint(request, "file", bytes_max=FILE_BYTES_MAX)
    except FieldProblem:
        return too_large(request, form)
    if not code and not sha256:
        asked = request.method == "POST"
        problem = _("Type the code, or choose the file.")
        empty = FormState({"number": number}, {"code": (problem,)} if asked else {})
        return _page(request, empty, status=422 if asked else 200)
    return _page(request, form, _answer(request, code, number, sha256))


def too_large(request: HttpRequest, form: FormState) -> HttpResponse:
    """The form again: no document of ours is as large as that."""
    problem = _("This file is larger than any document of ours.")
    return _page(request, FormState(form.values, {"file": (problem,)}), status=422)


def _answer(request: HttpRequest, code: str, number: str, sha256: str) -> Answer:
    business_id = request.business.id  # type: ignore[attr-defined]
    with reading(business_id):
        found = queries.printed(business_id, code=code, sha256=sha256)
    if found is None:
        return Answer("unknown")
    same_number = _plain(number) == _plain(found.number)
    return Answer(
        said="genuine" if found.is_in_force else "not_in_force",
        number="" if not number else "same" if same_number else "other",
        file="" if not sha256 else "same" if found.has_file else "other",
        has_code=found.has_code,
    )


def _plain(number: str) -> str:
    return "".join(number.split()).casefold()


def _page(
    request: HttpRequest, form: FormState, answer: Answer | None = None, *, status: int = 200
) -> HttpResponse:
    name = request.business.name  # type: ignore[attr-defined]
    page = GenuinePage(name, reverse("genuine"), form, answer)
    response = htmx.render(request, TEMPLATE, status=status, page=page)
    response["X-Robots-Tag"] = "noindex, nofollow"
    # The address may hold a code; without an origin no browser could send the form.
    response["Referrer-Policy"] = "strict-origin"
    response["Cache-Control"] = "private, no-store"
    return response
