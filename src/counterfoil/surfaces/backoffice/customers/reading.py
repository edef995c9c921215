"""Gathers everything about one customer for their page."""

from uuid import UUID

from django.urls import reverse

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import Rights, givable, preset_of, presets_of, read
from counterfoil.domain.customers.rows import ContactRow, InvitationRow
from counterfoil.domain.customers.writing import invitations
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights import stories
from counterfoil.domain.payments import mandates
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import DocumentFilter, PaymentFilter
from counterfoil.domain.receivables.rows import BalanceRow
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.changes.places import contact_places, linked, places_of
from counterfoil.surfaces.backoffice.changes.reading import change, names_in
from counterfoil.surfaces.backoffice.customers.pages import (
    Balance,
    BalanceLink,
    Contact,
    CustomerPage,
    Invited,
)
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.payments.mandates import mandate_line
from counterfoil.surfaces.backoffice.rows import invoice_row, mail_row, payment_row
from counterfoil.surfaces.backoffice.words import locale_words
from counterfoil.surfaces.ui.context import lines_of
from counterfoil.surfaces.ui.lists import with_query
from counterfoil.surfaces.ui.shell import FormState

NEWEST = 10


def customer_page(
    request: StaffRequest, customer_id: UUID, contact_form: FormState
) -> CustomerPage:
    """The page of one customer; `NotFound` for one that this business does not have."""
    business_id, today = request.business.id, request.today
    with reading(business_id):
        row = customers.customer(business_id, customer_id)
        people = customers.contacts(business_id, [customer_id])
        asked = invitations.invitations(business_id, customer_id)
        owed = receivables.balances(business_id, customer_id, today=today)
        documents = receivables.documents(
            business_id, DocumentFilter(customer_id=customer_id), today=today, limit=NEWEST
        )
        wanted = PaymentFilter(customer_id=customer_id)
        payments = receivables.payments(business_id, wanted, limit=NEWEST)
        mails = stories.mails_of_customer(business_id, customer_id, limit=NEWEST)
        links = identity.balance_links(business_id, customer_id)
        given = mandates.mandates_of(business_id, customer_id)
        about = [customer_id, *(one.id for one in people)]
        changed = audit.records(business_id, objects=about, limit=NEWEST)
        names = names_in(business_id, changed)
    outside, may_give = encode("cus", customer_id), givable(request.member.rights)
    places = places_of(request, names) | contact_places(customer_id, [one.id for one in people])
    return CustomerPage(
        name=row.name,
        email=row.email,
        phone=row.phone,
        tax_id=row.tax_id,
        external_ref=row.external_ref,
        locale=locale_words(row.locale),
        timezone=row.timezone,
        currency=row.currency,
        address=lines_of(row.address),
        contacts=tuple(_contact(customer_id, one) for one in people),
        invited=tuple(
            _invited(one, may_give, has_expired=one.expires_at <= request.at) for one in asked
        ),
        links_url=reverse("backoffice_links", args=[customer_id]),
        balances=balances(owed),
        invoices=tuple(invoice_row(one, today) for one in documents),
        payments=tuple(payment_row(one) for one in payments),
        mails=tuple(mail_row(one, linked=True) for one in mails),
        contact_form=contact_form,
        contact_url=reverse("backoffice_contact_add", args=[customer_id]),
        edit_url=reverse("backoffice_customer_edit", args=[customer_id]),
        see_url=reverse("backoffice_customer_see", args=[customer_id]),
        data_url=reverse("backoffice_customer_data", args=[customer_id]),
        new_invoice_url=reverse("backoffice_invoice_for", args=[customer_id]),
        take_url=reverse("backoffice_payment_take", args=[customer_id]),
        invoices_url=with_query(reverse("backoffice_invoices"), customer=outside),
        payments_url=with_query(reverse("backoffice_payments"), customer=outside),
        credit_url=reverse("backoffice_credit_apply", args=[customer_id]),
        balance_url=reverse("backoffice_balance_send", args=[customer_id]),
        form_key=form_key(),
        balance_links=tuple(
            BalanceLink(
                sent_to=link.sent_to,
                sent_at=link.created_at,
                expires_at=link.expires_at,
                revoke_url=reverse("backoffice_balance_link_revoke", args=[customer_id, link.id]),
            )
            for link in links
            if link.expires_at > request.at
        ),
        presets=presets_of(may_give),
        mandates=tuple(mandate_line(one) for one in given),
        changes=tuple(linked(change(one, names), one, places) for one in changed),
        timeline_url=reverse("backoffice_customer_timeline", args=[customer_id]),
    )


def _contact(customer_id: UUID, one: ContactRow) -> Contact:
    return Contact(
        one.name,
        one.email,
        one.gets_invoices,
        one.gets_receipts,
        one.user_id is not None,
        preset_of(read(one.rights)),
        reverse("backoffice_contact", args=[customer_id, one.id]),
        reverse("backoffice_contact_timeline", args=[customer_id, one.id]),
    )


def _invited(row: InvitationRow, may_give: Rights, *, has_expired: bool) -> Invited:
    again_url = reverse("backoffice_invited_again", args=[row.customer_id, row.id])
    return Invited(
        email=row.email,
        preset=preset_of(read(row.rights)),
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        has_expired=has_expired,
        again_url=again_url if read(row.rights) <= may_give else "",
        withdraw_url=reverse("backoffice_invited_withdraw", args=[row.customer_id, row.id]),
    )


def balances(rows: list[BalanceRow]) -> tuple[Balance, ...]:
    """What is open by currency, with the customer's credit in it."""
    return tuple(
        Balance(
            open=Money(row.open_minor, row.currency),
            open_count=row.open_count,
            overdue=Money(row.overdue_minor, row.currency),
            overdue_count=row.overdue_count,
            oldest_due_date=row.oldest_due_date,
            held=Money(row.held_minor, row.currency),
            asked=Money(row.asked_minor, row.currency),
            credit=Money(row.unapplied_minor, row.currency),
            going_back=Money(row.going_back_minor, row.currency),
        )
        for row in rows
    )
