"""camt.052, .053 and .054: entries and their parts, parties, references, balances."""

from datetime import date

import pytest

from adapters.banks.samples import (
    IBAN,
    OGM,
    OTHER_IBAN,
    QRR,
    RF,
    balance,
    camt,
    camt_statement,
    entry,
    part,
    party,
)
from counterfoil.adapters.banks.camt.reader import CamtReader
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    Balance,
    BankAccount,
    Batch,
    LineState,
    ProblemCode,
    StatementProblem,
    StatementRefused,
)
from counterfoil.kernel.references import Reference, ReferenceKind

READER = CamtReader()


def read(content):
    assert READER.sniff(content)
    return READER.read(content)


def one(content):
    """The one statement of a file, and the codes of its problems."""
    found = read(content)
    (statement,) = found.statements
    return statement, [problem.code for problem in found.problems]


def line(*entries, **other):
    statement, problems = one(camt(camt_statement(*entries, opening="", closing="", **other)))
    assert problems == []
    (found,) = statement.lines
    return found


def francs(minor):
    return Money(minor, "CHF")


def test_statement_with_all_that_it_says():
    details = part(
        refs="<AcctSvcrRef>T1</AcctSvcrRef><EndToEndId>E2E-1</EndToEndId>",
        parties=party(),
        remittance="<Ustrd>INV-2026-00001</Ustrd>",
    )
    found = read(camt(camt_statement(entry(details=details))))
    assert (found.format, found.problems) == ("camt.053", ())
    (statement,) = found.statements
    assert statement.account == BankAccount(iban=IBAN, bank="POFICHBEXXX")
    assert (statement.currency, statement.ref, statement.sequence) == ("CHF", "S1", "7")
    assert (statement.from_date, statement.to_date) == (date(2026, 3, 1), date(2026, 3, 31))
    assert statement.opening == Balance(francs(10000), date(2026, 3, 1))
    assert statement.closing == Balance(francs(11000), date(2026, 3, 31))
    assert statement.pending == ()
    (told,) = statement.lines
    assert len(told.ref) == 32
    assert (told.place, told.booked_date, told.value_date) == (
        1, date(2026, 3, 2), date(2026, 3, 3)
    )  # fmt: skip
    assert told.amount == francs(1000)
    assert told.counterparty == "Erika Muster"
    assert told.counterparty_account == BankAccount(iban=OTHER_IBAN)
    assert (told.remittance, told.reference) == ("INV-2026-00001", None)
    assert (told.end_to_end_ref, told.bank_ref, told.code) == ("E2E-1", "B1", "PMNT-RCDT-ESCT")
    assert (told.batch, told.is_reversal, told.state) == (None, False, LineState.BOOKED)


@pytest.mark.parametrize("version", ["02", "04", "08", "10"])
@pytest.mark.parametrize("kind", ["2", "3", "4"])
def test_kinds_and_versions(kind, version):
    state = "<Sts>BOOK</Sts>" if version == "02" else "<Sts><Cd>BOOK</Cd></Sts>"
    details = part(parties=party(version="08" if version in ("08", "10") else "02"))
    content = camt(camt_statement(entry(state=state, details=details)), kind=kind, version=version)
    found = read(content)
    assert (found.format, found.problems) == (f"camt.05{kind}", ())
    assert found.statements[0].lines[0].counterparty == "Erika Muster"


def test_names_with_a_prefix():
    statement, problems = one(camt(camt_statement(entry()), prefix="ns2"))
    assert ([one.amount for one in statement.lines], problems) == ([francs(1000)], [])


def test_money_that_goes_out_names_the_creditor():
    parties = (
        f"<RltdPties><Dbtr><Pty><Nm>We</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{IBAN}</IBAN></Id>"
        f"</DbtrAcct><Cdtr><Pty><Nm>Supplier</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>77-1</Id>"
        f"</Othr></Id></CdtrAcct></RltdPties><RltdAgts><CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>"
        f"700</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt></RltdAgts>"
    )
    told = line(entry(sign="DBIT", details=part(parties=parties)))
    assert (told.amount, told.counterparty) == (francs(-1000), "Supplier")
    assert told.counterparty_account == BankAccount(number="77-1", bank="700")


