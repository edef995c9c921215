"""The mobile number of a sign-in: where its codes may go as text messages."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.identity.models import Phone
from counterfoil.infra.secrets.box import open_long, place_of, seal_long


def number_of(user_id: UUID) -> str:
    """The proved number of a sign-in; empty if there is none."""
    return _opened(Phone.objects.filter(user_id=user_id).first())


def number_at(email: str) -> str:
    """The proved number of the sign-in with this mail address, unless it was switched off; empty if
    there is none."""
    found = Phone.objects.filter(user__email=email.strip().lower(), user__is_active=True)
    return _opened(found.first())


def keep_number(user_id: UUID, number: str, *, at: datetime) -> None:
    """The number of this sign-in from now on, in the place of an earlier one. Whoever calls has
    proved it by a code that was sent there."""
    phone, _ = Phone.objects.get_or_create(user_id=user_id, defaults={"proved_at": at})
    sealed = seal_long(number, _place(phone))
    Phone.objects.filter(id=phone.id).update(number=sealed, proved_at=at)


def forget_number(user_id: UUID) -> bool:
    """Takes the number away; False if there was none."""
    count, _ = Phone.objects.filter(user_id=user_id).delete()
    return count > 0


def _opened(phone: Phone | None) -> str:
    return open_long(phone.number, _place(phone)) if phone else ""


def _place(phone: Phone) -> str:
    return place_of("identity_phone", "number", phone.id)
