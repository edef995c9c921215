"""Bank CSV: columns by name, dates and amounts by what the whole file proves, balances by row."""

from datetime import date

import pytest

from adapters.banks.samples import CSV, OTHER_IBAN, RF
from counterfoil.adapters.banks.delimited import table
from counterfoil.adapters.banks.delimited.reader import CsvReader
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    Balance,
    BankAccount,
    Batch,
    Hints,
    LineState,
    ProblemCode,
    StatementRefused,
)
from counterfoil.kernel.references import Reference, ReferenceKind

READER = CsvReader()
MINE = Hints(account="CH-1", currency="CHF")


def read(text, hints=MINE):
    content = text if isinstance(text, bytes) else text.encode()
    assert READER.sniff(content)
    return READER.read(content, hints)


def lines(text, hints=MINE):
    found = read(text, hints)
    assert found.problems == ()
    (statement,) = found.statements
    return statement.lines


def amounts(text, hints=MINE):
    return [one.amount.minor for one in lines(text, hints)]


def days(text, hints=MINE):
    return [one.booked_date for one in lines(text, hints)]


def codes(text, hints=MINE):
    return [one.code for one in read(text, hints).problems]


def refused(text, hints=MINE):
    with pytest.raises(StatementRefused) as told:
        READER.read(text.encode(), hints)
    return str(told.value)


def francs(minor):
    return Money(minor, "CHF")


def test_statement_with_all_that_it_says():
    found = read(CSV)
    assert (found.format, found.problems) == ("csv", ())
    (statement,) = found.statements
    assert (statement.account, statement.currency) == (BankAccount(number="CH-1"), "CHF")
    assert (statement.from_date, statement.to_date) == (date(2026, 3, 2), date(2026, 3, 3))
    assert statement.opening == Balance(francs(10000))
    assert statement.closing == Balance(francs(10500), date(2026, 3, 3))
    assert [(one.place, one.amount, one.remittance) for one in statement.lines] == [
        (2, francs(-500), "Gebühr"), (3, francs(1000), "Zahlung INV-2026-00001")
    ]  # fmt: skip
    assert {one.state for one in statement.lines} == {LineState.BOOKED}


def test_account_that_nobody_names_is_told():
    assert codes(CSV, Hints()) == [ProblemCode.ACCOUNT_MISSING]


COLUMNS = (
    "IBAN;Buchungstag;Wertstellung;Umsatzart;Auftraggeber / Empfänger;Kontonummer/IBAN;"
    "Verwendungszweck;Kundenreferenz (End-to-End);Transaktions-Nr.;Betrag;Währung\n"
)
ROW = f"CH9300762011623852957;02.03.26;03.03.26;Gutschrift;Erika Muster;{OTHER_IBAN};{RF};E2E-1;T1"


def test_columns_of_a_talkative_bank():
    (told,) = lines(f"{COLUMNS}{ROW};10,00;EUR\n", Hints())
    assert told.counterparty == "Erika Muster"
    assert told.counterparty_account == BankAccount(iban=OTHER_IBAN)
    assert told.reference == Reference(ReferenceKind.RF, RF)
    assert (told.code, told.end_to_end_ref, told.bank_ref) == ("Gutschrift", "E2E-1", "T1")
    assert (told.booked_date, told.value_date) == (date(2026, 3, 2), date(2026, 3, 3))
    assert told.amount == Money(1000, "EUR")
    statement = read(f"{COLUMNS}{ROW};10,00;EUR\n", Hints()).statements[0]
    assert statement.account == BankAccount(iban="CH9300762011623852957")


@pytest.mark.parametrize(
    "header",
    [
        "Date,Description,Amount", "Posting Date,Details,Amount", "Buchungsdatum,Text,Betrag",
        "Date,Libellé,Montant", "Date de comptabilisation,Texte,Montant",
        "Data di registrazione,Testo,Importo", "Boekdatum,Omschrijving,Bedrag",
        "Fecha,Concepto,Importe", "Data operacji,Opis,Kwota", "Bokföringsdag,Text,Belopp",
        "Booked At,Text,Credit/Debit Amount", "Wertstellung,Text,Umsatz in CHF",
        "DATUM, TEXT ,Betrag (CHF)", "Buchungstag,Verwendungszweck,Betrag CHF",
    ],
)  # fmt: skip
def test_headers_in_several_languages(header):
    (told,) = lines(f"{header}\n2026-03-02,INV-1,10.00\n")
    assert (told.booked_date, told.amount, told.remittance) == (
        date(2026, 3, 2), francs(1000), "INV-1"
    )  # fmt: skip


