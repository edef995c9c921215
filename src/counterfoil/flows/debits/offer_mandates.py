"""Which mandates a payer is offered, each in full, as it would be kept."""

from dataclasses import dataclass

from counterfoil.domain.business import debits as business_debits
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.documents.assembly import lines_of
from counterfoil.domain.payments.mandate_texts import (
    Creditor,
    MandateText,
    mandate_reference,
    mandate_text,
    mandate_text_elsewhere,
)
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import methods_charged, offers, step_or_none
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, StepKind


class MandateChanged(Conflict):
    """The text that was confirmed is not the text as it is now."""

    code = "mandate_changed"
    message = "The mandate has changed. Nothing was charged: read it again."


@dataclass(frozen=True, slots=True)
class Consent:
    """What a payer confirmed with a new bank account: the mandate, by its digest, and where they
    were when they did; whether they may keep the account for payments to come."""

    scheme: DebitScheme
    digest: str
    ip_address: str
    user_agent: str
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """One mandate that could be given: here, or `is_elsewhere`, on the gateway's own page."""

    scheme: DebitScheme
    creditor: Creditor
    reference: str
    text: MandateText
    is_elsewhere: bool = False


def offered_mandates(
    business: BusinessRow, account: Account, currency: str, *, form_key: str, locale: str
) -> list[Offer]:
    """The mandates that a form offers: of the schemes that the business has for this currency,
    where the gateway account keeps mandates and debits bank accounts."""
    if not offers(account.kind, Capability.MANDATES):
        return []
    if MethodKind.BANK_DEBIT not in methods_charged(account.kind):
        return []
    schemes = business_debits.offered_schemes(business, currency)
    found = [_offer(business, account, scheme, form_key, locale) for scheme in schemes]
    return [offer for offer in found if offer]


def confirmed_mandate(
    business: BusinessRow,
    account: Account,
    currency: str,
    consent: Consent,
    *,
    form_key: str,
    locale: str,
) -> Offer:
    """The mandate that was confirmed; refuses (`MandateChanged`) one that is not offered, or whose
    text is not what the payer was shown."""
    found = offered_mandates(business, account, currency, form_key=form_key, locale=locale)
    for offer in found:
        if offer.scheme is consent.scheme and offer.text.digest == consent.digest:
            return offer
    raise MandateChanged


def _offer(
    business: BusinessRow, account: Account, scheme: DebitScheme, form_key: str, locale: str
) -> Offer | None:
    creditor = Creditor(
        name=business.legal_name or business.name,
        identifier=business_debits.creditor_ref(business, scheme),
        address=lines_of(business.address),
        email=business.email,
    )
    reference = mandate_reference(business.slug, form_key)
    method = MethodKind.BANK_DEBIT
    step = step_or_none(account, locale=locale, method=method, scheme=scheme.value)
    if step is None:
        return None
    is_elsewhere = step.kind is not StepKind.COLLECT_FIELDS
    said = mandate_text_elsewhere if is_elsewhere else mandate_text
    text = said(scheme, creditor, reference, locale=locale)
    return Offer(scheme, creditor, reference, text, is_elsewhere)
