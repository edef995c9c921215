"""The list of changes, and the same for a spreadsheet."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from counterfoil.domain.audit import operations as noting
from counterfoil.domain.audit import queries as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.rows import NoteRow, RecordRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.changes.pages import Change
from counterfoil.surfaces.backoffice.changes.places import Places, linked, places_of
from counterfoil.surfaces.backoffice.changes.reading import change, names_in
from counterfoil.surfaces.backoffice.changes.timelines.reading import noted_happening
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.paging import ROWS_A_PAGE, cursor, paged
from counterfoil.surfaces.backoffice.rows import people_names
from counterfoil.surfaces.backoffice.settings.pages import ChangesPage
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.spreadsheet import Echo, harmless

EXPORT_MAX = 100_000
LOOKS = "looks"
_COLUMNS = ("at", "who", "from", "what", "id", "called", "change", "column", "before", "after")


@staff(Right.TRAIL)
@require_safe
def changes(request: StaffRequest) -> HttpResponse:
    """What was changed, or who signed in, looked and was refused: the newest first."""
    business_id, before, limit = request.business.id, cursor(request), ROWS_A_PAGE + 1
    is_of_looks = request.GET.get("show") == LOOKS
    rows: list[RecordRow] = []
    noted: list[NoteRow] = []
    with reading(business_id):
        if is_of_looks:
            noted = audit.notes(business_id, before=before, limit=limit)
        else:
            rows = audit.records(business_id, before=before, limit=limit)
        trail = audit.trail(business_id)
        names = names_in(business_id, rows)
    found: list[Any] = [*rows, *noted]
    shown, paging = paged(request, found, lambda row: row.id)
    path = reverse("backoffice_changes")
    places = places_of(request, names)
    page = ChangesPage(
        tabs=tabs("backoffice_changes"),
        filters=(
            Filter(_("Changes"), path, not is_of_looks),
            Filter(_("Sign-ins and looks"), f"{path}?show={LOOKS}", is_of_looks),
        ),
        rows=() if is_of_looks else tuple(_sealed(one, names, places) for one in shown),
        happenings=tuple(noted_happening(one, names, places) for one in shown)
        if is_of_looks
        else (),
        paging=paging,
        csv_url=reverse("backoffice_changes_csv"),
        seal=trail.last.mark if trail.last else "",
        sealed_at=trail.last.sealed_at if trail.last else None,
        mails_seals=request.business.mails_seals,
        form_key=form_key(),
    )
    return render(request, "backoffice/settings/changes.html", section="settings", page=page)


def _sealed(row: RecordRow, names: Mapping[str, str], places: Places) -> Change:
    """A change with the address of its proof."""
    told = linked(change(row, names), row, places)
    return replace(told, proof_url=reverse("backoffice_changes_proof", args=[row.id]))


@staff(Right.TRAIL)
@require_safe
def changes_csv(request: StaffRequest) -> HttpResponse:
    """Every change, a line for each column, for a spreadsheet."""
    writer = csv.writer(Echo())
    told = [_COLUMNS, *_lines(request.business.id)]
    content = "".join(writer.writerow(one) for one in told)
    noting.note(request.business.id, NoteKind.EXPORTED, subject="changes", at=request.at)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="changes.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(business_id: BusinessId) -> list[tuple[str, ...]]:
    with reading(business_id):
        rows = audit.records(business_id, limit=EXPORT_MAX)
        names = people_names(identity.colleagues(business_id))
    return [
        tuple(
            harmless(text)
            for text in (
                row.at.isoformat(timespec="milliseconds"),
                actor_words(row.actor, names),
                row.origin,
                row.source,
                str(row.object_id or ""),
                names.get(row.called, row.called),
                row.verb,
                column,
                _plain(row.before.get(column)),
                _plain(row.after.get(column)),
            )
        )
        for row in rows
        for column in row.changed
    ]


def _plain(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
