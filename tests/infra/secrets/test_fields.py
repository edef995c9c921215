"""Sealed at rest, for one row, by a key with an id; refused where it is moved or changed."""

import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.secrets.box import key_id_of, open_bytes, place_of, seal_bytes, seal_text
from counterfoil.infra.secrets.fields import SealBroken, Sealed, opened_or_none, seal, unseal
from counterfoil.infra.secrets.keys import BadKey, keys_of, new_key

SECRETS = {"secret_key": "sk_123", "webhook_secret": "whsec_abc"}
PLACE = place_of("payments_gatewayaccount", "secrets", "018f")
OLD, NEW = "k2025:" + "o" * 40, "k2026:" + "n" * 40


def test_what_is_sealed_opens_and_shows_nothing():
    sealed = seal(SECRETS, PLACE)
    assert unseal(sealed, PLACE) == SECRETS
    assert "sk_123" not in sealed
    assert seal(SECRETS, PLACE) != sealed
    assert repr(Sealed(sealed, PLACE)) == "<sealed>"


@pytest.fixture
def settings():
    """The settings; the keys are afterwards what they were."""
    with override_settings():
        yield django_settings


def test_a_sealed_value_names_its_key_and_opens_while_that_key_is_known(settings):
    settings.SEALING_KEYS = keys_of(OLD, [])
    sealed = seal(SECRETS, PLACE)
    assert key_id_of(sealed) == "k2025"

    settings.SEALING_KEYS = keys_of(f"{NEW},{OLD}", [])
    assert unseal(sealed, PLACE) == SECRETS
    newer = seal(SECRETS, PLACE)
    assert key_id_of(newer) == "k2026"

    settings.SEALING_KEYS = keys_of(NEW, [])
    assert unseal(newer, PLACE) == SECRETS
    with pytest.raises(SealBroken):
        unseal(sealed, PLACE)


def test_another_key_under_the_same_id_opens_nothing(settings):
    settings.SEALING_KEYS = keys_of(OLD, [])
    sealed = seal(SECRETS, PLACE)
    settings.SEALING_KEYS = keys_of("k2025:" + "x" * 40, [])
    with pytest.raises(SealBroken):
        unseal(sealed, PLACE)


@pytest.mark.parametrize(
    "place",
    [
        place_of("payments_gatewayaccount", "secrets", "018e"),
        place_of("payments_gatewayaccount", "settings", "018f"),
        place_of("payments_method", "secrets", "018f"),
    ],
)
def test_a_moved_value_is_refused(place):
    with pytest.raises(SealBroken):
        unseal(seal(SECRETS, PLACE), place)


def test_a_changed_value_is_refused():
    sealed = seal(SECRETS, PLACE)
    version, key_id, box = sealed.split(".")
    for broken in (
        f"{version}.{key_id}.{box[:-6]}AAAA{box[-2:]}",
        f"v2.{key_id}.{box}",
        f"{version}.other.{box}",
        f"{version}.{key_id}.",
        f"{version}.{key_id}.!",
        box,
        "",
        "sealed by nobody",
    ):
        with pytest.raises(SealBroken):
            unseal(broken, PLACE)


def test_it_is_opened_when_it_is_asked_and_refused_in_words():
    assert dict(Sealed(seal(SECRETS, PLACE), PLACE)) == SECRETS
    foreign = Sealed("sealed by nobody", PLACE)
    with pytest.raises(SealBroken):
        foreign["secret_key"]
    assert opened_or_none(foreign) == {}
    assert opened_or_none(Sealed(seal(SECRETS, PLACE), PLACE)) == SECRETS


def test_bytes_are_sealed_too():
    sealed = seal_bytes(b"PK\x03\x04 a.b.c", PLACE)
    assert open_bytes(sealed, PLACE) == b"PK\x03\x04 a.b.c"
    assert b"PK" not in sealed.split(b".", 2)[2][12:]
    with pytest.raises(SealBroken):
        open_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]), PLACE)


def test_keys_follow_from_the_secret_key_where_none_is_named():
    first, second = keys_of("", ["a" * 40, "b" * 40])
    assert first.id.startswith("secret-")
    assert first.id != second.id
    assert "a" * 40 not in repr(first)
    assert [one.id for one in keys_of(f"{NEW},{OLD}", ["a" * 40])] == ["k2026", "k2025", first.id]


@pytest.mark.parametrize("text", ["short:abc", "noid", "A:" + "x" * 40, f"{OLD},{OLD}", ":" * 40])
def test_a_key_in_another_form_is_refused(text):
    with pytest.raises(BadKey) as refused:
        keys_of(text, [])
    assert "xxxx" not in str(refused.value)


def test_a_new_key_is_one_that_can_be_named():
    known = keys_of(OLD, [])
    made = new_key(known, year=2026)
    assert made.startswith("k2026-1:")
    [key] = keys_of(made, [])
    assert new_key([key], year=2026).startswith("k2026-2:")
    assert key.secret not in seal_text("x", PLACE)


def test_a_row_keeps_its_own_secrets_only(business):
    """Copied into the neighbouring row, they open nothing there."""
    from counterfoil.domain.payments.models import GatewayAccount

    def made(name):
        return GatewayAccount.objects.create(
            business_id=business, kind="sandbox", name=name, secrets=SECRETS,
            created_at="2026-03-01T00:00:00Z",
        ).id  # fmt: skip

    first, second = run(business, lambda: (made("a"), made("b")))

    def read(row_id):
        with reading(business):
            return GatewayAccount.objects.for_business(business).get(id=row_id).secrets

    assert dict(read(first)) == SECRETS
    run(
        business,
        lambda: execute(
            """UPDATE payments_gatewayaccount SET secrets = (
              SELECT secrets FROM payments_gatewayaccount
              WHERE business_id = %(business)s::uuid AND id = %(first)s::uuid)
            WHERE business_id = %(business)s::uuid AND id = %(second)s::uuid""",
            {"business": business, "first": first, "second": second},
        ),
    )
    with pytest.raises(SealBroken):
        dict(read(second))


def test_a_sealed_column_is_written_with_its_row_alone(business):
    from counterfoil.domain.payments.models import GatewayAccount

    def update():
        GatewayAccount.objects.for_business(business).update(secrets={"a": "b"})

    with pytest.raises(TypeError):
        run(business, update)
