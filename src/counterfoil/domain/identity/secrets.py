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


def joining_secret(business_id: BusinessId, invitation_id: UUID) -> str:
    """The secret of an invitation to work here: its id, and an HMAC of it for this business."""
    return _joining(business_id).sign(encode("ivt", invitation_id))


def joining_of_secret(business_id: BusinessId, secret: str) -> UUID | None:
    """The invitation to work here that a link opens; None for anything else."""
    try:
        return decode("ivt", _joining(business_id).unsign(secret))
    except (BadSignature, NotFound):
        return None


def _joining(business_id: BusinessId) -> Signer:
    return Signer(salt=f"counterfoil.joining:{business_id}", sep=".")


def invoice_mark(invoice_id: UUID) -> str:
    """What stands in the place of the hash for an invoice's own address, whichever key made its
    secret; no secret has it for its hash, for it is not 64 hexadecimal digits."""
    return f"invoice:{invoice_id.hex}"


def invitation_secret(business_id: BusinessId, invitation_id: UUID, sends: int) -> str:
    """The secret in the mail of an invitation, which is not kept: an HMAC of it and of how often
    it was sent."""
    return _invitations_of(business_id).sign(f"{encode('ivt', invitation_id)}.{sends}")


def invitation_of_secret(business_id: BusinessId, secret: str) -> tuple[UUID, int] | None:
    """The invitation of this secret, and which of its mails it stood in; None for anything
    else, other businesses' invitations included."""
    try:
        outside, sends = _invitations_of(business_id).unsign(secret).split(".")
        return decode("ivt", outside), int(sends)
    except (BadSignature, NotFound, ValueError):
        return None


def _invitations_of(business_id: BusinessId) -> Signer:
    return Signer(salt=f"counterfoil.invitation:{business_id}", sep=".")
