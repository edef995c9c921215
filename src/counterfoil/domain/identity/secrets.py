"""Secrets that lead somewhere: made here, kept as hashes only, or made anew whenever they are
asked for and not kept at all."""

import hashlib
import secrets
from uuid import UUID

from django.core.signing import BadSignature, Signer

from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode

KEY_PREFIX = "cfk_"


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """SHA-256: the secret has 256 bits of its own, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invoice_secret(business_id: BusinessId, invoice_id: UUID) -> str:
    """The secret of an invoice's own address, the same whenever it is asked for: the invoice, and
    an HMAC-SHA-256 of it that only the installation's secret key makes, for this business and
    purpose."""
    return _invoices_of(business_id).sign(encode("inv", invoice_id))


def invoice_of_secret(business_id: BusinessId, secret: str) -> UUID | None:
    """The invoice whose own address has this secret, made with the secret key or an older one that
    is still named; None for anything else."""
    try:
        return decode("inv", _invoices_of(business_id).unsign(secret))
    except (BadSignature, NotFound):
        return None


def _invoices_of(business_id: BusinessId) -> Signer:
    return Signer(salt=f"counterfoil.invoice:{business_id}", sep=".")


def invoice_mark(invoice_id: UUID) -> str:
    """What stands in the place of the hash for an invoice's own address, whichever key made its
    secret; no secret has it for its hash, for it is not 64 hexadecimal digits."""
    return f"invoice:{invoice_id.hex}"
