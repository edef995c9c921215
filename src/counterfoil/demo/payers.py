"""How the demo's customers pay: with tokens of real test cards, through the same flow as pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from counterfoil.demo.cast import Party
from counterfoil.demo.sandbox import Sandbox
from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import ContactRow
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows import pay_invoices, resolve_uncertain
from counterfoil.flows.arrangements import plan_payment
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.flows.debits.offer_mandates import Consent, offered_mandates
from counterfoil.flows.methods import add_method
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

LOST_ANSWER_CARD = "4000000000009979"
CHALLENGED_CARD = "4000002500003155"
ASKED_AGAIN_AFTER = timedelta(minutes=2)


@dataclass
class Payers:
    """The customers of one business at the gateway; `origin` is where its portal answers."""

    business_id: BusinessId
    sandbox: Sandbox
    origin: str
    payments: int = 0
    _contacts: dict[UUID, list[ContactRow]] = field(default_factory=dict)
    _ids: dict[str, UUID] = field(default_factory=dict)

    def meet(self, ids: Mapping[str, UUID]) -> None:
        """Learns who the contacts of the customers are."""
        self._ids = dict(ids)
        with reading(self.business_id):
            rows = customers.contacts(self.business_id, list(ids.values()))
        self._contacts = {}
        for row in sorted(rows, key=lambda one: one.id):
            self._contacts.setdefault(row.customer_id, []).append(row)

    def contact(self, key: str, which: int = 0) -> ContactRow:
        """A person of a customer; the first one unless another is asked for."""
        people = self._contacts[self._ids[key]]
        return people[which % len(people)]

    def pay(  # noqa: PLR0913  the facts of a payment
        self,
        party: Party,
        invoices: Sequence[IssuedInvoice],
        *,
        at: datetime,
        card: str = "",
        share: int = 100,
        more: int = 0,
        fee: int | None = None,
        which: int = 0,
        has_wallet: bool = False,
    ) -> AttemptRow | None:
        """Pays what the invoices still have open (`share` percent of it, and `more` minor units on
        top that become credit, or a `fee` for paying so); None if nothing is open any more."""
        with reading(self.business_id):
            items = receivables.items(self.business_id, [one.id for one in invoices])
        parts = tuple(
            (item.id, max(1, item.open_minor * share // 100))
            for item in items.values()
            if item.open_minor
        )
        if not parts:
            return None
        self.payments += 1
        person = self.contact(party.key, which)
        there = self.sandbox
        token = there.wallet_token() if has_wallet else there.token(card or party.card)
        command = pay_invoices.PayCommand(
            customer_id=invoices[0].customer_id,
            currency=invoices[0].currency,
            source=token,
            method=MethodKind.WALLET if has_wallet else MethodKind.CARD,
            parts=tuple(sorted(parts)),
            form_key=f"demo-{self.payments}",
            site=self.origin,
            payer=person.email,
            locale=party.locale,
            amount_minor=sum(amount for _, amount in parts) + more if more else None,
            fee_minor=fee,
        )
        by = Actor(ActorKind.CONTACT, str(person.id), person.name)
        return pay_invoices.start(self.business_id, command, by=by, at=at, quiet=True)

    def plan(
        self, party: Party, invoice: IssuedInvoice, on: date, *, at: datetime, card: str = ""
    ) -> UUID:
        """Saves a card, and has an invoice paid with it on a day to come; returns the plan."""
        person = self.contact(party.key)
        by = Actor(ActorKind.CONTACT, str(person.id), person.name)
        self.payments += 1
        method_id = add_method.add(
            self.business_id,
            invoice.customer_id,
            source=self.sandbox.token(card or party.card),
            form_key=f"demo-save-{self.payments}",
            by=by,
            at=at,
        )
        with reading(self.business_id):
            item = receivables.items(self.business_id, [invoice.id])[invoice.id]
        command = PlanCommand(
            customer_id=invoice.customer_id,
            currency=invoice.currency,
            parts=((invoice.id, item.open_minor),),
            pay_date=on,
            timezone=party.timezone,
            form_key=f"demo-plan-{self.payments}",
            payer=person.email,
            locale=party.locale,
            method_id=method_id,
        )
        return plan_payment.plan(self.business_id, command, by=by, at=at)

    def debit(
        self,
        party: Party,
        invoices: Sequence[IssuedInvoice],
        iban: str,
        account: Account,
        *,
        at: datetime,
    ) -> AttemptRow | None:
        """Pays from a bank account, on a mandate that is given with the payment; None where no
        mandate is offered in this currency, or nothing is open any more."""
        self.payments += 1
        key = f"demo-debit-{self.payments}"
        offered = offered_mandates(
            businesses.by_id(self.business_id),
            account,
            invoices[0].currency,
            form_key=key,
            locale=party.locale,
        )
        with reading(self.business_id):
            items = receivables.items(self.business_id, [one.id for one in invoices])
        parts = tuple((one.id, one.open_minor) for one in items.values() if one.open_minor)
        if not offered or not parts:
            return None
        person = self.contact(party.key)
        command = pay_invoices.PayCommand(
            customer_id=invoices[0].customer_id,
            currency=invoices[0].currency,
            source=self.sandbox.bank_token(party.name, iban),
            parts=parts,
            form_key=key,
            site=self.origin,
            payer=person.email,
            locale=party.locale,
            debit=Consent(offered[0].scheme, offered[0].text.digest, "127.0.0.1", "Demo"),
        )
        by = Actor(ActorKind.CONTACT, str(person.id), person.name)
        return pay_invoices.start(self.business_id, command, by=by, at=at, quiet=True)

    def pay_with_a_lost_answer(
        self, party: Party, invoices: Sequence[IssuedInvoice], *, at: datetime
    ) -> None:
        """Pays while the gateway's answer is lost; asked again, it says that the money came."""
        attempt = self.pay(party, invoices, at=at, card=LOST_ANSWER_CARD)
        if attempt is not None:
            later = at + ASKED_AGAIN_AFTER
            resolve_uncertain.resolve(self.business_id, attempt.id, at=later, quiet=True)
