"""Small statements of our own, one per format, that add up; tests change one thing in them."""

IBAN = "CH9300762011623852957"  # the example of the register
OTHER_IBAN = "DE89370400440532013000"
QRR = "210000000003139471430009017"
RF = "RF18539007547034"
OGM = "090933755493"


def party(name="Erika Muster", account=OTHER_IBAN, side="Dbtr", version="08"):
    named = f"<Pty><Nm>{name}</Nm></Pty>" if version == "08" else f"<Nm>{name}</Nm>"
    return (
        f"<RltdPties><{side}>{named}</{side}><{side}Acct><Id><IBAN>{account}</IBAN></Id>"
        f"</{side}Acct></RltdPties>"
    )


def part(amount="", refs="", parties="", remittance="", more="", sign=""):
    told = f'<Amt Ccy="CHF">{amount}</Amt>' if amount else ""
    told += f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else ""
    info = f"<RmtInf>{remittance}</RmtInf>" if remittance else ""
    return f"<TxDtls><Refs>{refs}</Refs>{told}{parties}{info}{more}</TxDtls>"


def entry(amount="10.00", sign="CRDT", ref="B1", details="", **other):
    state = other.get("state", "<Sts><Cd>BOOK</Cd></Sts>")
    dates = other.get(
        "dates",
        "<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-03</Dt></ValDt>",
    )
    servicer = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    inner = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return (
        f'<Ntry><Amt Ccy="{other.get("currency", "CHF")}">{amount}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd>{other.get('reversal', '')}{state}{dates}{servicer}"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        f"</BkTxCd>{inner}{other.get('note', '')}</Ntry>\n"
    )


def balance(kind, amount, sign="CRDT", on="2026-03-31", currency="CHF"):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def camt_statement(*entries, opening="100.00", closing="110.00", ref="S1", more=""):
    balances = balance("OPBD", opening, on="2026-03-01") if opening else ""
    balances += balance("CLBD", closing) if closing else ""
    return (
        f"<Stmt><Id>{ref}</Id><ElctrncSeqNb>7</ElctrncSeqNb>"
        f"<FrToDt><FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-31T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>CHF</Ccy>"
        f"<Svcr><FinInstnId><BICFI>POFICHBEXXX</BICFI></FinInstnId></Svcr></Acct>"
        f"{balances}{more}{''.join(entries)}</Stmt>"
    )


def camt(*statements, kind="3", version="08", encoding="UTF-8", prolog="", prefix=""):
    """A message; the texts given as statements are wrapped as camt.052, .053 or .054 has it."""
    message, own = {
        "2": ("BkToCstmrAcctRpt", "Rpt"),
        "3": ("BkToCstmrStmt", "Stmt"),
        "4": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    inner = "".join(statements).replace("<Stmt>", f"<{own}>").replace("</Stmt>", f"</{own}>")
    body = f"<{message}><GrpHdr><MsgId>M1</MsgId></GrpHdr>{inner}</{message}>"
    if prefix:
        body = body.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:")
        body = body.replace(f"<{prefix}:/{prefix}:", f"</{prefix}:")
    tag, declared = (f"{prefix}:Document", f"xmlns:{prefix}") if prefix else ("Document", "xmlns")
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n{prolog}'
        f'<{tag} {declared}="urn:iso:std:iso:20022:tech:xsd:camt.05{kind}.001.{version}">\n'
        f"{body}\n</{tag}>\n"
    )
    return text.encode(encoding)


def mt940(*lines, opening="C260301EUR100,00", closing="C260331EUR110,00", **other):
    """One message; `lines` are the fields between its balances."""
    kind = other.get("page", "F")
    text = "\n".join(
        [
            ":20:STARTUMS",
            f":25:{other.get('account', '37040044/532013000')}",
            f":28C:{other.get('number', '00007/001')}",
            f":60{kind[0]}:{opening}",
            *lines,
            f":62{kind[-1]}:{closing}",
            "-",
            "",
        ]
    )
    return text.encode(other.get("encoding", "utf-8"))


CREDIT = (
    ":61:2603020302CR10,00NTRFNONREF//B1",
    ":86:166?00GUTSCHRIFT?109075?20EREF+E2E-1?21SVWZ+INV-2026-00001?30DEUTDEDB",
    f"237?31{OTHER_IBAN}?32Erika Mu?33ster",
)


def ofx(*entries, header=None, currency="EUR", balance="110.00", account="123456"):
    """OFX 1.x in SGML: values without closing tags."""
    head = header
    if head is None:
        head = (
            "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\n"
            "CHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
        )
    return (
        f"{head}<OFX>\n<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0\n<SEVERITY>INFO\n</STATUS>"
        f"<DTSERVER>20260331\n<LANGUAGE>ENG\n</SONRS></SIGNONMSGSRSV1>\n"
        f"<BANKMSGSRSV1><STMTTRNRS><TRNUID>1\n<STMTRS><CURDEF>{currency}\n"
        f"<BANKACCTFROM><BANKID>37040044\n<ACCTID>{account}\n<ACCTTYPE>CHECKING\n</BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>20260301\n<DTEND>20260331\n{''.join(entries)}</BANKTRANLIST>\n"
        f"<LEDGERBAL><BALAMT>{balance}\n<DTASOF>20260331\n</LEDGERBAL>\n"
        f"</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n</OFX>\n"
    ).encode("cp1252")


def ofx_entry(amount="10.00", ref="F1", posted="20260302", more="<MEMO>INV-2026-00001\n"):
    return (
        f"<STMTTRN><TRNTYPE>CREDIT\n<DTPOSTED>{posted}\n<TRNAMT>{amount}\n<FITID>{ref}\n"
        f"<NAME>Erika Muster\n{more}</STMTTRN>\n"
    )


def bai2(*records, opening="10000", closing="11000", currency="USD", **other):
    """One account in one group; the control sums and counts are right unless given."""
    inner = [f"03,123456,{currency},010,{opening},,,015,{closing},,/", *records]
    amounts = [int(opening), int(closing)]
    amounts += [int(one.split(",")[2]) for one in records if one.startswith("16,")]
    total = other.get("total", sum(amounts))
    count = other.get("count", len(inner) + 1)
    text = [
        "01,BANK,US,260331,0800,1,80,1,2/",
        f"02,US,BANK,{other.get('status', '1')},260331,,{currency},{other.get('modifier', '2')}/",
        *inner,
        f"49,{total},{count}/",
        f"98,{total},1,{len(inner) + 3}/",
        f"99,{total},1,{len(inner) + 5}/",
        "",
    ]
    return "\n".join(text).encode()


CSV = (
    "Buchungsdatum;Valuta;Buchungstext;Belastung CHF;Gutschrift CHF;Saldo CHF\n"
    "03.03.2026;03.03.2026;Gebühr;5.00;;105.00\n"
    "02.03.2026;02.03.2026;Zahlung INV-2026-00001;;10.00;110.00\n"
)
