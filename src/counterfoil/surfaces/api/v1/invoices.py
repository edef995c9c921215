"""/invoices: drafts, issued invoices, how they stand, and their PDF."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.drafts import NewInvoice
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import DocumentFilter
from counterfoil.flows import issue_invoices, render_document
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Body,
    Currency,
    CustomerId,
    Day,
    DecimalText,
    InvoiceId,
    Minor,
    Moment,
    Shown,
    Text,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut, query_id
from counterfoil.surfaces.api.v1 import invoice_rows
from counterfoil.surfaces.api.v1.parts import Lines, named_customer

router = Router(tags=["invoices"])