def test_header_with_letters_that_were_lost():
    (told,) = lines("Datum;Begr\ufffdndung;Betrag;W\ufffdhrung\n02.03.2026;x;10,00;EUR\n")
    assert told.amount == Money(1000, "EUR")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings(delimiter, encoding):
    text = delimiter.join(["Datum", "Text", "Betrag"]) + "\r\n"
    text += delimiter.join(["02.03.2026", "Zoë", '"10.00"']) + "\r\n"
    (told,) = lines(text.encode(encoding))
    assert (told.remittance, told.amount) == ("Zoë", francs(1000))


def test_old_line_breaks():
    assert amounts(CSV.replace("\n", "\r")) == [-500, 1000]


@pytest.mark.parametrize(
    ("texts", "minors"),
    [
        (["1'234.50", "10"], [123450, 1000]),
        (["1’234.50", "-10.5"], [123450, -1050]),
        (["1.234,50", "5"], [123450, 500]),
        (["1 234,50", "-0,05"], [123450, -5]),
        (["1\u00a0234,50", "\u22125,00"], [123450, -500]),
        (["1,234.50", "1,234,567.00"], [123450, 123456700]),
        (["12.50-", "(3.00)"], [-1250, -300]),
        (["+12.50", "CHF 3.00"], [1250, 300]),
        (["12.50 CHF", "-CHF 3.00"], [1250, -300]),
        (["1.234", "2.345"], [123400, 234500]),
        (["1,00,000.00", "5.00"], [10000000, 500]),
        (["10.000000", "5.1"], [1000, 510]),
        (['="12.50"', "3"], [1250, 300]),
        (["1\ufffd234.50", "3"], [123450, 300]),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(texts, minors):
    rows = "".join(f"02.03.2026;x;{text};\n" for text in texts)
    assert amounts(f"Datum;Text;Betrag;\n{rows}") == minors


def test_amount_that_can_be_read_in_two_ways_is_refused_unless_a_person_says():
    """1.230 fits with decimals and without; 1.234 does not, for francs have two."""
    text = "Datum;Text;Betrag;\n02.03.2026;x;1.230;\n"
    assert "“1.230” can be read with thousands or with decimals" in refused(text)
    assert amounts(text, Hints(account="1", currency="CHF", decimal_mark=".")) == [123]
    assert amounts(text, Hints(account="1", currency="CHF", decimal_mark=",")) == [123000]
    assert amounts(text + "02.03.2026;x;1.5;\n") == [123, 150]


def test_amounts_that_contradict_each_other_are_refused():
    text = "Datum;Text;Betrag\n02.03.2026;x;1.5\n02.03.2026;x;1,5\n"
    assert "written in two ways: “1.5” and “1,5”" in refused(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)), ("2026-03-02 13:11:50", date(2026, 3, 2)),
        ("2026/3/2", date(2026, 3, 2)), ("20260302", date(2026, 3, 2)),
        ("2.3.2026", date(2026, 3, 2)), ("02.03.26", date(2026, 3, 2)),
        ("31.12.99", date(1999, 12, 31)), ("2 Mar 2026", date(2026, 3, 2)),
        ("02-MAR-2026", date(2026, 3, 2)), ("2. März 2026", date(2026, 3, 2)),
        ("Mar 2, 2026", date(2026, 3, 2)), ("2 mars 2026", date(2026, 3, 2)),
        ("3/3/2026", date(2026, 3, 3)),
    ],
)  # fmt: skip
def test_dates_as_banks_write_them(text, day):
    assert days(f"Datum;Text;Betrag\n{text};x;10.00\n") == [day]


@pytest.mark.parametrize("mark", ["/", "-"])
def test_order_of_day_and_month_is_what_the_file_proves(mark):
    text = "Datum;Text;Betrag\n" + "".join(
        f"{one.replace('/', mark)};x;10.00\n" for one in ("01/02/2026", "{}")
    )
    assert days(text.format(f"28{mark}02{mark}2026")) == [date(2026, 2, 1), date(2026, 2, 28)]
    assert days(text.format(f"02{mark}28{mark}2026")) == [date(2026, 1, 2), date(2026, 2, 28)]


