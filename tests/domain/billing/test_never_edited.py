"""What was issued is never edited, whoever tries, whatever road."""

import pytest
from django.db import IntegrityError

from counterfoil.infra.db import execute, reading, run
from factories.invoices import draft_invoice

CHANGES = {
    "the total": "UPDATE billing_invoice SET total_minor = 1, subtotal_minor = 1",
    "the number": "UPDATE billing_invoice SET number = 'INV-X'",
    "the customer": "UPDATE billing_invoice SET customer_id = gen_random_uuid()",
    "back to draft": "UPDATE billing_invoice SET state = 'draft'",
    "the invoice itself": "DELETE FROM billing_invoice i USING (SELECT 1) x",
    "a line": "UPDATE billing_invoiceline SET net_minor = 1",
    "a line away": "UPDATE billing_invoiceline SET invoice_id = %(draft)s::uuid",
    "a tax away": "UPDATE billing_invoicetax SET invoice_id = %(draft)s::uuid",
    "a line less": "DELETE FROM billing_invoiceline l USING (SELECT 1) x",
    "a line more": """
        INSERT INTO billing_invoiceline (business_id, id, invoice_id, position, description,
          quantity, unit_price, discount_percent, tax_rate, net_minor)
        SELECT business_id, gen_random_uuid(), %(id)s::uuid, 2, 'More', 1, 1, 0, 0, 1
        FROM billing_invoiceline""",
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_issued_invoice_is_never_edited(business, customer, issued, what):
    invoice = issued()
    draft = draft_invoice(business, customer)
    own = "id" if "billing_invoice " in CHANGES[what] else "invoice_id"
    where = f" WHERE business_id = %(b)s::uuid AND {own} = %(id)s::uuid"

    with pytest.raises(IntegrityError, match="never"):
        run(
            business,
            lambda: execute(
                CHANGES[what] + where, {"b": business, "id": invoice.id, "draft": draft}
            ),
        )


def test_a_line_is_not_moved_in_either(business, customer, issued):
    invoice = issued()
    draft = draft_invoice(business, customer)
    move = (
        "UPDATE billing_invoiceline SET invoice_id = %(to)s::uuid, position = 9 "
        "WHERE business_id = %(b)s::uuid AND invoice_id = %(from)s::uuid"
    )
    with pytest.raises(IntegrityError, match="never edited"):
        run(business, lambda: execute(move, {"b": business, "from": draft, "to": invoice.id}))


def test_a_draft_is_free(business, customer):
    draft = draft_invoice(business, customer)
    change = (
        "UPDATE billing_invoiceline SET description = 'New' "
        "WHERE business_id = %(b)s::uuid AND invoice_id = %(id)s::uuid RETURNING 1"
    )
    assert run(business, lambda: execute(change, {"b": business, "id": draft})) == [(1,)]
    with reading(business):
        pass
