"""A contact who asks to sign in gets a sign-in, without anybody setting it up by hand."""

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import operations as identity
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId


def admit(business_id: BusinessId, email: str) -> bool:
    """Makes the user of a contact of this business who may sign in; False for anybody else.

    The user has no password yet: a mailed code proves the address.
    """
    with reading(business_id):
        people = customers.people(business_id, email)
    if not people:
        return False
    identity.make_user(people[0].email, name=people[0].name)
    return True