def test_value_dates_prove_it_as_well():
    text = "Datum;Valuta;Text;Betrag\n01/02/2026;28/02/2026;x;10.00\n"
    assert days(text) == [date(2026, 2, 1)]


@pytest.mark.parametrize("text", ["01/02/2026", "01-02-2026", "01/02/26", "01-02-03", "28-02-26"])
def test_order_that_nothing_proves_is_refused_unless_a_person_says(text):
    table = f"Datum;Text;Betrag\n{text};x;10.00\n"
    assert f"“{text}” can be read with the day or the month first" in refused(table)
    assert days(table, Hints(account="1", currency="CHF", day_first=True))[0].day in (1, 28)


def test_orders_that_contradict_each_other_are_refused():
    text = "Datum;Text;Betrag\n28/02/2026;x;1.00\n02/28/2026;x;1.00\n"
    assert "Dates are written in two ways: “28/02/2026” and “02/28/2026”" in refused(text)


def test_currency_by_column_header_facts_or_person():
    row = "02.03.2026;x;10.00"
    assert lines(f"Datum;Text;Betrag EUR\n{row}\n")[0].amount.currency == "EUR"
    assert lines(f"Datum;Text;Betrag;Whg\n{row};USD\n")[0].amount.currency == "USD"
    assert lines(f"Währung:;GBP\n\nDatum;Text;Betrag\n{row}\n")[0].amount.currency == "GBP"
    assert lines(f"Saldo: SEK 10.00\nDatum;Text;Betrag\n{row}\n")[0].amount.currency == "SEK"
    assert "does not say the currency" in refused(f"Datum;Text;Betrag\n{row}\n", Hints())
    assert "“XYZ” is no currency" in refused(f"Datum;Text;Betrag;Whg\n{row};XYZ\n")


def test_each_currency_is_a_statement():
    found = read("Date,Text,Amount,Currency\n2026-03-02,x,1.00,USD\n2026-03-02,y,2.00,EUR\n")
    assert [(one.currency, len(one.lines)) for one in found.statements] == [("USD", 1), ("EUR", 1)]


def test_valuta_is_a_day_or_a_currency():
    (told,) = lines("Data;Testo;Importo;Valuta\n02.03.2026;x;1.00;EUR\n")
    assert (told.amount.currency, told.value_date) == ("EUR", None)
    (told,) = lines("Datum;Text;Betrag;Valuta\n02.03.2026;x;1.00;03.03.2026\n")
    assert (told.amount.currency, told.value_date) == ("CHF", date(2026, 3, 3))


FACTS = (
    "Kontonummer:;123456/01 CHF\nVon:;01.03.2026\nAnfangssaldo:;100.00\nSchlusssaldo:;{}\n\n"
    "Datum;Text;Betrag\n02.03.2026;x;10.00\n"
)


def test_facts_above_the_table():
    (statement,) = read(FACTS.format("110.00"), Hints()).statements
    assert statement.account == BankAccount(number="123456/01")
    assert (statement.opening, statement.closing) == (
        Balance(francs(10000)), Balance(francs(11000))
    )  # fmt: skip
    assert codes(FACTS.format("111.00"), Hints()) == [ProblemCode.BALANCE_DIFFERS]


def test_facts_below_the_table_and_remarks_are_no_bookings():
    text = "Datum;Text;Betrag\n02.03.2026;x;10.00\nTotal;;10.00\n\nDisclaimer:\nNo warranty\n"
    found = read(text)
    assert len(found.statements[0].lines) == 1
    assert found.statements[0].lines[0].remittance == "x"
    assert [(one.line, one.code) for one in found.problems] == [
        (line, ProblemCode.ROW_NOT_A_BOOKING) for line in (3, 5, 6)
    ]


def test_rows_that_go_on_with_a_booking():
    text = (
        "Datum;Text;Betrag Detail;Belastung;Gutschrift;Valuta;Saldo\n"
        "02.03.2026;two payments;;;10.00;02.03.2026;110.00\n"
        ";Ann INV-1;6.00;;;;\n;Bob INV-2;4.00;;;;\n"
        "03.03.2026;fee;;5.00;;03.03.2026;105.00\n;for March;;;;;\n"
    )
    told = lines(text)
    batch = Batch(count=2, total=francs(1000))
    assert [(one.place, one.remittance, one.amount.minor, one.batch) for one in told] == [
        (3, "Ann INV-1", 600, batch),
        (4, "Bob INV-2", 400, batch),
        (5, "fee for March", -500, None),
    ]


