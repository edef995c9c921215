"""The end of a single sign-on: somebody is let in, or told why not, or shown what came."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.sign_on.checks import counts_as_one_factor
from counterfoil.domain.identity.sign_on.rows import SignOnRow
from counterfoil.flows.people.sign_on import admitting
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.kernel.actor import VISITOR, Actor, ActorKind
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.sign_on import Claims, SignOnRefused, Why
from counterfoil.surfaces.entrance.doors import home_of
from counterfoil.surfaces.entrance.sign_on.pages import RefusedPage, Told, TriedPage
from counterfoil.surfaces.entrance.sign_on.proofs import record
from counterfoil.surfaces.entrance.sign_on.words import refusal_words, trouble_words
from counterfoil.surfaces.ui import htmx

VALUE_MAX = 300


def finish(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    """A provider has vouched for somebody: they are let in as far as our rules go."""
    connection: SignOnRow = sociallogin.provider.app.connection
    claims: Claims = sociallogin.claims
    if sociallogin.state.get("trial"):
        return tried(request, connection, claims)
    account: SocialAccount = sociallogin.account
    linked = account.user.email if account.pk else None
    at, business_id = clock.now(), request.business.id  # type: ignore[attr-defined]
    act_as(Actor(ActorKind.SYSTEM, encode("sso", connection.id), connection.name))
    user_id = admitting.admit(business_id, connection, claims, linked=linked, at=at)
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    user = get_user_model().objects.get(pk=user_id)
    is_one = counts_as_one_factor(connection.strong_contexts, claims.contexts)
    record(request, user, connection, is_one_factor=is_one)
    audit.note(
        business_id,
        NoteKind.SSO_SIGNED_IN,
        subject=f"user:{user_id}",
        customer_id=connection.customer_id,
        facts={"by": connection.name, "who": user.email} | _strength(connection, claims),
        at=at,
    )
    url = sociallogin.state.get("next") or home_of(request)  # `begin` lets no other path in
    response: HttpResponse = perform_login(request, user, redirect_url=url)
    return response


def _strength(connection: SignOnRow, claims: Claims) -> dict[str, str]:
    """How the person proved themselves there, as the provider says, and what that counted as where
    the connection says what counts: never as two where ours is asked for all the same."""
    told = {"context": ", ".join(claims.contexts)[:VALUE_MAX]} if claims.contexts else {}
    if counts_as_one_factor(connection.strong_contexts, claims.contexts):
        return told | {"factors": "1"}
    is_two = connection.strong_contexts and connection.covers_second_factor
    return told | {"factors": "2"} if is_two else told


def refused(request: HttpRequest, connection: SignOnRow, problem: SignOnRefused) -> HttpResponse:
    """Nobody is signed in, and the page says why; the detail is noted for the business."""
    act_as(VISITOR)
    audit.note(
        request.business.id,  # type: ignore[attr-defined]
        NoteKind.SSO_REFUSED,
        subject=f"sign-on:{encode('sso', connection.id)}:{problem.why.value}",
        customer_id=connection.customer_id,
        facts={"by": connection.name, "why": problem.why.value, "detail": problem.message[:300]},
        at=clock.now(),
    )
    page = RefusedPage(
        words=refusal_words(problem.why, connection.name),
        sign_in_url=reverse("account_login"),
        reference=getattr(request, "reference", ""),
    )
    return htmx.render(request, "sign_on/refused.html", status=403, page=page)


def tried(
    request: HttpRequest,
    connection: SignOnRow,
    claims: Claims | None,
    problem: SignOnRefused | None = None,
) -> HttpResponse:
    """What came of trying it out; nobody is signed in."""
    if claims is not None and problem is None:
        problem = _would_refuse(connection, claims)
    told = [("subject", claims.subject), *claims.told.items()] if claims else []
    page = TriedPage(
        name=connection.name,
        words=_words(problem, connection.name),
        detail=problem.message if problem else "",
        told=tuple(Told(name[:100], value[:VALUE_MAX]) for name, value in told),
        is_good=problem is None,
        strength=_strength_words(connection, claims) if claims else "",
        back_url=reverse("backoffice_sign_on_one", args=[connection.id]),
    )
    return htmx.render(request, "sign_on/tried.html", page=page)


def _words(problem: SignOnRefused | None, name: str) -> str:
    if problem is None:
        return ""
    about_people = problem.why in (Why.NO_EMAIL, Why.UNVERIFIED, Why.WRONG_DOMAIN)
    return refusal_words(problem.why, name) if about_people else trouble_words(problem.why)


def _strength_words(connection: SignOnRow, claims: Claims) -> str:
    if not connection.strong_contexts:
        return ""
    if counts_as_one_factor(connection.strong_contexts, claims.contexts):
        return _("It says nothing that you take as two factors: this sign-in counts as one.")
    return _("It says what you take as two factors.")


def _would_refuse(connection: SignOnRow, claims: Claims) -> SignOnRefused | None:
    """What would stop this person, as far as what came tells it."""
    try:
        admitting.address_of(connection, claims, None)
    except SignOnRefused as problem:
        return problem
    return None
