"""Staff switch bank debits on, and see each mandate with its evidence."""

from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.rows import NewMandate
from counterfoil.infra.db import run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.businesses import AT, add_gateway


def test_schemes_are_switched_on_with_what_they_need(business, owner):
    form = {"schemes": ["sepa_core"], "creditor_ref": "", "bacs_number": ""}
    refused = owner.post("settings/debits", form)
    assert refused.status_code == 422
    assert businesses.by_id(business).debit_schemes == []

    mistyped = owner.post("settings/debits", form | {"creditor_ref": "DE97ZZZ09999999999"})
    assert "its check digits do not fit" in mistyped.content.decode()

    good = form | {"creditor_ref": "DE98 ZZZ 0999 9999 999"}
    assert owner.post("settings/debits", good).status_code == 302
    row = businesses.by_id(business)
    assert (row.debit_schemes, row.creditor_ref) == (["sepa_core"], "DE98ZZZ09999999999")
    assert 'value="sepa_core" checked' in owner.get("settings/debits").content.decode()


def test_a_mandate_stands_on_its_customers_page_with_its_evidence(business, customer, owner):
    account = add_gateway(business, "sandbox")
    assert isinstance(account, UUID)
    new = NewMandate(
        customer, account, "sepa_core", "HARROW-1", "Harrow", "DE98", "SEPA text", "en", "Alice",
        "192.0.2.7", "Mozilla/5.0",
    )  # fmt: skip
    run(business, lambda: mandates.begin_mandate(business, new, at=AT, by=SYSTEM))

    page = owner.get(f"customers/{encode('cus', customer)}").content.decode()
    for words in ("HARROW-1", "SEPA text", "192.0.2.7", "Mozilla/5.0", "Alice"):
        assert words in page