def test_parts_that_do_not_come_to_the_booking_stay_its_text():
    text = (
        "Datum;Text;Betrag Detail;Belastung;Gutschrift\n02.03.2026;two;;;10.00\n"
        ";Ann INV-1;6.00;;\n;Bob INV-2;3.00;;\n"
    )
    (told,) = lines(text)
    assert (told.remittance, told.amount.minor) == ("two Ann INV-1 6.00 Bob INV-2 3.00", 1000)


def test_parts_of_nothing_are_nothing():
    text = (
        "Datum;Text;Betrag Detail;Belastung;Gutschrift\n02.03.2026;fees;;;0.00\n"
        ";taken;0.90;;\n;given back;-0.90;;\n"
    )
    found = read(text)
    assert found.statements[0].lines == ()
    assert [one.code for one in found.problems] == [ProblemCode.LINE_EMPTY]


def test_rows_of_parts_with_the_day_and_reference_of_their_booking():
    text = (
        "Datum;Text;Transaktions-Nr.;Einzelbetrag;Belastung;Gutschrift\n"
        "02.03.2026;batch;T1;;;10.00\n02.03.2026;INV-1;T1;6.00;;\n02.03.2026;INV-2;T1;4.00;;\n"
        "02.03.2026;stray;T2;4.00;;\n"
    )
    found = read(text)
    told = found.statements[0].lines
    assert [(one.remittance, one.amount.minor) for one in told] == [("INV-1", 600), ("INV-2", 400)]
    assert {one.batch for one in told} == {Batch(bank_ref="T1", count=2, total=francs(1000))}
    assert [(one.line, one.code) for one in found.problems] == [(5, ProblemCode.LINE_REFUSED)]


def test_rows_that_go_on_in_the_column_of_the_day():
    text = "Datum;Text;Betrag\n02.03.2026;x;1.00\nmore of x;;\n03.03.2026;y;2.00\n"
    assert [one.remittance for one in lines(text)] == ["x more of x", "y"]


@pytest.mark.parametrize(
    ("header", "rows", "minors"),
    [
        ("Belastung;Gutschrift", ["5.00;", ";7.00"], [-500, 700]),
        ("Belastung;Gutschrift", ["-5.00;", ";7.00"], [-500, 700]),
        ("Belastung;Gutschrift", ["5.00;0.00", "0.00;7.00"], [-500, 700]),
        ("Belastung;Gutschrift", ["5.00;", ";-7.00"], [-500, -700]),
        ("Betrag;Soll/Haben", ["5.00;S", "7.00;H"], [-500, 700]),
        ("Amount;Debit/Credit", ["5.00;Debit", "7.00;Credit"], [-500, 700]),
        ("Bedrag;Af Bij", ["5,00;Af", "7,00;Bij"], [-500, 700]),
        ("Montant;Débit/Crédit", ["-5.00;Debit", "7.00;Credit"], [-500, 700]),
        ("Betrag;Text", ["-5.00;", "7.00;"], [-500, 700]),
    ],
)
def test_signs(header, rows, minors):
    body = "".join(f"02.03.2026;{row}\n" for row in rows)
    assert amounts(f"Datum;{header}\n{body}") == minors


@pytest.mark.parametrize(
    ("header", "rows", "minors"),
    [
        ("Transaction Date,Transaction Type,Transaction Amount,Balance",
         ("2026-03-13,Debit,250.00,850.00",), [-25000]),
        ("Transaction Date,Transaction Type,Transaction Amount,Balance",
         ("2026-03-13,Debit,250.00,850.00", "2026-03-12,Credit,100.00,1100.00"), [-25000, 10000]),
        ("Date,Description,Amount,Type",
         ("2026-03-12,Rent,250.00,DEBIT", "2026-03-13,Sale,20.00,CREDIT"), [-25000, 2000]),
        ("Date,Description,Amount,Type",
         ("2026-03-12,Rent,-250.00,DEBIT", "2026-03-13,Fee back,20.00,DEBIT"), [-25000, 2000]),
        ("Date,Description,Amount,Type",
         ("2026-03-12,Sale,250.00,TRANSFER", "2026-03-13,Sale,20.00,CREDIT"), [25000, 2000]),
    ],
)  # fmt: skip
def test_amounts_without_signs_go_the_way_that_their_type_says(header, rows, minors):
    assert amounts("\n".join((header, *rows, ""))) == minors


