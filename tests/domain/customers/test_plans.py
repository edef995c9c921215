"""A customer is found by an index, however many there are."""

import pytest

from counterfoil.domain.customers import queries
from counterfoil.infra.db import execute, run
from counterfoil.kernel.ids import new_id

MANY = """
    INSERT INTO customers_customer (business_id, id, name, email, phone, locale, timezone, currency,
      tax_id, address, external_ref, tags, created_at)
    SELECT %(b)s::uuid, uuidv7(), 'C' || g, '', '', 'en', 'UTC', 'EUR', '', '{}',
      CASE WHEN g %% 2 = 0 THEN 'ref-' || g ELSE '' END, '{}', now()
    FROM generate_series(1, 3000) g"""
ASKED = {
    "id": (queries.BY_ID, {"ids": [new_id()]}),
    "external_ref": (queries.BY_REF, {"refs": ["ref-2"]}),
}


@pytest.mark.parametrize("by", ASKED)
def test_looking_one_up_reads_no_others(business, by):
    statement, params = ASKED[by]

    def explained():
        execute(MANY, {"b": business})
        rows = execute(f"EXPLAIN {statement.text}", {"business_id": business, **params})
        return "\n".join(line for (line,) in rows)

    plan = run(business, explained)
    assert "Seq Scan" not in plan, plan
    assert f"({by} " in plan.replace(")::text", " ").partition("Index Cond")[2], plan
