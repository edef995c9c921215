"""A customer's session, and what a page asks the database (imported once Django is there)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity.models import User
from counterfoil.domain.identity.operations import make_user
from counterfoil.domain.identity.sessions import SessionStore
from counterfoil.domain.receivables.queries import ItemFilter, customer_items
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId


def session_of(business: UUID, email: str) -> str:
    """Signs a contact of the business's first customer in; gives the session's key."""
    business_id = BusinessId(business)
    with reading(business_id):
        first = queries.newest(business_id, limit=1)[0]
    contact = NewContact("Carol Chapman", email)
    customers.add_contacts(business_id, first.id, [contact], at=clock.now())
    user = User.objects.get(id=make_user(email, name="Carol Chapman", password="bench"))
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["business"] = str(business)
    store.create()
    return str(store.session_key)


def open_invoice(business: UUID) -> str:
    """The number of an invoice that is due from the business's first customer."""
    business_id, wanted = BusinessId(business), ItemFilter(status="due")
    with reading(business_id):
        customer = queries.newest(business_id, limit=1)[0]
        today = clock.now().date()
        items = customer_items(business_id, customer.id, wanted, today=today, limit=1)
    return items[0].number


def statements(path: str, host: str, cookie: str) -> list[tuple[str, Any]]:
    """What one page asks the database once the host is known, with the values (BEGIN, SET LOCAL and
    COMMIT apart)."""
    client = Client(headers={"host": host})
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    client.get(path)
    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        answer = client.get(path)
    if answer.status_code != 200:  # noqa: PLR2004
        raise SystemExit(f"{path}: {answer.status_code}")
    return found
