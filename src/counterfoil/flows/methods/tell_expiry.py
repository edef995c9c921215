"""Tells the owners of saved cards that one ends, once, the month before."""

from datetime import datetime

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.notifications.letters import EndingLetter, Letter, PaidWith, Reader
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.flows.addresses import methods_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import BusinessId


def tell(business_id: BusinessId, *, at: datetime) -> int:
    """Writes for every saved card that ends this month or the next and was not told of; returns for
    how many. The mail is written first: a crash in between writes nothing twice, for a cause is
    written once."""
    business = businesses.by_id(business_id)
    with reading(business_id):
        ending = queries.methods_ending(business_id, local_date(at, business.timezone))
    for row in ending:
        _tell(business_id, row, at=at)
        methods.note_expiry_told(business_id, row.id, at=at)
    return len(ending)


def _tell(business_id: BusinessId, row: MethodRow, *, at: datetime) -> None:
    ends = row.ends_date
    assert ends is not None  # the query asks for cards with an end
    with reading(business_id):
        customer = customers.customer(business_id, row.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
    letterhead = letterhead_of(businesses.by_id(business_id))

    def compose(reader: Reader, _link: str) -> Letter:
        return EndingLetter(
            letterhead=letterhead,
            reader=reader,
            paid_with=PaidWith(row.kind, row.brand, row.last4),
            name=row.name,
            ends_date=ends,
            link=methods_url(business_id),
        )

    about = Subject(f"card-ends:{row.id}:{ends}", "method", row.id, customer)
    readers = [one for one in contacts if one.gets_receipts and one.may_sign_in]
    write(business_id, about, readers, compose, at=at)
