"""Staff switch bank debits on, and see each mandate with its evidence."""

from uuid import UUID

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.rows import NewMandate
from counterfoil.infra.db import reading
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


def test_a_mandate_stands_on_its_customers_page_and_its_evidence_for_who_asks(
    business, customer, owner
):
    account = add_gateway(business, "sandbox")
    assert isinstance(account, UUID)
    new = NewMandate(
        customer, account, "sepa_core", "HARROW-1", "Harrow", "DE98", "SEPA text", "en", "Alice",
        "192.0.2.7", "Mozilla/5.0",
    )  # fmt: skip
    made = mandates.begin_mandate(business, new, at=AT, by=SYSTEM)
    path = f"customers/{encode('cus', customer)}"
    evidence = f"{path}/mandates/{encode('mdt', made)}"

    page = owner.get(path).content.decode()
    for words in ("SEPA text", "192.0.2.7", "Mozilla/5.0"):
        assert words not in page
    assert "HARROW-1" in page
    assert f"/backoffice/{evidence}" in page
    assert looks(business) == []

    for _ in range(2):
        page = owner.get(evidence).content.decode()
    for words in ("HARROW-1", "SEPA text", "192.0.2.7", "Mozilla/5.0", "Alice"):
        assert words in page
    assert looks(business) == [f"mandate:{made}"]


def test_a_mandate_is_on_the_page_of_its_own_customer_only(
    business, customer, other_customer, owner
):
    account = add_gateway(business, "sandbox")
    assert isinstance(account, UUID)
    new = NewMandate(
        customer, account, "sepa_core", "HARROW-1", "Harrow", "DE98", "SEPA", "en", "", "", ""
    )
    made = mandates.begin_mandate(business, new, at=AT, by=SYSTEM)
    theirs = f"customers/{encode('cus', other_customer)}/mandates/{encode('mdt', made)}"
    assert owner.get(theirs).status_code == 404


def looks(business):
    with reading(business):
        rows = audit.notes(business, kinds=[NoteKind.LOOKED])
    return [one.subject for one in rows]
