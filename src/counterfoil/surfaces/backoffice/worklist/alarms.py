"""Alarms on the work list: what looks like an attack, and the one thing to do about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.notifications.alarms import AlarmRow
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.flows.aftermath import card_testing
from counterfoil.flows.auditing.watch_pages import NO_ANSWER
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.backoffice.worklist.pages import Trouble
from counterfoil.surfaces.ui.formatting import number
from counterfoil.surfaces.ui.words import Pill


def alarm_trouble(row: AlarmRow) -> Trouble:
    """One alarm; its button says that somebody has looked, or opens the link again."""
    title, why, act = _words(row)
    seen = _("Seen %(n)s times.") % {"n": number(row.times)} if row.times > 1 else ""
    url = reverse("backoffice_alarm_looked", args=[row.id])
    about = " ".join(part for part in (why, row.detail, seen) if part)
    return Trouble(title, about, Pill(_("Alarm"), "bad"), Link(act, url), post_url=url)


def _words(row: AlarmRow) -> tuple[str, str, str]:
    looked = _("I have looked at it")
    if row.kind == AlarmKind.LINK_LOCKED:
        why = _(
            "Nobody can pay by this guest link any more; its invoice can still be seen, and who "
            "signs in can pay. No money was taken."
        )
        return _("Somebody tried cards by a link"), why, _("Let people pay by it again")
    if row.kind == AlarmKind.CARD_TESTING:
        why = _(
            "Most tries to pay are declined, so guests pass a check before each try for half an "
            "hour. No money was taken by those tries. Look at the payments, and tell the gateway."
        )
        return _("Somebody is trying cards on your pay page"), why, looked
    if row.kind == AlarmKind.PAGE:
        why = _(
            "A browser refused to run what one of your pages does not have. Often it is an "
            "extension of that browser; the same from many browsers means that a page was changed."
        )
        return _("Refused on a page: %(what)s") % {"what": row.subject}, why, looked
    if row.kind == AlarmKind.WATCH and row.subject == NO_ANSWER:
        why = _(
            "The pay page could not be received, so nobody knows whether it is as it should be. "
            "Look whether this server can reach its own address, and whether customers can."
        )
        return _("The pay page did not answer"), why, looked
    if row.kind == AlarmKind.WATCH:
        why = _(
            "The pay page, as it is received from outside, has something that was not installed, "
            "or has lost a protection. Find out what stands in front and who could write there; "
            "until then, take the page off."
        )
        return _("The pay page was changed: %(what)s") % {"what": row.subject}, why, looked
    return *_of_the_server(row), looked


def _of_the_server(row: AlarmRow) -> tuple[str, str]:
    if row.kind == AlarmKind.RESTORED:
        why = _(
            "The database was restored from a backup, or another server took over. Planned "
            "payments are not charged until whoever runs the server has said “counterfoil "
            "recover”; until then, invoices may get numbers that were given before."
        )
        return _("Planned payments wait for whoever runs the server"), why
    if row.kind == AlarmKind.BOOKS:
        why = _(
            "The nightly proof found what contradicts itself. Planned payments are not charged "
            "until somebody has looked; ask whoever runs the server what “counterfoil verify” says."
        )
        return _("A proof of your books failed"), why
    why = _(
        "A file that your pages load is not the one that was installed. Install again, and find "
        "out who could write there."
    )
    return _("A file was changed: %(what)s") % {"what": row.subject}, why


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def looked(request: StaffRequest, alarm_id: UUID) -> HttpResponse:
    """A person has looked at an alarm; a link that was locked takes payments again."""
    row = card_testing.look_at_alarm(request.business.id, alarm_id, at=request.at, by=request.actor)
    if row.kind == AlarmKind.LINK_LOCKED:
        messages.success(request, _("People can pay by this link again."))
    else:
        messages.success(request, _("Noted that you have looked at the alarm."))
    return HttpResponseRedirect(reverse("backoffice_work"))
