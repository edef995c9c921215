"""A row of each kind of Alice's, and people at the portal's doors.

Django is loaded after this file is read, so what needs it is imported in the fixtures.
"""

from collections.abc import Callable
from typing import Any

import pytest

from flows.debits.conftest import bank, consent, gateway, pay_by_debit  # noqa: F401  fixtures


@pytest.fixture
def places(business: Any, customer: Any, issued: Any, pay_by_debit: Any) -> Any:  # noqa: F811
    """Where every address of the portal leads."""
    from surfaces.portal.doors.every.routes import every_place

    return every_place(business, customer, issued, pay_by_debit)


@pytest.fixture
def person(portal: Callable[[], Any]) -> Callable[..., Any]:
    """`person("bob@example.com")`: their browser, signed in."""
    from surfaces.portal.doors.every.routes import sit_down

    return lambda email, **more: sit_down(portal(), email, **more)
