"""Mandates: recorded, committed, set up, and only then charged on; never twice, never after their
end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.payments import mandates
from counterfoil.flows.debits import resolve_mandate
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.debits.offer_mandates import MandateChanged
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.mandates import DebitScheme, MandateOutcome, MandateState
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from factories.businesses import AT
from factories.payments import pay
from flows.debits.scripted import SETTLES, DebitGateway, active
from ledger_text import counts, events, trial_balance


def given(business, customer):
    with reading(business):
        return mandates.mandates_of(business, customer)


def test_a_first_debit_sets_the_mandate_up_and_charges_on_it(
    business, customer, issued, gateway, bank, pay_by_debit
):
    attempt = pay_by_debit(issued())

    (mandate,) = given(business, customer)
    assert (attempt.state, attempt.settles_date, attempt.mandate_id) == (
        "processing", SETTLES, mandate.id
    )  # fmt: skip
    assert (mandate.state, mandate.last4, mandate.holder, mandate.country) == (
        "active", "3000", "Alice Account", "DE"
    )  # fmt: skip
    assert mandate.source_ref == "pm_giro"
    (charge,) = gateway.charges
    assert (charge.mandate, charge.method, charge.save) == (
        mandate.gateway_ref, MethodKind.BANK_DEBIT, True
    )  # fmt: skip
    assert [one for one in events(business) if one.startswith(("mandate", "payment"))] == [
        "mandate.activated", "payment.processing"
    ]  # fmt: skip
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


def test_the_mandate_is_kept_as_it_was_shown_with_its_evidence(
    business, customer, issued, bank, pay_by_debit
):
    pay_by_debit(issued())

    (mandate,) = given(business, customer)
    (asked,) = bank.requests
    assert (mandate.accepted_by, mandate.ip_address, mandate.user_agent, mandate.locale) == (
        "alice@example.com", "192.0.2.7", "Mozilla/5.0", "en"
    )  # fmt: skip
    assert (mandate.creditor_name, mandate.creditor_ref) == (
        "Harrow Water Ltd", "DE98ZZZ09999999999"
    )  # fmt: skip
    assert mandate.text.startswith("SEPA Direct Debit Mandate\n\nCreditor: Harrow Water Ltd\n")
    assert f"Mandate reference: {mandate.reference}" in mandate.text
    assert "within 8 weeks" in mandate.text
    assert (asked.reference, asked.scheme, asked.customer) == (
        mandate.reference, DebitScheme.SEPA_CORE, encode("cus", customer)
    )  # fmt: skip
    assert asked.evidence == {
        "ip_address": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
        "accepted_by": "alice@example.com",
        "locale": "en",
    }


def test_the_same_form_twice_is_one_mandate_and_one_debit(
    business, customer, issued, gateway, bank, consent
):
    invoice = issued()
    form = {"source": "account", "form_key": "form-1", "debit": consent("form-1")}

    first, again = pay(business, invoice, **form), pay(business, invoice, **form)

    assert first.id == again.id
    assert (len(given(business, customer)), len(bank.requests), len(gateway.charges)) == (1, 1, 1)


def test_a_known_account_is_charged_without_naming_it_again(
    business, customer, issued, gateway, bank, pay_by_debit
):
    pay_by_debit(issued())
    (mandate,) = given(business, customer)

    attempt = pay(business, issued(), source="", debit=mandate.id)

    assert (attempt.state, attempt.mandate_id) == ("processing", mandate.id)
    assert [(one.source, one.mandate, one.save) for one in gateway.charges] == [
        ("account", mandate.gateway_ref, True), ("pm_giro", mandate.gateway_ref, False)
    ]  # fmt: skip
    assert len(bank.requests) == 1


def test_another_customers_mandate_is_not_found(
    business, customer, other_customer, issued, gateway, pay_by_debit
):
    pay_by_debit(issued())
    (mandate,) = given(business, customer)
    from factories.invoices import issued_invoice

    theirs = issued_invoice(business, other_customer)
    before = counts(business)
    with pytest.raises(NotFound):
        pay(business, theirs, source="", debit=mandate.id)
    assert counts(business) == before
    assert len(gateway.charges) == 1


@pytest.mark.parametrize("form_key", ["another form", "form-1"])
def test_a_mandate_that_was_not_shown_is_not_taken(business, issued, gateway, consent, form_key):
    shown = consent("form-1", locale="de" if form_key == "form-1" else "en")
    invoice = issued()
    before = counts(business)

    with pytest.raises(MandateChanged):
        pay(business, invoice, source="account", form_key=form_key, debit=shown)

    assert counts(business) == before
    assert gateway.charges == []


def test_a_scheme_that_is_not_switched_on_is_not_taken(business, issued, gateway, consent):
    shown = consent("form-1")
    from dataclasses import replace

    with pytest.raises(MandateChanged):
        pay(
            business, issued(), source="account", form_key="form-1",
            debit=replace(shown, scheme=DebitScheme.SEPA_B2B),
        )  # fmt: skip


def test_an_answer_that_was_lost_is_looked_up_and_the_debit_goes_on(
    business, customer, issued, gateway, bank, pay_by_debit
):
    attempt = pay_by_debit(issued(), source="mandate-lost")

    (mandate,) = given(business, customer)
    assert (attempt.state, mandate.state) == ("processing", "active")
    assert (len(bank.requests), len(gateway.charges)) == (1, 1)


def test_a_mandate_nobody_knows_of_charges_nothing_and_is_found_out(
    business, customer, issued, gateway, bank, pay_by_debit
):
    invoice = issued()
    attempt = pay_by_debit(invoice, source="mandate-vanished")

    (mandate,) = given(business, customer)
    assert (attempt.state, attempt.failure_code, mandate.state) == (
        "cancelled", "not_sent", "unknown"
    )  # fmt: skip
    assert gateway.charges == []
    bank.mandates[mandate.reference] = active(mandate.reference)
    assert resolve_mandate.sweep(business, at=AT + timedelta(minutes=2)) == 1
    assert given(business, customer)[0].state == "active"
    assert gateway.charges == []
    assert pay(business, invoice).state == "succeeded"


def test_absence_proves_nothing_in_the_first_minute(business, customer, issued, bank, pay_by_debit):
    pay_by_debit(issued(), source="mandate-vanished")
    (mandate,) = given(business, customer)

    resolve_mandate.resolve_mandate(business, mandate.id, at=AT + timedelta(seconds=50))
    assert given(business, customer)[0].state == "unknown"
    resolve_mandate.resolve_mandate(business, mandate.id, at=AT + timedelta(seconds=90))
    ended = given(business, customer)[0]
    assert (ended.state, ended.end_reason, ended.next_check_at) == ("failed", "not_sent", None)


def test_a_mandate_that_is_refused_charges_nothing_and_says_so(
    business, customer, issued, gateway, pay_by_debit
):
    attempt = pay_by_debit(issued(), source="mandate-refused")

    assert (attempt.state, attempt.failure_code) == ("failed", "debit_not_authorised")
    assert given(business, customer)[0].state == "failed"
    assert gateway.charges == []


def test_a_gateway_that_is_down_starts_nothing(
    business, customer, issued, gateway, bank, pay_by_debit
):
    bank.is_down = True
    attempt = pay_by_debit(issued())

    assert (attempt.state, attempt.failure_code) == ("cancelled", "not_sent")
    assert gateway.charges == []


def test_a_revoked_mandate_is_never_charged(
    business, customer, issued, gateway, bank, pay_by_debit
):
    pay_by_debit(issued())
    (mandate,) = given(business, customer)
    end_mandate(business, mandate.id, customer_id=customer, at=AT, by=SYSTEM)

    invoice = issued()
    before = counts(business)
    with pytest.raises(mandates.MandateEnded):
        pay(business, invoice, source="", debit=mandate.id)

    assert counts(business) == before
    assert (len(gateway.charges), bank.revoked) == (1, [mandate.reference])


def test_a_mandate_revoked_between_claim_and_call_is_not_charged(
    business, customer, issued, gateway, pay_by_debit, monkeypatch
):
    pay_by_debit(issued())
    (mandate,) = given(business, customer)
    from counterfoil.flows import pay_invoices

    recorded = pay_invoices.return_url

    def revoked_meanwhile(*args, **more):
        end_mandate(business, mandate.id, customer_id=customer, at=AT, by=SYSTEM)
        return recorded(*args, **more)

    monkeypatch.setattr(pay_invoices, "return_url", revoked_meanwhile)
    invoice = issued()
    attempt = pay(business, invoice, source="", debit=mandate.id)

    assert (attempt.state, attempt.failure_code) == ("failed", "debit_not_authorised")
    assert len(gateway.charges) == 1
    monkeypatch.undo()
    assert pay(business, invoice).state == "succeeded"


def test_a_gateway_that_repeats_its_failure_is_asked_whether_it_has_ended(
    business, customer, issued, gateway, bank, pay_by_debit, monkeypatch
):
    """It ended the mandate, said 500, and says so again whenever our key comes."""
    pay_by_debit(issued())
    (mandate,) = given(business, customer)

    def failing(_self, _account, reference, _gateway_ref):
        bank.revoked.append(reference)
        return MandateOutcome(reference, MandateState.UNKNOWN)

    monkeypatch.setattr(DebitGateway, "revoke", failing)
    end_mandate(business, mandate.id, customer_id=customer, at=AT, by=SYSTEM)
    resolve_mandate.sweep(business, at=AT + timedelta(hours=1))
    assert given(business, customer)[0].next_check_at is not None  # it stands there still

    bank.mandates[mandate.reference] = replace(
        active(mandate.reference), state=MandateState.REVOKED
    )
    resolve_mandate.sweep(business, at=AT + timedelta(hours=9))

    assert given(business, customer)[0].next_check_at is None
    assert len(bank.revoked) == 3


def test_the_gateway_is_told_of_an_end_until_it_has_heard(
    business, customer, issued, gateway, bank, pay_by_debit
):
    pay_by_debit(issued())
    (mandate,) = given(business, customer)
    bank.is_down = True
    ended = end_mandate(business, mandate.id, customer_id=customer, at=AT, by=SYSTEM)
    assert (ended.state, ended.end_reason) == ("revoked", "revoked_by_payer")
    assert ended.next_check_at is not None

    bank.is_down = False
    assert resolve_mandate.sweep(business, at=AT + timedelta(hours=1)) == 1
    assert bank.revoked == [mandate.reference]
    assert given(business, customer)[0].next_check_at is None
    assert resolve_mandate.sweep(business, at=AT + timedelta(hours=9)) == 0


def test_only_its_own_customer_takes_a_mandate_back(
    business, customer, other_customer, issued, pay_by_debit
):
    pay_by_debit(issued())
    (mandate,) = given(business, customer)
    with pytest.raises(NotFound):
        end_mandate(business, mandate.id, customer_id=other_customer, at=AT, by=SYSTEM)
    assert given(business, customer)[0].state == MandateState.ACTIVE


def test_a_crash_before_the_call_frees_the_invoice_and_charges_nothing(
    business, customer, issued, gateway, pay_by_debit, monkeypatch
):
    from counterfoil.flows import pay_invoices

    def killed(*args, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(pay_invoices, "debit", killed)
    invoice = issued()
    with pytest.raises(KeyboardInterrupt):
        pay_by_debit(invoice)
    monkeypatch.undo()
    (mandate,) = given(business, customer)
    from counterfoil.domain.payments import queries

    with reading(business):
        attempt = queries.attempt_of_form(business, "form-1")
    later = AT + timedelta(minutes=2)
    assert resolve(business, attempt.id, at=later).state == "cancelled"
    resolve_mandate.resolve_mandate(business, mandate.id, at=later)
    assert given(business, customer)[0].state == "failed"
    assert gateway.charges == []


def test_one_that_was_given_is_not_taken_back_for_want_of_being_given(
    business, customer, issued, bank, pay_by_debit
):
    """A network that looks at it again says `pending` of it, however old it is."""
    pay_by_debit(issued())
    (mandate,) = given(business, customer)
    bank.mandates[mandate.reference] = replace(
        active(mandate.reference), state=MandateState.PENDING
    )
    later = AT + timedelta(days=15)
    mandates.plan_mandate_check(business, mandate.id, next_check_at=later)

    for minutes in (0, 60):
        resolve_mandate.sweep(business, at=later + timedelta(minutes=minutes))

    assert (given(business, customer)[0].state, bank.revoked) == ("active", [])