def both(debtor="Erika Muster", creditor="We", account=""):
    """Both sides by name; with an account, the debtor's."""
    of_debtor = f"<DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct>" if account else ""
    return (
        f"<RltdPties><Dbtr><Pty><Nm>{debtor}</Nm></Pty></Dbtr>{of_debtor}"
        f"<Cdtr><Pty><Nm>{creditor}</Nm></Pty></Cdtr></RltdPties>"
    )


@pytest.mark.parametrize(
    ("reversal", "more"), [("<RvslInd>true</RvslInd>", ""), ("", "<RtrInf></RtrInf>")]
)
def test_reversal_keeps_its_sign_and_the_other_side(reversal, more):
    """A returned direct debit goes out, and yet the debtor is the other side."""
    details = part(parties=both(), more=more)
    told = line(entry(sign="DBIT", reversal=reversal, details=details))
    assert (told.amount, told.is_reversal) == (francs(-1000), bool(reversal))
    assert told.counterparty == "Erika Muster"


def test_owner_of_the_account_is_never_the_other_side():
    """Money of ours that came back: we were the debtor."""
    parties = both(debtor="We", creditor="Supplier", account=IBAN)
    assert line(entry(details=part(parties=parties))).counterparty == "Supplier"


@pytest.mark.parametrize(
    ("ref", "kind", "value"),
    [
        (RF, ReferenceKind.RF, RF),
        (QRR, ReferenceKind.QRR, QRR),
        ("+++090/9337/55493+++", ReferenceKind.OGM, OGM),
        ("2020/3900", ReferenceKind.OTHER, "2020/3900"),
    ],
)
def test_structured_references_by_kind(ref, kind, value):
    remittance = f"<Strd><CdtrRefInf><Ref>{ref}</Ref></CdtrRefInf></Strd>"
    assert line(entry(details=part(remittance=remittance))).reference == Reference(kind, value)


def test_several_references_are_text_and_none_is_chosen():
    strd = "<Strd><CdtrRefInf><Ref>{}</Ref></CdtrRefInf></Strd>"
    told = line(entry(details=part(remittance=strd.format(RF) + strd.format("A7"))))
    assert (told.remittance, told.reference) == (f"{RF} A7", None)


def test_remittance_is_all_that_was_written():
    remittance = (
        "<Ustrd>for two</Ustrd><Ustrd>invoices</Ustrd><Strd><RfrdDocInf><Nb>INV-1</Nb></RfrdDocInf>"
        "<AddtlRmtInf>?REJECT?0</AddtlRmtInf></Strd><Strd><RfrdDocInf><Nb>INV-2</Nb></RfrdDocInf>"
        "<AddtlRmtInf>thanks</AddtlRmtInf></Strd>"
    )
    told = line(entry(details=part(remittance=remittance)))
    assert told.remittance == "for two invoices INV-1 INV-2 thanks"


def test_note_of_the_bank_where_nobody_wrote_anything():
    note = f"<AddtlNtryInf>GUTSCHRIFT {RF}</AddtlNtryInf>"
    for told in (line(entry(note=note)), line(entry(note=note, details=part()))):
        assert told.remittance == f"GUTSCHRIFT {RF}"
        assert told.reference == Reference(ReferenceKind.RF, RF)


@pytest.mark.parametrize("word", ["NOTPROVIDED", "NONREF"])
def test_words_for_no_reference_are_none(word):
    refs = f"<AcctSvcrRef>{word}</AcctSvcrRef><EndToEndId>{word}</EndToEndId>"
    told = line(entry(ref=word, details=part(refs=refs)))
    assert (told.bank_ref, told.end_to_end_ref) == ("", "")


BATCH = "<Btch><MsgId>M9</MsgId><PmtInfId>P9</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"


def test_parts_of_a_batch_are_lines_of_their_own():
    parts = [
        part("6.00", refs="<AcctSvcrRef>T1</AcctSvcrRef>", parties=party("Ann")),
        part("4.00", refs="<AcctSvcrRef>T2</AcctSvcrRef>", parties=party("Bob")),
    ]
    statement, problems = one(camt(camt_statement(entry(details=BATCH + "".join(parts)))))
    assert problems == []
    batch = Batch("B1", "M9", "P9", 2, francs(1000))
    assert [(one.counterparty, one.amount, one.bank_ref, one.batch) for one in statement.lines] == [
        ("Ann", francs(600), "T1", batch),
        ("Bob", francs(400), "T2", batch),
    ]


