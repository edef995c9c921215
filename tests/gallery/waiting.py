"""What payments wait for: a page of the gateway, coins, the rest of them, a word to come soon."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from counterfoil.domain.notifications.waiting import Wait
from counterfoil.surfaces.portal import pages as p
from counterfoil.surfaces.portal.ways.values import Method, Step
from gallery import samples as s

TOTAL, NOTHING, PART = s.eur(20355), s.eur(0), s.eur(15000)
SINCE = s.NOW - timedelta(minutes=6)
COINS = Method("digital_currency")
STEPS = {
    "mandate": Step(Wait.MANDATE, NOTHING, TOTAL),
    "resume": Step(Wait.BANK, NOTHING, TOTAL),
    "page": Step(Wait.PAGE, NOTHING, TOTAL),
    "coins": Step(Wait.COINS, NOTHING, TOTAL),
    "rest": Step(Wait.REST, PART, TOTAL - PART),
}
PAID_IN = {"mandate": s.DEBIT, "resume": s.VISA, "coins": COINS, "rest": COINS}


def stubs() -> Iterator[tuple[str, p.InvoicePage]]:
    """The stub of each, by the story's name."""
    for name, step in STEPS.items():
        busy = p.Busy(TOTAL, SINCE, "/poll", is_self=True, resume_url="/there", step=step)
        stop_url = "/stop" if name in ("mandate", "page") else ""
        stub = replace(busy, method=PAID_IN.get(name), stop_url=stop_url)
        yield f"busy-{name}", replace(s.INVOICE, state="asked", stub=stub)
    soon = p.Processing(TOTAL, SINCE, method=s.VISA, poll_url="/poll", payment_url="/payment")
    for name, stub in {
        "soon": soon,
        "coins": replace(soon, method=COINS),
        "part": replace(soon, method=COINS, arrived=PART),
    }.items():
        yield f"processing-{name}", replace(s.INVOICE, state="processing", stub=stub)


def results() -> Iterator[tuple[str, p.ResultPage]]:
    """The result of each, by the story's name."""
    alone = replace(s.RESULT, receipt_url="", mailed_to=(), back_url="", poll_url="/poll")
    open_ = replace(alone, state="unfinished", method=None, resume_url="/finish")
    yield "unfinished", replace(open_, step=STEPS["resume"])
    for name in ("page", "coins", "rest"):
        yield f"unfinished-{name}", replace(open_, step=STEPS[name], method=PAID_IN.get(name))
    yield "processing-soon", replace(alone, state="processing", method=s.VISA)
    yield "processing-coins", replace(alone, state="processing", method=COINS)
    yield "processing-part", replace(alone, state="processing", method=COINS, arrived=PART)