def test_amounts_without_signs_that_the_balances_turn_round_are_refused():
    told = refused(
        "Date,Description,Amount,Balance\n2026-03-12,Sale,100.00,1100.00\n"
        "2026-03-13,Rent,250.00,850.00\n"
    )
    assert "does not say which way" in told
    told = refused(
        "Date,Type,Amount,Balance\n2026-03-12,CREDIT,100.00,1100.00\n"
        "2026-03-13,CREDIT,250.00,850.00\n"
    )
    assert "does not say which way" in told


def test_incoming_money_alone_with_balances_that_lack_the_rest_is_told():
    """A statement of which somebody fetched the incoming money only."""
    found = read(
        "Date,Description,Amount,Balance\n2026-03-12,Sale,100.00,1100.00\n"
        "2026-03-13,Sale,250.00,920.00\n"
    )
    assert [one.code for one in found.problems] == [ProblemCode.BALANCE_DIFFERS]


def test_debits_of_both_signs_are_refused_unless_the_balances_tell():
    rows = ["-5.00;;95.00", "-7.00;;88.00", "2.00;;90.00"]
    text = "Datum;Belastung;Gutschrift;Saldo\n" + "".join(f"02.03.2026;{row}\n" for row in rows)
    assert amounts(text) == [-500, -700, 200]
    text = text.replace(";95.00", ";").replace(";88.00", ";").replace(";90.00", ";")
    assert "Some debits have a minus and some have none" in refused(text)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("02.03.2026;x;what;", "“what” is no amount"),
        ("02.03.2026;x;1.0055;", "more decimals than CHF has"),
        ("02.03.2026;x;1.00;2.00", "an amount on both sides"),
        ("31.02.2026;x;1.00;", "no day 2026-02-31"),
        ("02.03.2026;x;;", "a date and no amount"),
    ],
)
def test_row_that_can_not_be_read_is_left_out_and_told(row, words):
    text = f"Datum;Text;Belastung;Gutschrift\n01.03.2026;a;1.50;\n{row}\n03.03.2026;b;;3.00\n"
    found = read(text)
    assert len(found.statements[0].lines) == 2
    (problem,) = found.problems
    assert (problem.line, problem.code) == (3, ProblemCode.LINE_REFUSED)
    assert words in problem.message


@pytest.mark.parametrize(
    ("row", "words"), [("7.00;X", "“X” does not say"), ("-7.00;Credit", "opp")]
)
def test_direction_that_is_unknown_or_contradicts_is_told(row, words):
    text = f"Date;Amount;Debit/Credit\n2026-03-02;-5.00;Debit\n2026-03-02;{row}\n"
    found = read(text)
    assert len(found.statements[0].lines) == 1
    assert words in found.problems[0].message


def test_pending_rows_are_never_among_the_lines():
    text = (
        "Date,Text,Amount,Status\n2026-03-02,a,1.00,Pending\n2026-03-02,b,,Pending\n"
        "2026-03-02,c,3.00,Posted\n"
    )
    found = read(text)
    (statement,) = found.statements
    assert [one.remittance for one in statement.lines] == ["c"]
    assert [one.remittance for one in statement.pending] == ["a"]
    assert [one.code for one in found.problems] == [ProblemCode.LINE_PENDING] * 2


@pytest.mark.parametrize("order", [1, -1])
def test_balances_up_and_down_and_one_for_several(order):
    rows = ["02.03.2026;10.00;", "02.03.2026;5.00;115.00", "03.03.2026;-1.00;112.00",
            "03.03.2026;-2.00;112.00", "04.03.2026;-3.00;109.00"]  # fmt: skip
    text = "Datum;Betrag;Saldo\n" + "\n".join(rows[::order]) + "\n"
    (statement,) = read(text).statements
    assert statement.opening.amount == francs(10000)
    assert statement.closing.amount == francs(10900)


