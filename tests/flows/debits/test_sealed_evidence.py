"""What proves a mandate, and whose account it is, lies sealed and comes under every new key."""

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import override_settings

from counterfoil.domain.payments import mandates
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.secrets.keys import keys_of
from counterfoil.infra.secrets.rotation import rotate

OLD, NEW = "k2025:" + "o" * 40, "k2026:" + "n" * 40
PROOF = ("holder", "text", "accepted_by", "ip_address", "user_agent")


def given(business, customer):
    with reading(business):
        return mandates.mandates_of(business, customer)


def test_what_proves_a_mandate_is_sealed(business, customer, issued, bank, pay_by_debit):
    with override_settings():
        settings.SEALING_KEYS = keys_of(OLD, [settings.SECRET_KEY])
        pay_by_debit(issued())
        [mandate] = given(business, customer)
        said = [getattr(mandate, name) for name in PROOF]
        assert said[0] == "Alice Account"
        assert "" not in said
        with reading(business):
            [(there,)] = execute(
                "SELECT to_jsonb(m)::text FROM payments_mandate m WHERE business_id = %(b)s::uuid",
                {"b": business},
            )
        assert [one for one in said if one in there] == []

        settings.SEALING_KEYS = keys_of(f"{NEW},{OLD}", [settings.SECRET_KEY])
        done = {one.place: one for one in rotate([business], with_global=False)}
        assert [done[f"payments_mandate.{name}"].resealed for name in PROOF] == [1] * 5
        settings.SEALING_KEYS = keys_of(NEW, [settings.SECRET_KEY])
        [again] = given(business, customer)
        assert [getattr(again, name) for name in PROOF] == said


@pytest.mark.parametrize("name", PROOF)
def test_the_database_takes_no_proof_in_the_clear(
    business, customer, issued, bank, pay_by_debit, name
):
    pay_by_debit(issued())
    with pytest.raises(IntegrityError, match="payments_mandate_sealed"):
        run(
            business,
            lambda: execute(
                f"UPDATE payments_mandate SET {name} = 'plain' WHERE business_id = %(b)s::uuid",
                {"b": business},
            ),
        )
