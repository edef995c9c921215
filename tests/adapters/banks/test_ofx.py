"""OFX in SGML and in XML: one reader for both, with all that banks leave unclosed."""

from datetime import date

import pytest

from adapters.banks.samples import ofx, ofx_entry
from counterfoil.adapters.banks.ofx import tree
from counterfoil.adapters.banks.ofx.reader import OfxReader
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    Balance,
    BankAccount,
    LineState,
    ProblemCode,
    StatementRefused,
)

READER = OfxReader()
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'


def read(content):
    assert READER.sniff(content)
    return READER.read(content)


def line(**told):
    found = read(ofx(ofx_entry(**told)))
    assert found.problems == ()
    (only,) = found.statements[0].lines
    return only


def euros(minor):
    return Money(minor, "EUR")


def test_statement_with_all_that_it_says():
    found = read(ofx(ofx_entry()))
    assert (found.format, found.problems) == ("ofx", ())
    (statement,) = found.statements
    assert statement.account == BankAccount(number="123456", bank="37040044")
    assert (statement.currency, statement.opening) == ("EUR", None)
    assert (statement.from_date, statement.to_date) == (date(2026, 3, 1), date(2026, 3, 31))
    assert statement.closing == Balance(euros(11000), date(2026, 3, 31))
    (told,) = statement.lines
    assert told.booked_date == date(2026, 3, 2)
    assert (told.amount, told.counterparty) == (euros(1000), "Erika Muster")
    assert (told.remittance, told.bank_ref, told.code) == ("INV-2026-00001", "F1", "CREDIT")
    assert told.state is LineState.BOOKED


def test_xml_is_read_as_sgml_is():
    sgml = read(ofx(ofx_entry()))
    closed = (
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM>"
        "<BANKID>37040044</BANKID><ACCTID>123456</ACCTID></BANKACCTFROM><BANKTRANLIST>"
        "<DTSTART>20260301</DTSTART><DTEND>20260331</DTEND><STMTTRN><TRNTYPE>CREDIT</TRNTYPE>"
        "<DTPOSTED>20260302</DTPOSTED><TRNAMT>10.00</TRNAMT><FITID>F1</FITID>"
        "<NAME>Erika Muster</NAME><MEMO>INV-2026-00001</MEMO></STMTTRN></BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>110.00</BALAMT><DTASOF>20260331</DTASOF></LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    xml = read((XML + closed).encode())
    assert xml.problems == ()
    assert [one.ref for one in xml.statements[0].lines] == [
        one.ref for one in sgml.statements[0].lines
    ]
    assert xml.statements[0].closing == sgml.statements[0].closing


def test_xml_header_over_a_body_of_sgml():
    assert len(read(ofx(ofx_entry(), header=XML)).statements[0].lines) == 1


def test_values_left_empty_are_no_elements_with_children():
    more = "<MEMO>\n<CHECKNUM>\n<REFNUM>R7\n"
    told = line(more=more)
    assert (told.remittance, told.amount) == ("R7", euros(1000))
    assert line(more="<MEMO></MEMO><NAME/>").remittance == ""


@pytest.mark.parametrize(
    ("text", "minor"),
    [("10.00", 1000), ("-80", -8000), ("+5.5", 550), ("-0,75", -75), (".5", 50), ("10.000", 1000)],
)
def test_amounts(text, minor):
    assert line(amount=text).amount == euros(minor)


@pytest.mark.parametrize(
    "text", ["20260302", "20260302080000", "20260302080000.000[-8:PST]", "20260302[+1]"]
)
def test_days_with_time_and_zone(text):
    assert line(posted=text).booked_date == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (ofx_entry(amount="$120"), "“$120” is no amount"),
        (ofx_entry(amount="1,234.56"), "is no amount"),
        (ofx_entry(amount="10.005"), "more decimals than EUR has"),
        (ofx_entry(amount=""), "“” is no amount"),
        (ofx_entry(posted="20261320"), "no day 2026-13-20"),
        (ofx_entry(posted="02.03.2026"), "is not a date"),
        (ofx_entry(posted=""), "It has no date"),
        ("<STMTTRN>\n*snipped*\n</STMTTRN>", "“” is no amount"),
        (ofx_entry(more="<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>"), "in USD, the account in"),
        (ofx_entry(more="<CURRENCY><CURSYM>WHAT</CURRENCY>"), "“WHAT” is no currency"),
    ],
)
def test_entry_that_can_not_be_read_is_left_out_and_told(changed, words):
    found = read(ofx(ofx_entry(), changed))
    assert len(found.statements[0].lines) == 1
    (problem,) = found.problems
    assert (problem.code, problem.line > 20) == (ProblemCode.LINE_REFUSED, True)
    assert words in problem.message


def test_same_reference_for_other_sums_tells_lines_apart():
    """Some banks give every line the same number."""
    found = read(ofx(ofx_entry(ref="000"), ofx_entry(ref="000", amount="20.00")))
    assert len({one.ref for one in found.statements[0].lines}) == 2
    assert found.problems == ()


@pytest.mark.parametrize("action", ["REPLACE", "DELETE"])
def test_corrections_are_for_a_person(action):
    more = f"<CORRECTFITID>F0\n<CORRECTACTION>{action}\n"
    found = read(ofx(ofx_entry(), ofx_entry(ref="F2", more=more)))
    assert len(found.statements[0].lines) == 1
    assert [one.code for one in found.problems] == [ProblemCode.LINE_CORRECTS]


