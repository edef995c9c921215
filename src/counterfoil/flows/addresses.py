"""Where a business's own pages are: for links in mails and on documents, and for the way back from
a bank."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from counterfoil.domain.business import queries as businesses
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, decode, encode

RETURN_LIFE = timedelta(days=1)
STEP_LIFE = timedelta(days=14)  # longer than any bank waits, so that a late reader is told


class ReturnAltered(NotFound):
    """The way back was cut off or changed, or it is another business's."""

    code = "return_altered"
    message = "This address is not complete."


class ReturnExpired(Refused):
    """The payment began too long ago."""

    code = "return_expired"
    message = "This address shows nothing any more."


def base_url(business_id: BusinessId) -> str:
    """`https://pay.harrow.example`: where customers come in, without a slash at the end. Plain http
    is for the machine's own loopback only. `NotFound` where the business has no host."""
    return f"{_scheme()}://{businesses.host_of(business_id)}"


def staff_url(business_id: BusinessId) -> str:
    """The same for staff, who may have a host of their own."""
    return f"{_scheme()}://{businesses.staff_host_of(business_id)}"


def url_of(business_id: BusinessId, path: str) -> str:
    """A path of ours at the host of those whose it is."""
    site = staff_url if path.startswith("/backoffice/") else base_url
    return site(business_id) + path


def _scheme() -> str:
    return "http" if settings.INSECURE_LOOPBACK else "https"


def invoice_url(business_id: BusinessId, number: str) -> str:
    """The page of an invoice, for people who sign in."""
    return f"{base_url(business_id)}/invoices/{quote(number)}"


def guest_url(business_id: BusinessId, token: str) -> str:
    """The page of an invoice for whoever holds this link."""
    return f"{base_url(business_id)}/i/{token}"


def balance_url(business_id: BusinessId, token: str) -> str:
    """What a customer owes, for whoever holds this link."""
    return f"{base_url(business_id)}/b/{token}"


def home_url(business_id: BusinessId) -> str:
    """The first page, which asks for a sign-in."""
    return f"{base_url(business_id)}/"


def methods_url(business_id: BusinessId) -> str:
    """The saved methods, for people who sign in."""
    return f"{base_url(business_id)}/methods/"


def invitation_url(business_id: BusinessId, token: str) -> str:
    """Where an invitation is looked at, and accepted."""
    return f"{base_url(business_id)}/join/{token}"


def planned_url(business_id: BusinessId, outside: str) -> str:
    """A planned payment, for people who sign in."""
    return f"{base_url(business_id)}/planned/{outside}"


def step_url(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> str:
    """Leads to the bank's page of a payment that waits for its payer, and to its result once it is
    decided; it opens nothing else."""
    site = base_url(business_id)
    return f"{return_url(business_id, site, attempt_id, at=at, life=STEP_LIFE)}/finish"


def joining_url(business_id: BusinessId, secret: str) -> str:
    """Where somebody takes an invitation to work here."""
    return f"{staff_url(business_id)}/backoffice/join/{secret}"


def approval_url(business_id: BusinessId, approval_id: UUID) -> str:
    """What waits for the word of a second person, for staff."""
    return f"{staff_url(business_id)}/backoffice/approvals/{encode('apr', approval_id)}"


def genuine_url(business_id: BusinessId, code: str) -> str:
    """The page that says whether the document with this code is genuine."""
    return f"{base_url(business_id)}/genuine/{code}"


def changes_url(business_id: BusinessId) -> str:
    """The list of all changes with the last seal, for staff."""
    return f"{staff_url(business_id)}/backoffice/settings/changes"


def payment_url(business_id: BusinessId, attempt_id: UUID) -> str:
    """A payment, for staff."""
    return f"{staff_url(business_id)}/backoffice/payments/{encode('pay', attempt_id)}"


def chargeback_url(business_id: BusinessId, chargeback_id: UUID) -> str:
    """The page of a chargeback, for staff."""
    return f"{staff_url(business_id)}/backoffice/chargebacks/{encode('dis', chargeback_id)}"


def return_url(
    business_id: BusinessId,
    site: str,
    attempt_id: UUID,
    *,
    at: datetime,
    life: timedelta = RETURN_LIFE,
) -> str:
    """Where a payer comes back to from their bank; empty where there is no `site` of the business
    to come back to. The gateway gets to know this address, so no secret of ours stands in it: it
    shows one payment's result, for a day, and opens nothing else."""
    if not site:
        return ""
    ends = int((at + life).timestamp())
    token = _returns(business_id).sign(f"{encode('pay', attempt_id)}.{ends:x}")
    return f"{site}/back/{token}"


def payment_of_return(business_id: BusinessId, token: str, *, at: datetime) -> UUID:
    """The payment whose result the token shows; refuses one that was changed or belongs to another
    business (`ReturnAltered`), and one that is too old (`ReturnExpired`)."""
    try:
        reference, ends = _returns(business_id).unsign(token).split(".")
    except (BadSignature, ValueError):
        raise ReturnAltered from None
    if datetime.fromtimestamp(int(ends, 16), UTC) <= at:
        raise ReturnExpired
    return decode("pay", reference)


def _returns(business_id: BusinessId) -> Signer:
    return Signer(salt=f"counterfoil.return:{business_id}", sep=".")
