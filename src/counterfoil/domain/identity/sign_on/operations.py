"""The only writer of connections to sign-in providers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from counterfoil.domain.identity.models import SignOn, SignOnDomain
from counterfoil.domain.identity.sign_on.queries import taken_domains
from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.secrets.fields import opened_or_none
from counterfoil.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import BusinessId


@held_by("identity_signon_domain_once")
class DomainTaken(Conflict):
    """Another connection got this domain at the same moment."""

    code = "domain_taken"
    message = "Another connection has this domain."


@operation
def add(  # noqa: PLR0913  which, whose, what they are, and our own key
    business_id: BusinessId,
    connection_id: UUID,
    kind: SignOnKind,
    customer_id: UUID | None,
    form: SignOnForm,
    *,
    at: datetime,
    secrets: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Adds a connection, switched off and without its provider; `secrets` are those of our own."""
    _refuse_taken(business_id, form)
    domains, values = form.domains, _columns(form)
    SignOn.objects.create(
        id=connection_id,
        business_id=business_id,
        kind=kind.value,
        customer_id=customer_id,
        settings={},
        secrets=dict(secrets),  # type: ignore[misc]  # the field seals a dictionary
        is_active=False,
        created_at=at,
        **values,
    )
    _write_domains(business_id, connection_id, domains)


@operation
def change(business_id: BusinessId, connection_id: UUID, form: SignOnForm) -> None:
    """Changes whose people come and what they are."""
    _refuse_taken(business_id, form, but=connection_id)
    found = _locked(business_id, connection_id)
    for name, value in _columns(form).items():
        setattr(found, name, value)
    found.save()
    _write_domains(business_id, connection_id, form.domains)


def _columns(form: SignOnForm) -> dict[str, Any]:
    """What of a form stands in the row itself."""
    lists = {"rights": list(form.rights), "strong_contexts": list(form.strong_contexts)}
    values = asdict(form) | lists
    del values["domains"]
    return values


@operation
def connect(
    business_id: BusinessId,
    connection_id: UUID,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
) -> None:
    """Says which provider it is; a secret that is empty stays as it was."""
    found = _locked(business_id, connection_id)
    kept = opened_or_none(found.secrets)
    found.settings = dict(settings)
    found.secrets = kept | {name: value for name, value in secrets.items() if value}
    found.save()


@operation
def switch(business_id: BusinessId, connection_id: UUID, *, is_active: bool) -> None:
    """Opens the connection to its people, or closes it."""
    found = _locked(business_id, connection_id)
    found.is_active = is_active
    found.save()


@operation
def remove(business_id: BusinessId, connection_id: UUID) -> None:
    """Forgets a connection; the people stay as they are."""
    _locked(business_id, connection_id)
    params = {"business_id": business_id, "id": connection_id}
    for table, column in (("identity_signondomain", "sign_on_id"), ("identity_signon", "id")):
        execute(
            f"DELETE FROM {table} WHERE business_id = %(business_id)s::uuid"  # noqa: S608  our own
            f" AND {column} = %(id)s::uuid",
            params,
        )


def _locked(business_id: BusinessId, connection_id: UUID) -> SignOn:
    rows = SignOn.objects.for_business(business_id).select_for_update()
    found: SignOn | None = rows.filter(id=connection_id).first()
    if found is None:
        raise NotFound
    return found


def _refuse_taken(business_id: BusinessId, form: SignOnForm, *, but: UUID | None = None) -> None:
    taken = taken_domains(business_id, form.domains, but=but)
    if taken:
        message = f"Another connection has {taken[0]}."
        problem = FieldProblem("domains", message, code="domain_taken", domain=taken[0])
        raise InvalidInput([problem])


def _write_domains(business_id: BusinessId, connection_id: UUID, domains: tuple[str, ...]) -> None:
    """The domains as they are wanted; one that stays keeps its row."""
    rows = SignOnDomain.objects.for_business(business_id).filter(sign_on_id=connection_id)
    rows.exclude(domain__in=domains).delete()
    kept = set(rows.values_list("domain", flat=True))
    SignOnDomain.objects.bulk_create(
        SignOnDomain(business_id=business_id, sign_on_id=connection_id, domain=one)
        for one in domains
        if one not in kept
    )
