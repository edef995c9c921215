"""Which ways to pay somebody is offered, in their order, with the gateway's fields where there are
any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import get_language

from counterfoil.domain.business.surcharges import quote
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.flows.gateways import choose, offers, step_or_none
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, NextStep, StepKind
from counterfoil.surfaces.portal.ways.asked import DRAWN, HOSTED, WALLETS
from counterfoil.surfaces.portal.ways.values import CardFields, Method, Way


@dataclass(frozen=True, slots=True)
class Payer:
    """For whom ways are looked for: what they have saved (nobody's, for a guest), what has just
    been declined, and their date."""

    saved: Sequence[MethodRow]
    can_save: bool
    today: date
    declined: AttemptRow | None = None


def ways_to_pay(accounts: Sequence[Account], amount: Money, payer: Payer) -> tuple[Way, ...]:
    """The rows of the choice: what is saved first, in its owner's own sequence; one is chosen. A
    saved method that has just been declined is not chosen again by itself."""
    rows = [_saved(row, amount, payer) for row in payer.saved if _is_usable(row, accounts, payer)]
    declined = payer.declined.method_id if payer.declined else None
    rows += _unsaved(accounts, amount, payer)
    good = [way for way in rows if declined is None or not way.method]
    first = good[0] if good else None
    return tuple(replace(way, is_chosen=way is first) for way in rows)


def with_fees(surcharges: Mapping[str, Any], ways: Sequence[Way]) -> tuple[Way, ...]:
    """The rows with what each costs on top, where the business asks for it."""
    return tuple(_with_fee(way, quote(surcharges, way.kind, way.total)) for way in ways)


def _with_fee(way: Way, fee: Money) -> Way:
    return replace(way, fee=fee, total=way.total + fee) if fee else way


def wallets_to_pay(
    accounts: Sequence[Account], amount: Money, surcharges: Mapping[str, Any]
) -> tuple[Way, ...]:
    """The wallets that the account which takes them has been set up for; their sheets show the
    whole amount."""
    account = choose(accounts, MethodKind.WALLET, amount.currency)
    if account is None:
        return ()
    wanted = account.opened.settings.get("wallets", "").split()
    fee = quote(surcharges, MethodKind.WALLET, amount)
    rows = [_wallet(account, amount + fee, name) for name in WALLETS if name in wanted]
    return tuple(replace(way, fee=fee) if fee else way for way in rows if way)


def _wallet(account: Account, amount: Money, name: str) -> Way | None:
    step = step_or_none(
        account, locale=_language(), method=MethodKind.WALLET, scheme=name, amount=amount
    )
    if step is None:
        return None
    return Way(name, MethodKind.WALLET, amount, fields=drawn(step), name=name)


def _is_usable(row: MethodRow, accounts: Sequence[Account], payer: Payer) -> bool:
    """A saved method is charged where it is kept, whatever the routes say."""
    is_kept = any(row.gateway_account_id == account.id for account in accounts)
    return is_kept and not row.has_ended(payer.today)


def _saved(row: MethodRow, amount: Money, payer: Payer) -> Way:
    return Way(
        encode("pm", row.id),
        row.kind,
        amount,
        method=Method(row.kind, row.brand, row.last4),
        name=row.name,
        is_default=row.is_default,
        ends_date=row.ends_date if row.ends_soon(payer.today) else None,
    )


def _unsaved(accounts: Sequence[Account], amount: Money, payer: Payer) -> Iterator[Way]:
    for kind in DRAWN:
        account = choose(accounts, kind, amount.currency)
        if account is None:
            continue
        step = step_or_none(account, locale=_language(), method=kind, amount=amount)
        if step is None:
            continue
        keeps = payer.can_save and offers(account.kind, Capability.METHODS)
        if step.kind is StepKind.HOSTED_PAGE:
            keeps = keeps and kind is MethodKind.CARD  # what is kept has to be a card
            yield Way(f"{HOSTED}{kind}", kind, amount, can_be_saved=keeps)
        else:
            yield Way(kind, kind, amount, fields=drawn(step), can_be_saved=keeps)


def _language() -> str:
    return get_language() or "en"


def drawn(step: NextStep) -> CardFields:
    """What a page needs to draw the gateway's fields."""
    values = dict(step.values)
    mount = values.pop("mount", "")
    return CardFields(script_url=step.script_url, mount=mount, values=values)


def scripts_of(ways: Sequence[Way]) -> str:
    """What the page's policy has to allow: the addresses of the gateways' scripts, and after a bar
    what else these talk to."""
    fields = [way.fields for way in ways if way.fields and way.fields.script_url]
    scripts = dict.fromkeys(one.script_url for one in fields)
    others = dict.fromkeys(one.values.get("origins", "") for one in fields)
    return f"{' '.join(scripts)}|{' '.join(filter(None, others))}" if scripts else ""
