"""Every sealed value comes under the newest key, in batches, while others write."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import override_settings

from counterfoil.domain.identity.operations import make_user
from counterfoil.domain.payments.models import GatewayAccount
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.secrets import rotation
from counterfoil.infra.secrets.box import (
    SealBroken,
    key_id_of,
    open_text,
    place_of,
    seal_text,
)
from counterfoil.infra.secrets.keys import keys_of
from counterfoil.infra.secrets.rotation import counted, places, rotate, unknown_keys

OLD, NEW = "k2025:" + "o" * 40, "k2026:" + "n" * 40
TOLD = "payments_gatewayaccount.secrets"


@pytest.fixture
def keys():
    """Says which keys there are besides the one of the secret key; the first seals."""
    with override_settings():

        def name(*keys):
            settings.SEALING_KEYS = keys_of(",".join(keys), [settings.SECRET_KEY])

        yield name


def accounts(business, count):
    def work():
        return [
            GatewayAccount.objects.create(
                business_id=business, kind="sandbox", name=f"a{number}",
                secrets={"key": f"secret {number}"}, created_at="2026-03-01T00:00:00Z",
            ).id
            for number in range(count)
        ]  # fmt: skip

    return run(business, work)


def secrets_of(business, ids):
    with reading(business):
        rows = GatewayAccount.objects.for_business(business).in_bulk(ids)
        return [rows[one].secrets["key"] for one in ids]


def counts(business):
    return dict(counted([business], with_global=False)[TOLD])


def test_all_is_sealed_anew_and_opens_as_before(business, keys, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    [(first, there)] = counts(business).items()
    keys(OLD)
    ids = accounts(business, 5)
    assert counts(business) == {first: there, "k2025": 5}

    keys(NEW, OLD)
    [done] = [one for one in rotate([business], with_global=False) if one.place == TOLD]
    assert (done.resealed, done.broken) == (there + 5, 0)
    assert counts(business) == {"k2026": there + 5}

    keys(NEW)
    assert secrets_of(business, ids) == [f"secret {number}" for number in range(5)]
    [again] = [one for one in rotate([business], with_global=False) if one.place == TOLD]
    assert (again.resealed, again.broken) == (0, 0)


def test_what_nothing_opens_is_left_and_told(business, keys):
    there = sum(counts(business).values())
    keys(OLD)
    [lost] = accounts(business, 1)
    keys(NEW)
    [kept] = accounts(business, 1)

    assert unknown_keys(counted([business], with_global=True)) == {"k2025": 1}
    [done] = [one for one in rotate([business], with_global=False) if one.place == TOLD]

    assert (done.resealed, done.broken) == (there, 1)
    keys(NEW, OLD)
    assert secrets_of(business, [lost, kept]) == ["secret 0", "secret 0"]


def test_a_neighbour_is_not_touched(business, other_business, keys):
    keys(OLD)
    accounts(other_business, 1)
    before = counted([other_business], with_global=False)
    keys(NEW, OLD)
    list(rotate([business], with_global=False))
    assert counted([other_business], with_global=False) == before


def test_what_somebody_wrote_meanwhile_is_kept(business, keys, monkeypatch):
    """Between the reading and the writing the secrets were replaced: theirs stand."""
    keys(OLD)
    [row] = accounts(business, 1)
    keys(NEW, OLD)
    read = rotation._waiting

    def slow(place, business_id, after):
        rows = read(place, business_id, after)
        theirs = seal_text('{"key": "theirs"}', place_of(place.table, place.column, row))
        if after is None and place.table == "payments_gatewayaccount":
            execute(
                """UPDATE payments_gatewayaccount SET secrets = %(theirs)s::text
                WHERE business_id = %(business)s::uuid AND id = %(row)s::uuid""",
                {"theirs": theirs, "business": business_id, "row": row},
            )
        return rows

    monkeypatch.setattr(rotation, "_waiting", slow)
    list(rotate([business], with_global=False))
    assert secrets_of(business, [row]) == ["theirs"]


def test_every_sealed_column_is_found():
    assert TOLD in {place.told for place in places()}


def test_the_seeds_of_second_factors_are_sealed_anew_too(business, keys):
    """They stand inside JSON, in a table of a library, and belong to no business."""
    place = "mfa_authenticator:data"
    keys(OLD)
    user_id = make_user("alice@example.com")
    factor = Authenticator.objects.create(
        user_id=user_id, type="totp", data={"secret": seal_text("JBSWY3DP", place)}
    )
    keys(NEW, OLD)
    told = "mfa_authenticator.data.secret"

    assert [one.place for one in rotate([business], with_global=False)] != []
    factor.refresh_from_db()
    assert key_id_of(factor.data["secret"]) == "k2025"
    [done] = [one for one in rotate([business], with_global=True) if one.place == told]

    assert (done.resealed, done.broken) == (1, 0)
    factor.refresh_from_db()
    keys(NEW)
    assert open_text(factor.data["secret"], place) == "JBSWY3DP"
    with pytest.raises(SealBroken):
        open_text(factor.data["secret"], "identity_session:session_data")
