"""Saved methods in a browser: the second payment is two clicks; an expired card is replaced and the
result is on the same page; a wallet pays. The sandbox's list is the witness."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack, eventually

pytestmark = pytest.mark.browser


def signed_in(stack: Stack, page: Page, payer: Payer) -> None:
    """The payer at their home page."""
    stack.give_password(payer)
    pages.sign_in(page, payer)


def issue(stack: Stack, payer: Payer) -> str:
    """One more invoice; its address."""
    made = stack.issue(payer.business, payer.customer)
    return f"{payer.business.url}/invoices/{made['number']}"


def paid(stack: Stack, payer: Payer) -> list[str]:
    """What the gateway was asked for the customer, the oldest first."""
    return witness.tries(stack, payer)


def pay_and_save(page: Page, address: str) -> None:
    """Pays with a new card and has it kept."""
    page.goto(address)
    pages.type_card(page)
    page.get_by_label("Save this card for next time").check()
    pages.press_pay(page)
    pages.expect_received(page)


def save(page: Page, payer: Payer, number: str) -> None:
    """Saves a card without paying."""
    page.goto(f"{payer.business.url}/methods/")
    pages.type_card(page, number)
    page.get_by_role("button", name="Save this card").click()
    expect(page.get_by_text("The card is saved. Nothing was charged.")).to_be_visible()


def test_with_a_saved_card_the_second_payment_is_two_clicks(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    pay_and_save(page, payer.invoice_url)
    second = issue(stack, payer)
    page.goto(f"{payer.business.url}/")

    page.get_by_role("link", name=re.compile("^Pay invoice")).click()
    expect(page.locator("[data-pay] [name=way]:checked")).to_have_value(re.compile("^pm_"))
    pages.press_pay(page)

    pages.expect_received(page)
    assert second.rpartition("/")[2] in page.content()
    assert paid(stack, payer) == ["succeeded", "succeeded"]
    assert pages.findings(page) == []


def test_the_choice_is_usable_on_a_small_phone(stack: Stack, page: Page, payer: Payer) -> None:
    signed_in(stack, page, payer)
    pay_and_save(page, payer.invoice_url)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(issue(stack, payer))

    assert pages.sideways(page) == 0
    assert pages.findings(page) == []
    page.get_by_label("Another card").check()
    expect(pages.card_fields(page).get_by_label("Card number")).to_be_visible()
    assert pages.sideways(page) == 0
    page.goto(f"{payer.business.url}/methods/")
    assert pages.sideways(page) == 0
    assert pages.findings(page) == []


def test_a_card_that_is_declined_later_is_replaced_on_the_same_page(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    save(page, payer, "4000 0000 0000 0341")
    page.goto(payer.invoice_url)
    pages.press_pay(page)
    pages.expect_declined(page)
    assert paid(stack, payer) == ["failed"]

    page.get_by_label("Another card").check()
    pages.type_card(page)
    pages.press_pay(page)

    pages.expect_received(page, 5_000)
    assert paid(stack, payer) == ["failed", "succeeded"]


def test_a_saved_card_whose_bank_asks_is_confirmed_there(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    save(page, payer, pages.CHALLENGED)
    page.goto(payer.invoice_url)
    pages.press_pay(page)

    page.get_by_role("button", name=re.compile("^(Approve|Confirm|Yes)")).first.click()

    pages.expect_received(page)
    assert paid(stack, payer) == ["succeeded"]


def test_the_network_renews_a_card_and_it_is_shown(stack: Stack, page: Page, payer: Payer) -> None:
    signed_in(stack, page, payer)
    save(page, payer, pages.GOOD)
    [(ref,)] = witness.rows(
        stack, "SELECT gateway_ref FROM payments_method WHERE customer_id = %s", payer.customer
    )
    answer = stack.sandbox.post(
        f"/v1/methods/{ref}/update_from_network", {"exp_month": 6, "exp_year": 2040}
    )
    assert answer.status_code == 200, answer.text

    def is_told() -> bool:
        page.reload()
        return "Your bank renewed this card" in page.content()

    eventually(is_told, "the renewal is shown")
    assert "30 June 2040" in page.content()


@pytest.fixture
def offer_wallets(stack: Stack) -> Iterator[Callable[[str], Payer]]:
    """Offers these wallets to a payer of the mill, and none again afterwards."""
    names = {"business": stack.mill.id, "account": stack.mill.account}

    def offered(wallets: str) -> Payer:
        stack.office("offer_wallets", **names, names=wallets)
        return stack.payer(stack.mill)

    yield offered
    stack.office("offer_wallets", **names, names="")


def test_a_wallet_pays(stack: Stack, page: Page, offer_wallets: Callable[[str], Payer]) -> None:
    payer = offer_wallets("google_pay")
    page.goto(payer.link)
    frame = page.frame_locator("[data-wallet] iframe")
    frame.get_by_role("button").first.click()
    frame.get_by_role("button", name=re.compile("Pay|Confirm|Continue")).last.click()

    pages.expect_received(page)
    expect(page.get_by_text("Google Pay · Visa").first).to_be_visible()
    assert paid(stack, payer) == ["succeeded"]


@pytest.mark.parametrize("size", [(1280, 720), (390, 664)], ids=["desk", "phone"])
def test_the_button_that_pays_is_in_sight_below_every_way(
    stack: Stack, device: Device, offer_wallets: Callable[[str], Payer], size: tuple[int, int]
) -> None:
    """A click that has to scroll first may land in the wallet's frame that stood there before."""
    payer = offer_wallets("google_pay apple_pay")
    page = device(viewport={"width": size[0], "height": size[1]})
    page.goto(payer.link)
    expect(page.locator("[data-wallet] iframe")).to_have_count(2)
    pages.type_card(page)
    place = pages.pay_button(page).bounding_box()
    assert place["y"] + place["height"] <= size[1]
    pages.pay_button(page).click()

    pages.expect_received(page)
    assert paid(stack, payer) == ["succeeded"]


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_a_field_that_is_typed_in_is_not_below_the_button(
    stack: Stack, device: Device, offer_wallets: Callable[[str], Payer], by: str
) -> None:
    payer = offer_wallets("google_pay apple_pay")
    page = device(viewport={"width": 1280, "height": 720})
    page.goto(payer.link)
    expect(page.locator("[data-wallet] iframe")).to_have_count(2)
    fields = pages.card_fields(page)
    fields.get_by_label("Card number").focus()
    for name in ("Expiry", "CVC"):
        field = fields.get_by_label(name)
        if by == "key":
            page.keyboard.press("Tab")
        else:
            place = field.bounding_box()
            page.mouse.click(place["x"] + 20, place["y"] + 5)
        expect(field).to_be_focused()
        page.keyboard.type("1")
        place, bar = field.bounding_box(), page.locator(".pay-bar").bounding_box()
        assert place["y"] + place["height"] <= bar["y"], (name, place, bar)
