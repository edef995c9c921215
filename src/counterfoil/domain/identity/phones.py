"""The mobile number of a sign-in: where its codes may go as text messages."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.identity.models import Phone


def number_of(user_id: UUID) -> str:
    """The proved number of a sign-in; empty if there is none."""
    return Phone.objects.filter(user_id=user_id).values_list("number", flat=True).first() or ""


def number_at(email: str) -> str:
    """The proved number of the sign-in with this mail address, unless it was switched off; empty if
    there is none."""
    found = Phone.objects.filter(user__email=email.strip().lower(), user__is_active=True)
    return found.values_list("number", flat=True).first() or ""


def keep_number(user_id: UUID, number: str, *, at: datetime) -> None:
    """The number of this sign-in from now on, in the place of an earlier one. Whoever calls has
    proved it by a code that was sent there."""
    told = {"number": number, "proved_at": at}
    Phone.objects.update_or_create(user_id=user_id, defaults=told)


def forget_number(user_id: UUID) -> bool:
    """Takes the number away; False if there was none."""
    count, _ = Phone.objects.filter(user_id=user_id).delete()
    return count > 0
