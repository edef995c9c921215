"""A customer is found by an index, however many there are."""

import psycopg
import pytest

from counterfoil.domain.customers import queries
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.ids import new_id

MANY = """
    INSERT INTO customers_customer (business_id, id, name, email, phone, locale, timezone, currency,
      tax_id, address, external_ref, tags, created_at)
    SELECT %(b)s::uuid, uuidv7(), 'C' || g, '', '', 'en', 'UTC', 'EUR', '', '',
      CASE WHEN g %% 2 = 0 THEN 'ref-' || g ELSE '' END, '{}', now()
    FROM generate_series(1, 3000) g"""
ASKED = {
    "id": (queries.BY_ID, {"ids": [new_id()]}),
    "external_ref": (queries.BY_REF, {"refs": ["ref-2"]}),
}


@pytest.mark.parametrize("by", ASKED)
def test_looking_one_up_reads_no_others(business, addresses, by):
    statement, params = ASKED[by]
    run(business, lambda: execute(MANY, {"b": business}))
    with psycopg.connect(addresses.owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE customers_customer")
    with reading(business):
        rows = execute(f"EXPLAIN {statement.text}", {"business_id": business, **params})
    plan = [line for (line,) in rows]
    found_by = "".join(line for line in plan if "Index Cond" in line)
    assert f"({by} " in found_by.replace(")::text", " "), plan
