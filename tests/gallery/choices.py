"""Sample values of the page to confirm a payment, in every state of it."""

from dataclasses import replace
from datetime import timedelta

from counterfoil.domain.notifications.waiting import Wait
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import pages as p
from counterfoil.surfaces.portal.confirm.pages import ConfirmPage, Held, OneCurrency, Part
from counterfoil.surfaces.portal.ways.values import CardFields, Step
from gallery import samples as s


def part(number: str, minor: int, days: int = 6, paid: int | None = None) -> Part:
    """An invoice that is paid in full, or as far as `paid` says."""
    amount = s.eur(minor if paid is None else paid)
    url = f"/invoices/{number}"
    return Part(number, url, days, s.eur(minor), amount, str(amount.decimal))


THREE = (
    part("HW-2026-00391", 18560, -9),
    part("HW-2026-00418", 20355),
    part("HW-2026-00269", 4200, 30),
)
SINCE = s.NOW - timedelta(minutes=4)
HELD = (
    Held("HW-2026-00377", "/invoices/377", s.eur(6000), SINCE, "busy", "Jo Books"),
    Held("HW-2026-00270", "/invoices/270", s.eur(1100), SINCE, "processing"),
    Held("HW-2026-00271", "/invoices/271", s.eur(2200), SINCE, "checking"),
    Held(
        *("HW-2026-00272", "", s.eur(9), SINCE, "busy"),
        is_self=True,
        resume_url="/page",
        step=Step(Wait.PAGE, s.eur(0), s.eur(9)),
    ),
)
SENT = (("currency", "EUR"), ("total", "43115"), ("part", "18560:HW-2026-00391"))


def pages(card: CardFields) -> dict[str, ConfirmPage]:
    """By name: what is confirmed, what is changed, what stands in the way."""
    total = s.eur(43115)
    stub = p.Payable(total, "/pay", "key_1", s.card_only(card), email="ines@atelier-moreau.example")
    every = ConfirmPage(
        "/pay", "EUR", THREE, total=total, due=total, pay=stub, sent=SENT, back_url="/"
    )
    planned = replace(THREE[0], planned=(s.NOW + timedelta(days=9)).date())
    less = part("HW-2026-00391", 18560, -9, 5000)
    over = part("HW-2026-00391", 18560, -9, 20560)
    wrong = replace(less, amount=None, typed="1.234", errors=("This can be read in two ways.",))
    forty, much = s.eur(5000), s.eur(20560)
    ahead = ConfirmPage("/pay", "EUR", is_ahead=True, back_url="/")
    return {
        "all": every,
        "planned": replace(every, parts=(planned, *THREE[1:])),
        "held": replace(every, held=HELD, settled=("HW-2026-00260",)),
        "part": replace(every, parts=(less,), total=forty, pay=replace(stub, amount=forty),
                        needs_note=True),
        "over": replace(every, parts=(over,), total=much, pay=replace(stub, amount=much),
                        extra=s.eur(2000)),
        "changed": replace(every, parts=(less, replace(THREE[1], amount=s.eur(0)), THREE[2]),
                           needs_note=True),
        "wrong": replace(every, parts=(wrong, *THREE[1:]), total=None, pay=None),
        "currencies": ConfirmPage("/pay", "", currencies=(
            OneCurrency(total, 3, (("currency", "EUR"),)),
            OneCurrency(Money(1250000, "JPY"), 1, (("currency", "JPY"),))), held=HELD,
            back_url="/"),
        "ahead": ahead,
        "ahead-wrong": replace(ahead, amount_typed="abc", amount_errors=("Not an amount.",)),
        "ahead-ready": replace(ahead, amount_typed="50", total=forty, extra=forty,
                               pay=replace(stub, amount=forty)),
        "offline": replace(every, pay=None, is_online=False),
        "nothing": ConfirmPage("/pay", "EUR", held=HELD[:1]),
        "long": replace(every, parts=tuple(
            replace(part(f"HW-2026-{n:05}-ABCDEFGHIJKLMNOP", 98765432109, -n), url="")
            for n in range(30)), total=Money(10**14, "EUR")),
    }  # fmt: skip
