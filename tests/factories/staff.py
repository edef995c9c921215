"""Members of staff at their desks: real sign-ins and real pages, as a browser asks for them."""

import re
from dataclasses import dataclass
from typing import Any

from counterfoil.domain.approvals.rows import Wish
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.roles import Right, Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.sign_on import operations as sign_ons
from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.flows.aftermath.approvals.commands import kept_refund
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.kernel.money import Money
from factories.businesses import AT

PASSWORD = "a password for tests"
HOST = "harrow.example"
_KEY = re.compile(r'name="form_key" value="([^"]+)"')


@dataclass
class Desk:
    """A browser at one host; https, as everywhere but on loopback."""

    client: Any
    host: str = HOST

    def get(self, path: str = "", **more: Any) -> Any:
        """A page of the backoffice."""
        return self.client.get(
            f"/backoffice/{path}", secure=True, headers=self._headers(more), **more
        )

    def post(self, path: str = "", data: dict[str, Any] | None = None, **more: Any) -> Any:
        """A form of the backoffice, sent."""
        headers = self._headers(more)
        return self.client.post(
            f"/backoffice/{path}", data or {}, secure=True, headers=headers, **more
        )

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        return {"host": self.host} | more.pop("headers", {})

    def form_key(self, path: str) -> str:
        """The key that was born with the form on this page."""
        found = _KEY.search(self.get(path).content.decode())
        assert found is not None
        return found[1]


def client(**options: Any) -> Any:
    from django.conf import settings
    from django.test import Client

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # where whitenoise looks
    return Client(**options)


def hire(business_id: BusinessId, role: Role, email: str = "") -> str:
    """Gives the business a member; returns the mail address that signs in."""
    email = email or f"{role}@{business_id.hex[-8:]}.example"
    user_id = identity.make_user(email, name=role.title(), password=PASSWORD)
    identity.make_member(business_id, user_id, role, at=AT)
    return email


def sign_in(at: Desk, email: str) -> Desk:
    """Signs in by the page."""
    response = at.post("sign-in", {"login": email, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()[-2000:]
    return at


def colleague(business_id: BusinessId, role: Role = Role.READONLY) -> Any:
    """The id of a member whom nobody signs in as."""
    user_id = identity.make_user(f"colleague-{role}@{business_id.hex[-8:]}.example", name="Cole")
    identity.make_member(business_id, user_id, role, at=AT)
    return user_id


def narrow(business_id: BusinessId, email: str, *tags: str) -> Any:
    """Lets a member see the customers with one of these tags only; an owner does it. Returns the
    member's id."""
    with reading(business_id):
        members = queries.members(business_id)
    (found,) = [one for one in members if one.email == email]
    owners = [one.user_id for one in members if one.role == Role.OWNER]
    boss = owners[0] if owners else colleague(business_id, Role.OWNER)
    post = Post(found.role, tags=tags)
    staffing.change_post(business_id, found.user_id, post, at=AT, by=boss)
    return found.user_id


def own_role(business_id: BusinessId, name: str = "Chaser", rights: tuple[Right, ...] = ()) -> Any:
    """One of the business's own roles; an owner of its own makes it."""
    owner_id = colleague(business_id, Role.OWNER)
    return staffing.save_role(business_id, None, name, rights, [], at=AT, by=owner_id)


def member_of(business_id: BusinessId, user_id: Any) -> Any:
    """The member as the domain sees them."""
    with reading(business_id):
        (found,) = [one for one in queries.members(business_id) if one.user_id == user_id]
    return found


def asked_approval(
    business_id: BusinessId, attempt: Any, minor: int = 100, *, by: Any = None
) -> Any:
    """A refund of this payment that waits for a second person; a colleague asks, or this member."""
    finance = by or member_of(business_id, colleague(business_id, Role.FINANCE))
    actor = Actor(ActorKind.STAFF, str(finance.user_id), finance.name)
    wish = Wish(
        act="refund", about_kind="payment", about_id=attempt.id, called="Acme",
        command=kept_refund(RefundCommand(attempt.id, "", minor)), form_key=f"test:{new_id()}",
        customer_id=attempt.customer_id, amount=Money(minor, attempt.currency),
        counted_minor=minor, reason="Late",
    )  # fmt: skip
    colleague(business_id, Role.OWNER)
    return asking.ask(business_id, wish, member=finance, at=clock.now(), by=actor)


def sign_on(business_id: BusinessId, domain: str = "staff.example") -> Any:
    """A connection to a sign-in provider, for staff: switched off, without its provider."""
    connection_id = new_id()
    form = SignOnForm(name="At work", domains=(domain,), role="readonly")
    sign_ons.add(business_id, connection_id, SignOnKind.OIDC, None, form, at=AT)
    return connection_id