def test_pending_entries_are_never_among_the_lines():
    pending = ofx_entry().replace("STMTTRN>", "STMTTRNP>").replace("DTPOSTED", "DTTRAN")
    found = read(ofx(f"</BANKTRANLIST><BANKTRANLISTP>{pending}</BANKTRANLISTP><BANKTRANLIST>"))
    (statement,) = found.statements
    assert ([*statement.lines], len(statement.pending)) == ([], 1)
    assert [one.code for one in found.problems] == [ProblemCode.LINE_PENDING]


def test_account_of_the_other_side():
    more = "<BANKACCTTO><BANKID>7\n<ACCTID>DE89 3704 0044 0532 0130 00\n</BANKACCTTO>"
    assert line(more=more).counterparty_account == BankAccount(
        iban="DE89370400440532013000", bank="7"
    )


def test_card_accounts_and_several_statements():
    card = (
        "<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>GBP<CCACCTFROM><ACCTID>4111\n"
        f"</CCACCTFROM><BANKTRANLIST>{ofx_entry(amount='-3.00')}</BANKTRANLIST></CCSTMTRS>"
        "</CCSTMTTRNRS></CREDITCARDMSGSRSV1>"
    )
    found = read(ofx(ofx_entry()).replace(b"</OFX>", f"{card}</OFX>".encode()))
    assert [(one.account.number, one.currency) for one in found.statements] == [
        ("123456", "EUR"), ("4111", "GBP")
    ]  # fmt: skip
    assert found.problems == ()


def securities(content):
    return content.replace(b"STMTRS>", b"INVSTMTRS>")


def test_securities_are_told_and_left_out():
    with pytest.raises(StatementRefused, match="It is of securities"):
        READER.read(securities(ofx(ofx_entry())))
    both = ofx(ofx_entry()).replace(
        b"</OFX>", b"<INVSTMTMSGSRSV1><INVSTMTRS><CURDEF>USD</INVSTMTRS></INVSTMTMSGSRSV1></OFX>"
    )
    found = read(both)
    assert len(found.statements) == 1
    assert [one.code for one in found.problems] == [ProblemCode.STATEMENT_LEFT_OUT]


def test_balance_that_can_not_be_read_is_told():
    found = read(ofx(ofx_entry(), balance=""))
    assert (len(found.statements[0].lines), found.statements[0].closing) == (1, None)
    assert [one.code for one in found.problems] == [ProblemCode.BALANCE_UNREADABLE]


def test_an_error_of_the_bank_is_told_in_its_words():
    content = (
        b"OFXHEADER:100\n\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>15500<SEVERITY>ERROR"
        b"<MESSAGE>Wrong password</STATUS></SONRS></SIGNONMSGSRSV1></OFX>"
    )
    with pytest.raises(StatementRefused, match="gave no statement but an error: “Wrong password”"):
        READER.read(content)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Zoë Ünal".encode("cp1252"), b"CHARSET:1252"),
        ("Zoë Ünal".encode("latin-1"), b"CHARSET:ISO-8859-1"),
        ("Zoë Ünal".encode(), b"CHARSET:1252"),
        (b"Zo&#235; &Uuml;nal", b"CHARSET:NONE"),
        ("<![CDATA[Zoë Ünal]]>".encode(), b"CHARSET:NONE"),
    ],
)
def test_encodings_by_header(text, header):
    content = ofx(ofx_entry()).replace(b"CHARSET:1252", header).replace(b"Erika Muster", text)
    assert read(content).statements[0].lines[0].counterparty == "Zoë Ünal"


def test_signs_that_are_escaped_or_ought_to_be():
    told = line(more="<MEMO>A &amp; B < 3 &lt;STMTTRN&gt; &unknown;\n")
    assert told.remittance == "A & B < 3 <STMTTRN> &unknown;"


def test_comments_are_no_text():
    told = line(more="<MEMO>INV<!-- <STMTTRN> \n -->-1\n")
    assert told.remittance == "INV -1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (XML.encode() + b'<!DOCTYPE OFX SYSTEM "file:///etc/passwd"><OFX></OFX>', "declares a"),
        (XML.encode() + b'<!DOCTYPE x [<!ENTITY a "b">]><OFX></OFX>', "Line 3 declares"),
        (ofx("</NOTHING>"), "“</NOTHING>” closes nothing"),
        (ofx(ofx_entry()).replace(b"</OFX>", b""), "“<OFX>” of line 11 is never closed"),
        (b"this is totally not an ofx file", "no <OFX> in this file"),
        (b"<OFX></OFX>", "holds no statement"),
        (ofx("<A>" * 200), "too deep"),
        (ofx(ofx_entry(), currency="DEM"), "“DEM” is no currency"),
        (ofx(ofx_entry(more=f"<MEMO>&#{'9' * 5000};\n")), "is no text"),
        (b"<OFX>\x00", "letters of this file"),
        (b"", "empty"),
    ],
)
def test_damaged_files_are_refused(content, words):
    with pytest.raises(StatementRefused, match=words):
        READER.read(content)


def test_too_many_tags_are_refused(monkeypatch):
    monkeypatch.setattr(tree, "_TAGS_MAX", 20)
    with pytest.raises(StatementRefused, match="too many entries"):
        READER.read(ofx(ofx_entry()))


def test_file_cut_off_anywhere_is_refused():
    content = ofx(ofx_entry(), ofx_entry(ref="F2")).rstrip()
    assert len(READER.read(content).statements[0].lines) == 2
    for end in range(len(content)):
        with pytest.raises(StatementRefused):
            READER.read(content[:end])