def test_balance_that_is_not_reached_is_told_with_its_row():
    text = "Datum;Betrag;Saldo\n" + "".join(
        f"02.03.2026;1.00;{balance}.00\n" for balance in (101, 102, 104, 105)
    )
    found = read(text)
    (problem,) = found.problems
    assert (problem.line, problem.code) == (4, ProblemCode.BALANCE_DIFFERS)
    assert "come to 103.00 CHF, the balance beside it says 104.00 CHF (1 of 3" in problem.message


def test_pending_rows_have_no_part_in_the_balances():
    text = (
        "Date,Text,Amount,Balance,Status\n2026-03-03,b,5.00,110.00,Posted\n"
        "2026-03-02,a,7.00,,Pending\n2026-03-02,c,5.00,105.00,Posted\n"
    )
    assert codes(text) == [ProblemCode.LINE_PENDING]


def test_iban_behind_a_name_is_the_other_side_s():
    text = f"Datum;Name;IBAN;Betrag\n02.03.2026;Erika;{OTHER_IBAN};1.00\n"
    (told,) = lines(text)
    assert told.counterparty_account == BankAccount(iban=OTHER_IBAN)
    text = f"IBAN;Datum;Name;Betrag\n{OTHER_IBAN};02.03.2026;Erika;1.00\n"
    (statement,) = read(text).statements
    assert statement.account == BankAccount(iban=OTHER_IBAN)


def test_last_line_without_a_break_is_told():
    text = "Datum;Text;Betrag\n02.03.2026;x;1.00"
    assert codes(text) == [ProblemCode.FILE_UNENDED]
    assert codes(text + "\n;more;") == [ProblemCode.FILE_UNENDED]
    assert codes(text + "\n") == []


def test_account_of_one_s_own_books_is_refused():
    rows = ["5.00;;105.00", ";7.00;98.00", "2.00;;100.00"]
    text = "Datum;Soll;Haben;Saldo\n" + "".join(f"02.03.2026;{row}\n" for row in rows)
    assert "an account of one's own books" in refused(text)


def test_card_payments_without_a_direction_are_refused():
    text = "Date,Text,Amount,Card number\n2026-03-02,Shop,5.00,4111\n"
    assert "list of card payments" in refused(text)


def test_quotes_that_are_only_text():
    text = 'Datum;Text;Betrag\n02.03.2026;"Shop 5" best;5.00\n03.03.2026;y;6.00\n'
    assert [one.remittance for one in lines(text)] == ['Shop 5" best', "y"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Datum;Text;Betrag\n02.03.2026;"x;1.00\n03.03.2026;y\n', "quotation mark is never"),
        ("just a text\n", "No row of this file names columns"),
        ("Datum;Text\n02.03.2026;x\n", "No row of this file names columns"),
        ("Datum;Text;Betrag\n02.03.2026;x;what\n", "Most rows can't be read"),
        ("Datum;Text;Betrag\nMar 2nd;x;1.00\n", "No row is a booking with a date that we know"),
        ("", "empty"),
        ("Datum;Betrag\n\x00;1.00\n", "letters of this file"),
        ("Datum;Text;Betrag;Valuta\n02.03.2026;x;1.00;02.03.2026\n03.03.2026;y;2.0",
         "Line 3 is cut off in the middle"),
    ],
)  # fmt: skip
def test_damaged_files_are_refused(text, words):
    assert words in refused(text)


def test_file_cut_off_anywhere_is_refused_or_told():
    """A cut at the end of a row can't be seen where no balance stands beside the rows."""
    header = CSV.splitlines()[0]
    whole = {one.ref for one in read(CSV).statements[0].lines}
    for end in range(len(header) + 1, len(CSV)):
        if CSV[:end].endswith("\n"):
            continue
        try:
            found = READER.read(CSV[:end].encode(), MINE)
        except StatementRefused:
            continue
        refs = {one.ref for statement in found.statements for one in statement.lines}
        assert refs == whole or found.problems, CSV[:end]


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(table, "ROWS_MAX", 2)
    assert "more than 2 rows" in refused(CSV)


def test_table_without_bookings_is_an_empty_statement():
    (statement,) = read("Date,Text,Amount\n").statements
    assert (statement.lines, statement.currency) == ((), "CHF")
