"""How a person signs in, and where they are signed in: their own page, at either door."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity import devices, phones
from counterfoil.infra.mail import takes_texts
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance import trail
from counterfoil.surfaces.entrance.agents import agent_words
from counterfoil.surfaces.entrance.doors import STAFF
from counterfoil.surfaces.entrance.pages import OpenSession, Passkey, SecurityPage
from counterfoil.surfaces.entrance.sign_on.proofs import came_by_sign_on
from counterfoil.surfaces.ui import htmx


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Ways to sign in, factors, and every open session."""
    kinds: dict[str, list[Authenticator]] = {}
    for one in Authenticator.objects.filter(user_id=request.user.pk).order_by("pk"):
        kinds.setdefault(one.type, []).append(one)
    codes = kinds.get(Authenticator.Type.RECOVERY_CODES, [])
    page = SecurityPage(
        email=request.user.email,  # type: ignore[union-attr]
        has_password=request.user.has_usable_password(),  # type: ignore[union-attr]
        passkeys=tuple(_passkey(one) for one in kinds.get(Authenticator.Type.WEBAUTHN, [])),
        has_app=Authenticator.Type.TOTP in kinds,
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
        sessions=_sessions(request),
        takes_texts=takes_texts(),
        number=phones.number_of(request.user.pk) if takes_texts() else "",  # type: ignore[arg-type]
    )
    return htmx.render(request, "mfa/index.html", page=page)


def _passkey(one: Authenticator) -> Passkey:
    return Passkey(
        name=one.wrap().name,
        added_at=one.created_at,
        used_at=one.last_used_at,
        rename_url=reverse("mfa_edit_webauthn", args=[one.pk]),
        remove_url=reverse("mfa_remove_webauthn", args=[one.pk]),
    )


def _sessions(request: HttpRequest) -> tuple[OpenSession, ...]:
    rows = devices.sessions(
        request.user.pk,  # type: ignore[arg-type]
        request.business.id,  # type: ignore[attr-defined]
        this=request.session.session_key or "",
        at=clock.now(),
    )
    return tuple(
        OpenSession(
            agent=agent_words(row.agent),
            origin=row.origin,
            at_staff=row.door == STAFF,
            opened_at=row.opened_at,
            last_seen_at=row.last_seen_at,
            end_url="" if row.is_this else reverse("session_end", args=[row.id]),
        )
        for row in rows
    )


@require_POST
def end(request: HttpRequest, name: str) -> HttpResponse:
    """Ends one session of the reader's own."""
    here = request.business.id  # type: ignore[attr-defined]
    if devices.end_session(request.user.pk, name, business_id=here):  # type: ignore[arg-type]
        trail.note(request, NoteKind.SESSION_ENDED, request.user)
        messages.success(request, _("That device is signed out."))
    else:
        messages.warning(request, _("That device was signed out already."))
    return HttpResponseRedirect(reverse("mfa_index"))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Ends all sessions of the reader but this one, with other businesses too; here alone for who
    came by the word of this business's provider."""
    this = request.session.session_key or ""
    here = request.business.id if came_by_sign_on(request) else None  # type: ignore[attr-defined]
    count = devices.end_other_sessions(request.user.pk, this=this, business_id=here)  # type: ignore[arg-type]
    trail.note(request, NoteKind.SESSION_ENDED, request.user, count=str(count))
    words = ngettext(
        "%(count)d other device is signed out.", "%(count)d other devices are signed out.", count
    )
    messages.success(request, words % {"count": count})
    return HttpResponseRedirect(reverse("mfa_index"))
