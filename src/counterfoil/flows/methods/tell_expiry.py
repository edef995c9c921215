"""Tells the owners of saved cards that one ends, once, thirty days before."""

from datetime import datetime

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.notifications.letters import EndingLetter, Letter, PaidWith, Reader
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.flows.addresses import methods_url, planned_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import BusinessId, encode


def tell(business_id: BusinessId, *, at: datetime) -> int:
    """Writes for every saved card that ends within thirty days and was not told of; returns for
    how many. The mail is written first: a crash in between writes nothing twice, for a cause is
    written once."""
    business = businesses.by_id(business_id)
    with reading(business_id):
        ending = queries.methods_ending(business_id, local_date(at, business.timezone))
    each_apart(ending, lambda row: _tell(business_id, row, at=at))
    return len(ending)


def _tell(business_id: BusinessId, row: MethodRow, *, at: datetime) -> None:
    _write(business_id, row, at=at)
    methods.note_expiry_told(business_id, row.id, at=at)


def _write(business_id: BusinessId, row: MethodRow, *, at: datetime) -> None:
    ends = row.ends_date
    assert ends is not None  # the query asks for cards with an end
    with reading(business_id):
        customer = customers.customer(business_id, row.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        plans = arrangements.schedules_of_method(business_id, row.id)
    late = next((plan for plan in plans if plan.outlives_card), None)
    letterhead = letterhead_of(businesses.by_id(business_id))

    def compose(reader: Reader, _link: str) -> Letter:
        return EndingLetter(
            letterhead=letterhead,
            reader=reader,
            paid_with=PaidWith(row.kind, row.brand, row.last4),
            name=row.name,
            ends_date=ends,
            link=planned_url(business_id, encode("sch", late.id))
            if late
            else methods_url(business_id),
            planned_date=late.pay_date if late else None,
        )

    about = Subject(f"card-ends:{row.id}:{ends}", "method", row.id, customer)
    readers = [one for one in contacts if one.gets_receipts and one.may_sign_in]
    write(business_id, about, readers, compose, at=at)
