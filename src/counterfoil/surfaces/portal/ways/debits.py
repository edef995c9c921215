"""Paying from a bank account: the mandates that a payer has given, those that could be given, and
which of them a form chose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language

from counterfoil.domain.business.debits import CURRENCIES
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.payments.rows import Account, AttemptRow, MandateRow
from counterfoil.flows.debits.offer_mandates import Consent, Offer, offered_mandates
from counterfoil.flows.gateways import choose, offers, step_or_none
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.surfaces.portal.access import PortalRequest, may
from counterfoil.surfaces.portal.ways.ordering import NO_HABITS, Habits, in_order
from counterfoil.surfaces.portal.ways.values import CardFields, Method, Way
from counterfoil.surfaces.ui.callers import caller_address

GIVEN = "mdt_"
NEW = "debit:"
ELSEWHERE = "page:"  # a mandate that is given on the gateway's own page
_DIGEST = "mandate."
_DIGEST_MAX = 64
_AGENT_MAX = 300


@dataclass(frozen=True, slots=True)
class Debtor:
    """For whom bank debits are looked for: the mandates that they gave, what has just been
    declined, the key of their form, of which a new mandate's reference is made, and how they
    mostly pay."""

    given: list[MandateRow]
    declined: AttemptRow | None
    form_key: str
    habits: Habits = NO_HABITS


def with_debits(
    request: PortalRequest,
    ways: tuple[Way, ...],
    accounts: Sequence[Account],
    amount: Money,
    debtor: Debtor,
) -> tuple[Way, ...]:
    """The choice with bank debits, in one order: what their owner put first, then by past use;
    without any, accounts known before after what else is saved, a new one last."""
    known = [_given(one, amount) for one in debtor.given if _fits(one, accounts, amount)]
    saved = [way for way in ways if way.method]
    others = [way for way in ways if not way.method]
    account = choose(accounts, MethodKind.BANK_DEBIT, amount.currency)
    new = _new_accounts(request, account, amount, debtor.form_key) if account else []
    return in_order([*saved, *known, *others, *new], debtor.habits, debtor.declined)


def _fits(mandate: MandateRow, accounts: Sequence[Account], amount: Money) -> bool:
    is_currency = CURRENCIES[DebitScheme(mandate.scheme)] == amount.currency
    is_kept = any(mandate.gateway_account_id == account.id for account in accounts)
    return is_currency and is_kept


def _given(mandate: MandateRow, amount: Money) -> Way:
    outside = encode("mdt", mandate.id)
    return Way(
        outside,
        MethodKind.BANK_DEBIT,
        amount,
        method=Method("bank_debit", mandate.scheme, mandate.last4),
        name=mandate.name,
        is_default=mandate.is_default,
        mandate_reference=mandate.reference,
        mandate_url=reverse("mandate", args=[outside]),
        given_at=mandate.accepted_at,
    )


def _new_accounts(
    request: PortalRequest, account: Account, amount: Money, form_key: str
) -> list[Way]:
    locale = get_language() or "en"
    found = offered_mandates(
        request.business, account, amount.currency, form_key=form_key, locale=locale
    )
    ways = [_new_account(account, offer, amount, locale) for offer in found]
    return [way for way in ways if way]


def accounts_to_add(
    request: PortalRequest, accounts: Sequence[Account], form_key: str
) -> tuple[Way, ...]:
    """The mandates that can be given without paying: those of a gateway's own page, and those of
    its fields, where it keeps accounts."""
    locale, ways = get_language() or "en", []
    for currency in dict.fromkeys(CURRENCIES.values()):
        account = choose(accounts, MethodKind.BANK_DEBIT, currency)
        if account is None:
            continue
        found = offered_mandates(
            request.business, account, currency, form_key=form_key, locale=locale
        )
        nothing = Money(0, currency)
        keeps = offers(account.kind, Capability.METHODS)
        ways += [
            _new_account(account, one, nothing, locale)
            for one in found
            if one.is_elsewhere or keeps
        ]
    return tuple(way for way in ways if way)


def _new_account(account: Account, offer: Offer, amount: Money, locale: str) -> Way | None:
    method, scheme = MethodKind.BANK_DEBIT, offer.scheme.value
    if offer.is_elsewhere:
        return Way(f"{ELSEWHERE}{scheme}", method, amount, mandate=offer.text, scheme=scheme)
    step = step_or_none(account, locale=locale, method=method, scheme=scheme, amount=amount)
    if step is None:
        return None
    values = dict(step.values)
    mount = values.pop("mount", "")
    return Way(
        f"{NEW}{scheme}",
        method,
        amount,
        fields=CardFields(step.script_url, mount, values),
        mandate=offer.text,
        scheme=scheme,
    )


def is_debit(code: str) -> bool:
    """Whether the code of a way is a bank account's."""
    return code.startswith((GIVEN, NEW, ELSEWHERE))


def with_debit(request: PortalRequest, command: PayCommand, code: str, source: str) -> PayCommand:
    """The command with the bank account that was chosen; `NotFound` for one that is not the
    reader's to choose. Whether it may be debited is for the flow to say."""
    if code.startswith(GIVEN):
        return replace(command, source="", method=MethodKind.BANK_DEBIT, debit=_own(request, code))
    token = "" if code.startswith(ELSEWHERE) else source
    consent = consent_of(request, code)
    return replace(command, source=token, method=MethodKind.BANK_DEBIT, debit=consent)


def consent_of(request: PortalRequest, code: str) -> Consent:
    """What a form says was agreed to, for this payment alone where the reader may save nothing;
    `NotFound` for a scheme that is none."""
    try:
        scheme = DebitScheme(code.removeprefix(NEW).removeprefix(ELSEWHERE))
    except ValueError:
        raise NotFound from None
    return Consent(
        scheme=scheme,
        digest=request.POST.get(f"{_DIGEST}{code}", "")[:_DIGEST_MAX],
        ip_address=caller_address(request),
        user_agent=request.headers.get("User-Agent", "")[:_AGENT_MAX],
        is_kept=may(request, ContactRight.METHODS),
    )


def _own(request: PortalRequest, code: str) -> UUID:
    if request.person is None:
        raise NotFound
    return decode("mdt", code)
