"""The seals of the trail: mailed when somebody asks, exported, and the proof of one entry."""

import csv
import json
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit import queries
from counterfoil.domain.audit.inclusion import Inclusion
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.identity.roles import Right
from counterfoil.flows.auditing import send_seals
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff
from counterfoil.surfaces.ui.formatting import number
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.spreadsheet import Echo
from counterfoil.surfaces.ui.step_up import ask, fresh

_COLUMNS = ("number", "head", "root", "rows", "sealed_at")


@staff(Right.TRAIL)
@require_POST
def mail_seals(request: StaffRequest) -> HttpResponse:
    """Mails the last seal now."""
    if is_first_time(request):
        try:
            sent = send_seals.send(request.business.id, at=request.at)
        except NotFound:
            messages.error(request, _("Nothing was sealed yet. It takes five minutes at most."))
        else:
            _tell(request, sent)
    return HttpResponseRedirect(reverse("backoffice_changes"))


def _tell(request: StaffRequest, sent: int) -> None:
    if sent:
        words = ngettext(
            "The last seal was mailed to %(n)s person.",
            "The last seal was mailed to %(n)s people.",
            sent,
        )
        messages.success(request, words % {"n": number(sent)})
    else:
        messages.error(request, _("The mail could not be handed over. Try again in a minute."))


@staff(Right.TRAIL)
@require_POST
def switch_mail(request: StaffRequest) -> HttpResponse:
    """Whether the seals are mailed once a day; that they are no more, only who has just proved who
    they are can say."""
    is_on = request.POST.get("mails") == "on"
    if not is_on and not fresh(request):
        return ask(request, _("Ending the mails with the seals"))
    businesses.change(request.business.id, {"mails_seals": is_on})
    HOSTS.changed()
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_changes"))


@staff(Right.TRAIL)
@require_safe
def seals_file(request: StaffRequest) -> HttpResponse:
    """Every seal, to be kept somewhere else: JSON, or CSV where it is asked for."""
    with reading(request.business.id):
        rows = [
            {
                "number": one.number,
                "head": bytes(one.head).hex(),
                "root": bytes(one.root).hex(),
                "rows": one.count,
                "sealed_at": one.sealed_at.isoformat(),
            }
            for one in queries.seals(request.business.id)
        ]
    _note(request, "seals")
    if request.GET.get("as") != "csv":
        business = {"id": str(request.business.id), "name": request.business.slug}
        return _file(JsonResponse({"business": business, "seals": rows}), "seals.json")
    writer = csv.writer(Echo())
    lines = [_COLUMNS, *([one[name] for name in _COLUMNS] for one in rows)]
    content = "".join(writer.writerow(line) for line in lines)
    return _file(HttpResponse(content, content_type="text/csv; charset=utf-8"), "seals.csv")


@staff(Right.TRAIL)
@require_safe
def proof_file(request: StaffRequest, row_id: UUID) -> HttpResponse:
    """The proof that one entry stands below its seal, to be checked without us."""
    try:
        with reading(request.business.id):
            proof = queries.inclusion(request.business.id, row_id)
            facts = _told(request, proof)
    except NotFound:
        words = _("This entry is not sealed yet. It takes five minutes at most.")
        messages.error(request, words)
        return HttpResponseRedirect(reverse("backoffice_changes"))
    _note(request, f"proof:{row_id}", facts)
    content = json.dumps(proof.document, ensure_ascii=False, indent=1)
    answer = HttpResponse(content, content_type="application/json")
    return _file(answer, f"proof-{proof.seal.number}-{proof.position}.json")


def _told(request: StaffRequest, proof: Inclusion) -> dict[str, str]:
    """Which entry it is, for the trail: what was changed and where it stands. Whose it is stands in
    the entry itself, from where it can be erased."""
    business_id, row_id = request.business.id, proof.row_id
    found = queries.records(business_id, before=UUID(int=row_id.int + 1), limit=1)
    place = {"seal": str(proof.seal.number), "entry": str(proof.position)}
    if not found or found[0].id != row_id:
        return place
    return place | {"source": found[0].source, "verb": found[0].verb}


def _note(request: StaffRequest, subject: str, facts: Mapping[str, str] | None = None) -> None:
    audit.note(request.business.id, NoteKind.EXPORTED, subject=subject, facts=facts, at=request.at)


def _file(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
