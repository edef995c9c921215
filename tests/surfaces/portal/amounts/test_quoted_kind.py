"""What was quoted is what is charged: a wallet's price with a plain card's token, or the reverse,
is asked about again, and nothing is charged. At the real sandbox gateway."""

from typing import Any

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.businesses import add_sandbox
from ledger_text import broken, counts

JSON = {"accept": "application/json"}
CARD_COSTS = {"card": {"percent": "1.5", "fixed": {"EUR": 30}}}  # 1.80 of 100.00
BOTH_COST = CARD_COSTS | {"wallet": CARD_COSTS["card"]}


@pytest.fixture
def there(business: Any, sandbox: Any) -> Any:
    """Harrow Water takes cards and wallets at the real gateway; cards cost 1.5 % and 0.30."""
    add_sandbox(business, sandbox, wallets="google_pay apple_pay")
    businesses.change(business, {"surcharges": CARD_COSTS})
    HOSTS.forget()
    return sandbox


def wallet(sandbox: Any) -> str:
    made = sandbox.post("/v1/tokens", {"wallet": {"type": "google_pay", "card": "visa"}})
    return str(made.json()["id"])


def charged(sandbox: Any, customer: Any) -> list[int]:
    """What the gateway really charged."""
    asked = {"customer": encode("cus", customer), "limit": 200}
    rows = sandbox.http.get("/v1/charges", params=asked).json()["data"]
    return [row["amount"] for row in rows if row["status"] == "succeeded"]


def pay(browser: Any, invoice: Any, source: str, way: str, fee: int) -> Any:
    form = {"form_key": f"{way}{fee}", "source": source, "way": way, f"fee.{way}": str(fee)}
    return browser.post(f"/invoices/{invoice.number}/pay", form, headers=JSON).json()


def test_a_card_does_not_pay_at_the_price_of_a_wallet(
    alice: Any, business: Any, customer: Any, issued: Any, there: Any
) -> None:
    invoice = issued()
    before = counts(business)
    for name in ("google_pay", "apple_pay"):
        answer = pay(alice, invoice, there.token(), name, 0)
        assert answer == {"go": f"/invoices/{invoice.number}"}
    assert (charged(there, customer), counts(business)) == ([], before)
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    assert "Nothing was charged" in page
    assert 'name="fee.card" value="180"' in page


def test_a_wallet_is_not_charged_what_a_card_costs(
    alice: Any, customer: Any, issued: Any, there: Any
) -> None:
    assert "go" in pay(alice, issued(), wallet(there), "card", 180)
    assert charged(there, customer) == []


def test_each_pays_at_its_own_price(
    alice: Any, business: Any, customer: Any, issued: Any, there: Any
) -> None:
    assert "/payments/" in pay(alice, issued(), wallet(there), "google_pay", 0)["go"]
    assert "/payments/" in pay(alice, issued(), there.token(), "card", 180)["go"]
    assert charged(there, customer) == [10_180, 10_000]
    assert broken(business) == []


def test_where_the_gateway_cannot_be_asked_nothing_is_begun(
    alice: Any, business: Any, customer: Any, issued: Any, there: Any
) -> None:
    invoice = issued()
    add_sandbox(business, there, url="http://127.0.0.1:9", wallets="google_pay")
    before = counts(business)
    form = {"form_key": "k", "source": there.token(), "way": "google_pay", "fee.google_pay": "0"}
    answer = alice.post(f"/invoices/{invoice.number}/pay", form, headers=JSON)
    assert answer.status_code == 503
    assert (charged(there, customer), counts(business)) == ([], before)


def test_where_both_cost_the_same_nobody_is_asked(
    alice: Any, business: Any, customer: Any, issued: Any, there: Any
) -> None:
    businesses.change(business, {"surcharges": BOTH_COST})
    assert "/payments/" in pay(alice, issued(), there.token(), "google_pay", 180)["go"]
    assert charged(there, customer) == [10_180]


def test_no_form_says_that_a_wallet_is_paid_on_another_page(
    alice: Any, customer: Any, issued: Any, there: Any
) -> None:
    form = {"form_key": "k", "way": "hosted:wallet", "fee.hosted:wallet": "0"}
    path = f"/invoices/{issued().number}/pay"
    for kind in ("wallet", "bank_debit", "saved"):
        asked = form | {"way": f"hosted:{kind}"}
        assert alice.post(path, asked, headers=JSON).status_code == 404
    assert charged(there, customer) == []