def test_amounts_of_parts_where_the_first_versions_have_them():
    told = '<AmtDtls><InstdAmt><Amt Ccy="{}">9.99</Amt></InstdAmt>{}</AmtDtls>'
    own = '<TxAmt><Amt Ccy="CHF">5.00</Amt></TxAmt>'
    parts = part(more=told.format("EUR", own)) * 2
    statement, problems = one(camt(camt_statement(entry(details=parts))))
    assert ([one.amount.minor for one in statement.lines], problems) == ([500, 500], [])


def test_parts_may_go_both_ways():
    parts = part("12.00") + part("2.00", sign="DBIT")
    statement, problems = one(camt(camt_statement(entry(details=parts))))
    assert ([one.amount.minor for one in statement.lines], problems) == ([1200, -200], [])


def test_equal_parts_without_references_stay_apart():
    statement, problems = one(camt(camt_statement(entry(details=part("5.00") * 2))))
    assert ([one.bank_ref for one in statement.lines], problems) == (["B1/1", "B1/2"], [])
    assert len({one.ref for one in statement.lines}) == 2


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (part("6.00") + part("3.99"), "its 2 parts come to 9.99 CHF"),
        (part("6.00") + part(), "1 of its 2 parts have no amount in CHF"),
    ],
)
def test_batch_whose_parts_are_not_the_booking_stays_one_line(parts, words):
    found = read(camt(camt_statement(entry(details=parts))))
    assert [one.amount for one in found.statements[0].lines] == [francs(1000)]
    (problem,) = found.problems
    assert problem == StatementProblem(
        1, ProblemCode.BATCH_KEPT_WHOLE, f"Entry 1 is kept as one line of 10.00 CHF: {words}."
    )


def test_batch_that_is_not_opened_says_how_many_it_is():
    told = line(entry(details=BATCH))
    assert told.batch == Batch("B1", "M9", "P9", 2, francs(1000))


@pytest.mark.parametrize(
    "state", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts><Cd>FUTR</Cd></Sts>"]
)
def test_pending_entries_are_never_among_the_lines(state):
    statement, problems = one(camt(camt_statement(entry(state=state), closing="100.00"), kind="2"))
    assert (statement.lines, problems) == ((), [ProblemCode.LINE_PENDING])
    (told,) = statement.pending
    assert (told.amount, told.state) == (francs(1000), LineState.PENDING)


def test_entry_for_information_is_left_out():
    content = camt(camt_statement(entry(state="<Sts><Cd>INFO</Cd></Sts>"), closing="100.00"))
    statement, problems = one(content)
    assert (statement.lines, problems) == ((), [ProblemCode.LINE_EMPTY])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (entry(amount="10.005"), "more decimals than CHF has"),
        (entry(amount="1e3"), "“1e3” is no amount"),
        (entry(amount="-1.00"), "a sign of its own"),
        (entry(amount=""), "“” is no amount"),
        (entry(sign="CR"), "whether money came in"),
        (entry(currency="ABC"), "“ABC” is no currency"),
        (entry(currency="EUR"), "it is in EUR, the account in CHF"),
        (entry(dates=""), "It has no date"),
        (entry(dates="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), "no day 2026-02-30"),
        (entry(dates="<BookgDt><Dt>02.03.2026</Dt></BookgDt>"), "is not a date"),
        (entry(state="<Sts><Cd>WHAT</Cd></Sts>"), "whether it is booked"),
        (entry().replace('<Amt Ccy="CHF">10.00</Amt>', ""), "It has no amount"),
    ],
)
def test_entry_that_can_not_be_read_is_left_out_and_told(changed, words):
    """The balances then differ as well: it is never silent."""
    found = read(camt(camt_statement(entry(), changed, closing="120.00")))
    assert [one.place for one in found.statements[0].lines] == [1]
    by_code = {problem.code: problem for problem in found.problems}
    assert set(by_code) == {ProblemCode.LINE_REFUSED, ProblemCode.BALANCE_DIFFERS}
    refused = by_code[ProblemCode.LINE_REFUSED]
    assert refused.line == 2
    assert words in refused.message


def test_decimals_by_the_currency():
    yen = entry(amount="1000", currency="JPY").join(["", ""])
    content = camt(camt_statement(yen, opening="", closing="")).replace(
        b"<Ccy>CHF</Ccy>", b"<Ccy>JPY</Ccy>"
    )
    statement, problems = one(content)
    assert ([one.amount for one in statement.lines], problems) == ([Money(1000, "JPY")], [])


