"""Who was a contact once: the trail of changes remembers whom somebody took out."""

from uuid import UUID

from counterfoil.infra.db import execute
from counterfoil.kernel.ids import BusinessId

_LEFT = """
SELECT 1 FROM audit_record r
JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
WHERE r.business_id = %(business_id)s::uuid AND r.source = 'customers_contact'
  AND r.verb = 'delete' AND v.before ->> 'customer_id' = %(customer_id)s::text
  AND lower(v.before ->> 'email') = lower(%(email)s::text)
LIMIT 1
"""


def left(business_id: BusinessId, customer_id: UUID, email: str) -> bool:
    """Whether a contact of this customer had this address and was taken out."""
    params = {"business_id": business_id, "customer_id": str(customer_id), "email": email}
    return bool(execute(_LEFT, params))
