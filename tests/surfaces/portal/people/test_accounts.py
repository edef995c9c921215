"""Who may pay and save nothing debits an account for that payment alone."""

from counterfoil.kernel.ids import encode
from factories.gateways import ScriptedGateway
from surfaces.portal.test_bank_debit import bank, given, pay  # noqa: F401  a fixture


def test_an_account_of_who_may_save_nothing_is_debited_once(
    business,
    customer,
    bank,  # noqa: F811
    issued,
    owner,
    colleague,
):
    _who, browser = colleague("pays")
    assert pay(browser, issued())["go"].startswith("/payments/")
    (mandate,) = given(business, customer)
    code = encode("mdt", mandate.id)

    for reader in (browser, owner):
        invoice = issued()
        assert code not in reader.get(f"/invoices/{invoice.number}").content.decode()
        pay(reader, invoice, way=code, source="")
    assert len(ScriptedGateway.script.charges) == 1
    saved = owner.get("/methods/").content.decode()
    assert mandate.reference in saved  # read and revoked it can be
    assert "Put first" not in saved


def test_an_account_of_who_may_save_is_known_again(
    business,
    customer,
    bank,  # noqa: F811
    issued,
    owner,
    colleague,
):
    pay(owner, issued())
    (mandate,) = given(business, customer)
    _who, browser = colleague("pays")

    page = browser.get(f"/invoices/{issued().number}").content.decode()

    assert encode("mdt", mandate.id) in page
