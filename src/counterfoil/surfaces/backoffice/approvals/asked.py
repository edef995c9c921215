"""What somebody is told who asked for more than they may do alone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.surfaces.backoffice.access import StaffRequest


def waits(request: StaffRequest, approval_id: UUID) -> HttpResponse:
    """To the request that was written down instead."""
    told = _("This needs a second person, who was asked by mail. Nothing has been done yet.")
    messages.warning(request, told)
    return HttpResponseRedirect(reverse("backoffice_approval", args=[approval_id]))
