"""The bank statements of the demo, as a bank would send them: camt.053 (ISO 20022)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape

from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.kernel.money import Money

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{on}T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{name}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{entries}</Stmt></BkToCstmrStmt></Document>
"""
_ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>
<NtryDtls><TxDtls><RltdPties><{side}><Pty><Nm>{payer}</Nm></Pty></{side}></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""


@dataclass(frozen=True, slots=True)
class Booking:
    """Money that came to the account, or (below zero) left it: how much, from or to whom, with
    which words; when, if not on the statement's own day."""

    amount: Money
    payer: str
    text: str
    on: date | None = None


def statement(account: NewBankAccount, at: datetime, bookings: Sequence[Booking]) -> bytes:
    """The statement of a moment, after which it is called."""
    name, on = f"{at:%Y%m%d%H%M}", at.date()
    entries = [
        _ENTRY.format(
            currency=one.amount.currency,
            amount=abs(one.amount.decimal),
            sign="DBIT" if one.amount.minor < 0 else "CRDT",
            side="Cdtr" if one.amount.minor < 0 else "Dbtr",
            on=one.on or on,
            ref=f"{name}-{place:03}",
            payer=escape(one.payer),
            text=escape(one.text),
        )
        for place, one in enumerate(bookings, start=1)
    ]
    iban = account.iban.replace(" ", "")
    return _DOCUMENT.format(
        name=name, on=on, iban=iban, currency=account.currency, entries="".join(entries)
    ).encode()