def test_zeros_behind_the_decimals_are_let_be():
    assert line(entry(amount="10.00000")).amount == francs(1000)


def test_balances_that_do_not_agree_are_told_with_both_figures():
    found = read(camt(camt_statement(entry(), closing="111.00")))
    assert found.problems == (
        StatementProblem(
            1,
            ProblemCode.BALANCE_DIFFERS,
            "Opening balance 100.00 CHF plus lines of 10.00 CHF make 110.00 CHF; "
            "the closing balance says 111.00 CHF.",
        ),
    )


def test_debit_balances():
    more = balance("OPBD", "10.00", "DBIT") + balance("CLBD", "0.00")
    statement, problems = one(camt(camt_statement(entry(), opening="", closing="", more=more)))
    assert (statement.opening.amount, problems) == (francs(-1000), [])


def test_previous_closing_and_interim_balances_stand_in():
    for opens, closes in (("PRCD", "CLBD"), ("ITBD", "ITBD"), ("OPBD", "ITBD"), ("ITBD", "CLBD")):
        more = balance(opens, "100.00") + balance(closes, "110.00")
        statement, problems = one(camt(camt_statement(entry(), opening="", closing="", more=more)))
        assert (statement.opening.amount, problems) == (francs(10000), [])
        assert statement.closing.amount == francs(11000)


def test_bank_s_own_counts_and_sums_are_compared():
    summary = (
        "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>{}</Sum>"
        "</TtlCdtNtries><TtlDbtNtries><Sum>0</Sum></TtlDbtNtries></TxsSummry>"
    )
    _, problems = one(camt(camt_statement(entry(), more=summary.format(1, "10.00"))))
    assert problems == []
    found = read(camt(camt_statement(entry(), more=summary.format(2, "20.00"))))
    assert [problem.message for problem in found.problems] == [
        "The bank counts 2 entries, the file holds 1.",
        "By the bank's own sum 20.00 CHF came in, by the entries 10.00 CHF.",
    ]


def test_several_statements_and_the_places_of_their_entries():
    content = camt(
        camt_statement(entry(), ref="S1"),
        camt_statement(entry(ref="B2"), entry(ref="B3"), closing="120.00", ref="S2"),
    )
    found = read(content)
    assert [
        (one.ref, one.place, [line.place for line in one.lines]) for one in found.statements
    ] == [("S1", 1, [1]), ("S2", 2, [2, 3])]
    assert found.problems == ()


def test_several_messages_in_one_envelope():
    body = camt(camt_statement(entry())).decode().partition("?>")[2]
    other = camt(camt_statement(entry(ref="B2"))).decode().partition("?>")[2]
    found = read(f"<Envelope>{body}{other}</Envelope>".encode())
    assert [one.bank_ref for st in found.statements for one in st.lines] == ["B1", "B2"]


def test_statement_in_a_currency_of_the_past_is_left_out_and_told():
    old = camt_statement(entry(), ref="S1").replace("CHF", "DEM")
    found = read(camt(old, camt_statement(entry(ref="B2"), ref="S2")))
    assert [one.ref for one in found.statements] == ["S2"]
    assert [(one.code, one.message) for one in found.problems] == [
        (
            ProblemCode.STATEMENT_LEFT_OUT,
            "Statement “S1” is left out. “DEM” is no currency in use.",
        )
    ]


def test_account_of_another_kind():
    other = "<Othr><Id>123-4</Id></Othr>"
    content = camt(camt_statement(entry())).replace(f"<IBAN>{IBAN}</IBAN>".encode(), other.encode())
    statement, _ = one(content)
    assert statement.account == BankAccount(number="123-4", bank="POFICHBEXXX")
    wrong = camt(camt_statement(entry())).replace(IBAN.encode(), b"CH9300762011623852958")
    assert one(wrong)[0].account.number == "CH9300762011623852958"


def test_message_without_statements_is_refused():
    with pytest.raises(StatementRefused, match="holds no statement"):
        READER.read(camt())


def test_other_messages_are_refused():
    content = camt(camt_statement(entry())).replace(b"camt.053", b"camt.029")
    assert not READER.sniff(content)
    with pytest.raises(StatementRefused, match=r"camt\.052, \.053 or \.054"):
        READER.read(content)
