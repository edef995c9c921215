"""Host names: what one is, and that customers and staff always have one."""

import pytest

from counterfoil.domain.business import operations, queries
from counterfoil.domain.business.hosts import Door, HostNeeded, HostTaken, checked_host
from counterfoil.flows.addresses import base_url, staff_url
from counterfoil.kernel.errors import FieldProblem, NotFound

HOST = "harrow.example"


@pytest.mark.parametrize(
    ("text", "host"),
    [("pay.example.com", "pay.example.com"), (" https://Pay.Example.com/ ", "pay.example.com"),
     ("pay.example.com:8443", "pay.example.com:8443"), ("localhost:8000", "localhost:8000"),
     ("zahlen.müller.example", "zahlen.xn--mller-kva.example"), ("a-b.example", "a-b.example")],
)  # fmt: skip
def test_a_host_name_is_kept_in_one_form(text, host):
    assert checked_host(text) == host


@pytest.mark.parametrize(
    "text",
    ["", "pay", "pay.example.com/bills", "pay..example", "-pay.example.com", "pay_me.example.com",
     "pay.example.com:0", "pay.example.com:99999", "user@pay.example.com", "pay.example.com:",
     "pay example.com", "*.example.com", "a" * 64 + ".example", "x." * 200 + "example",
     "javascript:alert(1)", "pay.example.com\nx"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(FieldProblem):
        checked_host(text)


def test_links_name_the_main_host_and_staff_their_own(business):
    operations.answer_at(business, "pay.harrow.example", is_main=True)
    assert base_url(business) == staff_url(business) == "http://pay.harrow.example"

    operations.answer_at(business, "office.harrow.example", door=Door.STAFF)
    assert base_url(business) == "http://pay.harrow.example"
    assert staff_url(business) == "http://office.harrow.example"


def test_nobody_is_left_outside(business):
    for door in (Door.PORTAL, Door.STAFF):
        with pytest.raises(HostNeeded):
            operations.answer_at(business, HOST, door=door)
    with pytest.raises(HostNeeded):
        operations.answer_no_more_at(business, HOST)
    assert [(one.host, one.door) for one in queries.hosts(business)] == [(HOST, Door.BOTH)]


def test_a_host_of_another_business_stays_theirs(business, other_business):
    [theirs] = queries.hosts(other_business)
    with pytest.raises(HostTaken):
        operations.answer_at(business, theirs.host)
    with pytest.raises(NotFound):
        operations.answer_no_more_at(business, theirs.host)
    assert queries.by_host(theirs.host).business.id == other_business
