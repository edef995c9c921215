"""Connections as staff make them: whose people come, which provider says so, and when it ends."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from allauth.socialaccount.models import SocialAccount

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import ALL, kept, read
from counterfoil.domain.customers.writing import people
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.identity.sign_on import operations, queries
from counterfoil.domain.identity.sign_on.checks import check, domains_of
from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind, SignOnRow
from counterfoil.flows.people.sign_on import providers
from counterfoil.infra.db import reading, run
from counterfoil.kernel.errors import FieldProblem, Forbidden, InvalidInput, NotFound
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.sign_on import SignOnRefused, Why

XML_MAX = 200_000


class OwnersOnly(Forbidden):
    """Whoever says who signs in as staff can become anybody on the staff."""

    code = "owners_only"
    message = "Only an owner may say how staff sign in."


def check_may(by: MemberRow, *, for_staff: bool) -> None:
    """Refuses whoever would get more than they have: through a connection for staff somebody could
    come in as an owner."""
    if for_staff and not frozenset(Right) <= by.rights:
        raise OwnersOnly


def _check_vouches(by: MemberRow, found: SignOnRow) -> None:
    """Refuses who may not say who comes through a connection: anybody whom its provider names has
    every right there that somebody of that address has already."""
    check_may(by, for_staff=found.for_staff)
    if not found.for_staff:
        people.check_staff_gift(by.rights, ALL)


def add(  # noqa: PLR0913  which, whose, what they are, who says so
    business_id: BusinessId,
    connection_id: UUID,
    kind: SignOnKind,
    customer: str,
    form: SignOnForm,
    *,
    at: datetime,
    by: MemberRow,
) -> bool:
    """Adds a connection under an id that was shown before; False if the form was sent already.
    `customer` is the outside id of the company whose people come, empty for the own staff."""
    check_may(by, for_staff=not customer)
    form = _checked(form, kind, for_staff=not customer)
    if customer:
        people.check_staff_gift(by.rights, read(form.rights))
    secrets = providers.saml_key(at=at) if kind == SignOnKind.SAML else {}

    def work() -> bool:
        try:
            queries.connection(business_id, connection_id)
        except NotFound:
            customer_id = _customer(business_id, customer)
            operations.add(
                business_id, connection_id, kind, customer_id, form, at=at, secrets=secrets
            )
            return True
        return False

    return run(business_id, work)


def _customer(business_id: BusinessId, outside: str) -> UUID | None:
    if not outside:
        return None
    try:
        return customers.customer(business_id, decode("cus", outside)).id
    except NotFound as error:
        message = "There is no such customer."
        raise InvalidInput([FieldProblem("customer", message, code="unknown")]) from error


def change(
    business_id: BusinessId, connection_id: UUID, form: SignOnForm, *, by: MemberRow
) -> None:
    """Changes whose people come and what they are."""

    def work() -> None:
        found = queries.connection(business_id, connection_id)
        _check_vouches(by, found)
        ready = _checked(form, found.kind, for_staff=found.for_staff)
        operations.change(business_id, connection_id, ready)

    run(business_id, work)


def _checked(form: SignOnForm, kind: SignOnKind, *, for_staff: bool) -> SignOnForm:
    name = " ".join(form.name.split())
    contexts = tuple(dict.fromkeys(form.strong_contexts))
    ready = replace(form, name=name, domains=domains_of(form.domains), rights=())
    ready = replace(ready, strong_contexts=contexts)
    ready = ready if for_staff else replace(ready, role="", rights=tuple(kept(form.rights)))
    problems = check(ready, kind, for_staff=for_staff)
    if not for_staff and not ready.rights:
        problems.append(FieldProblem("rights", "Choose what they may do.", code="no_level"))
    if problems:
        raise InvalidInput(problems)
    return ready


def connect(
    business_id: BusinessId,
    connection: SignOnRow,
    typed: Mapping[str, str],
    *,
    at: datetime,
    by: MemberRow,
) -> None:
    """Takes over which provider it is, after asking that provider; what it says wrong is told."""
    _check_vouches(by, connection)
    if connection.kind == SignOnKind.OIDC:
        settings, secrets = _openid(connection, typed)
    else:
        settings, secrets = _saml(typed, at), {}
    operations.connect(business_id, connection.id, settings, secrets)


def _openid(
    connection: SignOnRow, typed: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str]]:
    has_secret = bool(typed["client_secret"]) or "client_secret" in connection.secrets
    needed = ["issuer", "client_id"] + ([] if has_secret else ["client_secret"])
    problems = [
        FieldProblem(name, "This is needed.", code="required") for name in needed if not typed[name]
    ]
    if problems:
        raise InvalidInput(problems)
    try:
        found = providers.describe(typed["issuer"])
    except SignOnRefused as refused:
        raise _at("issuer", refused) from refused
    settings = {"issuer": found.issuer, "client_id": typed["client_id"]}
    return dict(settings), {"client_secret": typed["client_secret"]}


def _saml(typed: Mapping[str, str], at: datetime) -> dict[str, object]:
    url, xml = typed["metadata_url"], typed["metadata"]
    field = "metadata_url" if url else "metadata"
    if not url and not xml:
        message = "The address of the provider's metadata, or the metadata themselves."
        raise InvalidInput([FieldProblem(field, message, code="required")])
    if len(xml) > XML_MAX:
        raise InvalidInput([FieldProblem(field, "This is too long.", code="too_long")])
    try:
        found = providers.saml_provider(url=url, xml=xml, at=at)
    except SignOnRefused as refused:
        raise _at(field, refused) from refused
    if urlsplit(found.url).scheme not in ("https", "http"):
        message = "The sign-in address is none of a web page."
        raise _at(field, SignOnRefused(Why.UNREADABLE, message))
    told = asdict(found) | {"certificates": list(found.certificates)}
    return told | {"metadata_url": url, "ends_at": found.ends_at.isoformat()}


def _at(field: str, refused: SignOnRefused) -> InvalidInput:
    problem = FieldProblem(field, refused.message, code=f"sign_on_{refused.why.value}")
    return InvalidInput([problem])


class NoProviderYet(InvalidInput):
    """A connection without a provider can't be opened."""

    def __init__(self) -> None:
        message = "Say first which provider it is."
        super().__init__([FieldProblem("is_active", message, code="no_provider")])


