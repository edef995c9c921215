"""Bank statements to test with: a camt.053 of plain payments, and our account that it is of."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from xml.sax.saxutils import escape

from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.flows.banking.accounts import add_bank_account
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT

IBAN = "DE89370400440532013000"
OTHER_IBAN = "FR1420041010050500013M02606"
PAYER_IBAN = "GB82WEST12345698765432"


@dataclass(frozen=True)
class Booking:
    """One booking: a positive amount came in, in major units."""

    amount: str
    text: str = ""
    reference: str = ""
    name: str = "Alice"
    ref: str = ""
    on: date = date(2026, 3, 2)
    is_reversal: bool = False


def add_account(
    business_id: BusinessId, iban: str = IBAN, currency: str = "EUR", **more: str
) -> UUID:
    """Our account at the bank."""
    new = NewBankAccount("Harrow Water Ltd", currency, iban=iban, bank_name="Main Bank", **more)
    return add_bank_account(business_id, new, at=AT)


def statement(*bookings: Booking, iban: str = IBAN, currency: str = "EUR") -> bytes:
    """A statement with these bookings, each with a reference of the bank's own."""
    entries = "".join(_entry(one, currency, number) for number, one in enumerate(bookings, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-03T08:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S1</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _entry(one: Booking, currency: str, number: int) -> str:
    sign, amount = ("DBIT", one.amount[1:]) if one.amount.startswith("-") else ("CRDT", one.amount)
    side = "Cdtr" if sign == "DBIT" else "Dbtr"
    ref = one.ref or f"B{number}"
    structured = (
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        f"<Ref>{one.reference}</Ref></CdtrRefInf></Strd>"
        if one.reference
        else ""
    )
    text = f"<Ustrd>{escape(one.text)}</Ustrd>" if one.text else ""
    reversal = "<RvslInd>true</RvslInd>" if one.is_reversal else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{reversal}'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{one.on}</Dt></BookgDt><AcctSvcrRef>{ref}"
        f"</AcctSvcrRef><NtryDtls><TxDtls><Refs><AcctSvcrRef>{ref}</AcctSvcrRef></Refs>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><RltdPties><{side}>'
        f"<Pty><Nm>{escape(one.name)}</Nm></Pty></{side}><{side}Acct><Id><IBAN>{PAYER_IBAN}</IBAN>"
        f"</Id></{side}Acct></RltdPties><RmtInf>{text}{structured}</RmtInf></TxDtls></NtryDtls>"
        "</Ntry>"
    )


def reference_of(business_id: BusinessId, invoice_id: UUID) -> str:
    """The RF reference that the invoice's transfers are told by."""
    with reading(business_id):
        return str(
            execute(
                "SELECT creditor_ref FROM receivables_openitem WHERE business_id = %(b)s::uuid "
                "AND id = %(id)s::uuid",
                {"b": business_id, "id": invoice_id},
            )[0][0]
        )
