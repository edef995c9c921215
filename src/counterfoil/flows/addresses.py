"""Where a business's own pages are, for links in mails and on documents."""

from urllib.parse import quote

from django.conf import settings

from counterfoil.domain.business import queries as businesses
from counterfoil.kernel.ids import BusinessId


def base_url(business_id: BusinessId) -> str:
    """`https://pay.harrow.example`: the first host name of the business, without a slash at the
    end. Plain http is for the machine's own loopback only. `NotFound` where it has no host."""
    scheme = "http" if settings.INSECURE_LOOPBACK else "https"
    return f"{scheme}://{businesses.host_of(business_id)}"


def invoice_url(business_id: BusinessId, number: str) -> str:
    """The page of an invoice, for people who sign in."""
    return f"{base_url(business_id)}/invoices/{quote(number, safe='')}"


def guest_url(business_id: BusinessId, token: str) -> str:
    """The page of an invoice for whoever holds this link."""
    return f"{base_url(business_id)}/i/{token}"


def home_url(business_id: BusinessId) -> str:
    """The first page, which asks for a sign-in."""
    return f"{base_url(business_id)}/"