def switch(business_id: BusinessId, connection_id: UUID, *, is_active: bool, by: MemberRow) -> None:
    """Opens it to its people, or closes it at once."""

    def work() -> None:
        found = queries.connection(business_id, connection_id)
        check_may(by, for_staff=found.for_staff)
        if is_active:
            _check_vouches(by, found)
        if is_active and not found.settings:
            raise NoProviderYet
        operations.switch(business_id, connection_id, is_active=is_active)

    run(business_id, work)


def remove(business_id: BusinessId, connection_id: UUID, *, by: MemberRow) -> None:
    """Forgets a connection and which of the provider's people were whom; the people stay."""

    def work() -> None:
        found = queries.connection(business_id, connection_id)
        check_may(by, for_staff=found.for_staff)
        operations.remove(business_id, connection_id)
        SocialAccount.objects.filter(provider=str(connection_id)).delete()

    run(business_id, work)


def forget_links(business_id: BusinessId, connection_id: UUID, *, by: MemberRow) -> int:
    """Forgets which of the provider's people were whom, after it gave everybody new names; each is
    known again by their address when they come next. Returns how many there were."""
    with reading(business_id):
        found = queries.connection(business_id, connection_id)
    _check_vouches(by, found)
    count: int = SocialAccount.objects.filter(provider=str(connection_id)).delete()[0]
    return count


def link_count(connection_id: UUID) -> int:
    """How many people have come through a connection."""
    count: int = SocialAccount.objects.filter(provider=str(connection_id)).count()
    return count
