"""Whoever asks for a code or for a new password, the answer costs the same work: nobody learns from
the clock who is known at this door."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.infra.db import execute
from counterfoil.infra.http.unhurried import SECONDS, seconds_of
from factories.businesses import AT
from surfaces.entrance.conftest import PASSWORD

COUNTERS = ("infra_cache", "infra_ratecounter", "procrastinate_jobs")


@pytest.fixture
def others(business, other_business):
    """People whom this door does not know, each in another way."""
    off = identity.make_user("off@example.com", name="Off", password=PASSWORD)
    near = identity.make_user("near@example.com", name="Near", password=PASSWORD)
    for one, where in ((off, business), (near, other_business)):
        identity.make_member(where, one, Role.OWNER, at=AT)
    get_user_model().objects.filter(pk=off).update(is_active=False)
    return ("nobody@example.com", "off@example.com", "near@example.com")


@pytest.mark.parametrize("path", ["sign-in/code/", "password/reset/"])
def test_known_or_not_the_database_is_asked_as_much(door, email, others, path):
    counted = {}
    for address in (email, email, *others):  # the first time, what is kept of hosts is found
        at = door()
        at.get(path)
        for table in COUNTERS:
            execute(f"DELETE FROM {table}")
        with CaptureQueriesContext(connection) as queries:
            assert at.post(path, {"email": address}).status_code == 302
        counted[address] = len(queries)
    assert max(counted.values()) - min(counted.values()) <= 1, counted


@pytest.mark.parametrize("path", ["sign-in/code/", "password/reset/"])
def test_known_or_not_the_answer_goes_out_at_the_same_moment(door, email, path):
    for address in (email, "nobody@example.com"):
        at = door()
        assert seconds_of(at.get(path).wsgi_request.META) == 0
        answer = at.post(path, {"email": address})
        assert (answer.status_code, seconds_of(answer.wsgi_request.META)) == (302, SECONDS)
