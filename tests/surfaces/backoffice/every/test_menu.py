"""The places of the backoffice on a phone: behind one line that names the place that is open, and
what waits elsewhere, without a script."""

import re
from typing import Any

from counterfoil.domain.identity.roles import Role

ROOMY = re.compile(r'<nav class="places places--roomy".*?</nav>', re.DOTALL)
SUMMARY = re.compile(
    r'<details class="places--small">\s*<summary>(.*?)</summary>(.*?)</details>', re.DOTALL
)


def line(html: str) -> str:
    """The words of the line, and nothing else."""
    return " ".join(re.sub(r"<[^>]+>", " ", SUMMARY.findall(html)[0][0]).split())


def test_the_line_names_the_place_and_what_waits(desk: Any, issued: Any) -> None:
    issued()  # long overdue by now
    clerk = desk(Role.FINANCE)
    assert line(clerk.get("").content.decode()) == "Work list Menu 1"
    html = clerk.get("invoices/").content.decode()
    assert line(html) == "Invoices Menu Work list 1"
    within = SUMMARY.findall(html)[0][1]
    assert re.findall(r'href="([^"]+)"', within) == re.findall(
        r'href="([^"]+)"',
        ROOMY.findall(html)[0],
    )
    assert within.count('aria-current="page"') == 1


def test_a_page_of_no_place_has_the_menu_all_the_same(desk: Any) -> None:
    clerk = desk(Role.READONLY)
    html = clerk.get("security/").content.decode()
    assert line(html).startswith("Menu")
