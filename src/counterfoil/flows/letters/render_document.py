"""Documents as PDF: made once, stored, and the same file for everybody ever after."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import override

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.rows import CreditNoteHead, InvoiceHead
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.documents import assembly, operations, queries, rendering
from counterfoil.domain.documents.assembly import Lines
from counterfoil.domain.documents.codes import code_of
from counterfoil.domain.documents.rows import DocumentKey
from counterfoil.domain.documents.swiss.bill import Purpose, party_of
from counterfoil.domain.documents.transfers import draw, svg, transfer_to
from counterfoil.domain.documents.values import BankDetails, Brand, Genuine
from counterfoil.domain.notifications.words import method_name
from counterfoil.domain.payments import queries as queries_of_payments
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import AttemptState, RefundState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.flows.addresses import genuine_url, invoice_url
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money


def invoice_pdf(
    business_id: BusinessId, invoice_id: UUID, *, at: datetime, locale: str | None = None
) -> bytes:
    """An invoice as it was issued, whatever was paid since; in its customer's language unless told
    otherwise. A draft gets a preview that is not stored. `NotFound` if there is no such invoice."""
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        customer = customers.customer(business_id, head.customer_id)
    wanted = assembly.known_locale(locale or customer.locale)
    if head.state == DocumentState.DRAFT:
        return _preview(business_id, head, wanted, at)

    def make(brand: Brand) -> bytes:
        try:
            hosted_url = invoice_url(business_id, head.number)
        except NotFound:  # a business that is reached by its API only
            hosted_url = ""
        document = assembly.invoice_document(
            replace(brand, bank=_bank(business_id, head)),
            head,
            _invoice_lines(business_id, head),
            hosted_url=hosted_url,
        )
        return rendering.render_invoice(document, locale=wanted)

    return _made_once(business_id, DocumentKey("invoice", invoice_id, wanted), make, at)


def receipt_pdf(
    business_id: BusinessId, attempt_id: UUID, *, at: datetime, locale: str | None = None
) -> bytes:
    """The receipt of a payment that arrived; `NotFound` for any other. After a refund there is
    another one, that says so; the first stays as it was."""
    with reading(business_id):
        payment = receivables.payment(business_id, attempt_id)
        given = _given_back(business_id, payment) if payment.refunded_minor else []
        customer = customers.customer(business_id, payment.customer_id)
    if payment.state != AttemptState.SUCCEEDED:
        raise NotFound
    wanted = assembly.known_locale(locale or customer.locale)

    def make(brand: Brand) -> bytes:
        method = method_name(
            payment.instrument_kind, payment.instrument_brand, payment.instrument_last4
        )
        document = assembly.receipt_document(brand, payment, customer, method=method)
        return rendering.render_receipt(document, locale=wanted)

    source_id = given[-1].id if given else attempt_id
    return _made_once(business_id, DocumentKey("receipt", source_id, wanted), make, at)


def _given_back(business_id: BusinessId, payment: PaymentRow) -> list[RefundRow]:
    """The refunds that were sent, the newest last."""
    sent = [
        one for one in queries_of_payments.refunds_of(business_id, [payment.id])
        if one.state == RefundState.SUCCEEDED and one.finished_at
    ]  # fmt: skip
    return sorted(sent, key=lambda one: (one.finished_at or one.created_at, one.id))


def credit_note_for(
    business_id: BusinessId,
    credit_note_id: UUID,
    customer_id: UUID,
    invoice_id: UUID | None,
    *,
    at: datetime,
) -> tuple[bytes, str]:
    """A credit note and its number, for a reader who may see this customer's, and with
    `invoice_id` only those against that invoice; anything else is `NotFound`."""
    with reading(business_id):
        head = billing.credit_note(business_id, credit_note_id)
    if head.customer_id != customer_id or (invoice_id and head.invoice_id != invoice_id):
        raise NotFound
    return _credit_note(business_id, head, at), head.number


def credit_note_pdf(
    business_id: BusinessId, credit_note_id: UUID, *, at: datetime, locale: str
) -> tuple[bytes, str]:
    """A credit note in this language, and its number; `NotFound` if there is no such one."""
    with reading(business_id):
        head = billing.credit_note(business_id, credit_note_id)
    return _credit_note(business_id, head, at, locale), head.number


def _credit_note(
    business_id: BusinessId, head: CreditNoteHead, at: datetime, locale: str | None = None
) -> bytes:
    with reading(business_id):
        customer = customers.customer(business_id, head.customer_id)
        against = billing.invoice(business_id, head.invoice_id) if head.invoice_id else None
    wanted = assembly.known_locale(locale or customer.locale)

    def make(brand: Brand) -> bytes:
        with reading(business_id):
            lines = Lines(
                billing.credit_note_lines(business_id, head.id),
                billing.credit_note_taxes(business_id, head.id),
            )
        number = against.number if against else ""
        document = assembly.credit_note_document(brand, head, lines, invoice_number=number)
        return rendering.render_credit_note(document, locale=wanted)

    return _made_once(business_id, DocumentKey("credit_note", head.id, wanted), make, at)


def _preview(business_id: BusinessId, head: InvoiceHead, locale: str, at: datetime) -> bytes:
    with reading(business_id):
        customer = customers.customer(business_id, head.customer_id)
    today = local_date(at, businesses.by_id(business_id).timezone)
    with override(locale):
        document = assembly.preview_document(
            _brand(business_id), head, _invoice_lines(business_id, head), customer, today=today
        )
        return rendering.render_invoice(document, locale=locale)


def _made_once(
    business_id: BusinessId, key: DocumentKey, make: Callable[[Brand], bytes], at: datetime
) -> bytes:
    """The stored file if it is there and unchanged; else made outside any transaction and kept."""
    with reading(business_id):
        row = queries.stored(business_id, key)
    content = queries.content_of(row) if row else None
    if content is not None:
        return content
    with override(key.locale):
        made = make(replace(_brand(business_id), genuine=_genuine(business_id, key)))
    return operations.keep(business_id, key, made, at=at)


def _genuine(business_id: BusinessId, key: DocumentKey) -> Genuine | None:
    """How to ask whether the document is genuine; None where the business has no page to ask at."""
    code = code_of(business_id, key.kind, key.source_id)
    try:
        link = genuine_url(business_id, code)
    except NotFound:
        return None
    address = link.partition("://")[2].removesuffix(f"/{code}")
    return Genuine(address, link, code, svg(draw("link", link)))


def _invoice_lines(business_id: BusinessId, head: InvoiceHead) -> Lines:
    with reading(business_id):
        lines = billing.lines(business_id, head.id)
        return Lines(lines, billing.taxes(business_id, head.id))


def _bank(business_id: BusinessId, head: InvoiceHead) -> BankDetails | None:
    """Our account in the invoice's currency, with its reference; None where there is none."""
    business = businesses.by_id(business_id)
    with reading(business_id):
        accounts = businesses.bank_accounts(business_id)
        references = receivables.references(business_id, head.id)
    account = next((a for a in accounts if a.is_active and a.currency == head.currency), None)
    if account is None or references is None:
        return None
    billed = head.billed_to
    transfer = transfer_to(
        account,
        Money(head.total_minor, head.currency),
        creditor_ref=references.creditor_ref,
        qr_ref=references.qr_ref,
        address=business.address,
        purpose=Purpose(
            party_of(str(billed.get("name", "")), billed.get("address") or {}),
            head.number,
        ),
    )
    return assembly.bank_of(transfer)


def _brand(business_id: BusinessId) -> Brand:
    found = businesses.logo(business_id)
    return assembly.brand_of(businesses.by_id(business_id), found[0] if found else None)
