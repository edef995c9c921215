"""A customer's session, and how many queries a page makes (imported once Django is there)."""

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


def count_queries(path: str, host: str, cookie: str) -> int:
    """Statements of one page, once the host is known (BEGIN, SET LOCAL, COMMIT apart)."""
    client = Client(headers={"host": host})
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    client.get(path)
    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    with connection.execute_wrapper(counting):
        answer = client.get(path)
    if answer.status_code != 200:  # noqa: PLR2004
        raise SystemExit(f"{path}: {answer.status_code}")
    return count
