"""MT940 and MT942: fields, details in three forms, pages, several messages, what is cut off."""

from datetime import date

import pytest

from adapters.banks.samples import CREDIT, OGM, OTHER_IBAN, RF, mt940
from counterfoil.adapters.banks.mt940.reader import Mt940Reader
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    Balance,
    BankAccount,
    LineState,
    ProblemCode,
    StatementRefused,
)
from counterfoil.kernel.references import Reference, ReferenceKind

READER = Mt940Reader()
BANK = BankAccount(number="532013000", bank="37040044")


def read(content):
    assert READER.sniff(content)
    return READER.read(content)


def line(*fields, closing="C260331EUR110,00"):
    found = read(mt940(*fields, closing=closing))
    assert found.problems == ()
    (statement,) = found.statements
    (told,) = statement.lines
    return told


def euros(minor):
    return Money(minor, "EUR")


def test_statement_with_all_that_it_says():
    found = read(mt940(*CREDIT))
    assert (found.format, found.problems) == ("mt940", ())
    (statement,) = found.statements
    assert (statement.account, statement.currency) == (BANK, "EUR")
    assert (statement.ref, statement.sequence, statement.place) == ("STARTUMS", "00007/001", 1)
    assert statement.opening == Balance(euros(10000), date(2026, 3, 1))
    assert statement.closing == Balance(euros(11000), date(2026, 3, 31))
    (told,) = statement.lines
    assert told.place == 5
    assert (told.booked_date, told.value_date) == (date(2026, 3, 2), date(2026, 3, 2))
    assert told.amount == euros(1000)
    assert (told.counterparty, told.counterparty_account) == (
        "Erika Muster", BankAccount(iban=OTHER_IBAN, bank="DEUTDEDB237")
    )  # fmt: skip
    assert (told.remittance, told.end_to_end_ref) == ("INV-2026-00001", "E2E-1")
    assert (told.bank_ref, told.code) == ("B1", "NTRF 166")


@pytest.mark.parametrize(
    ("mark", "minor", "is_reversal"),
    [("C", 1000, False), ("D", -1000, False), ("RC", -1000, True), ("RD", 1000, True),
     ("CR", 1000, False), ("DR", -1000, False), ("RDR", 1000, True), ("RCR", -1000, True)],
)  # fmt: skip
def test_marks_of_credit_debit_and_reversal(mark, minor, is_reversal):
    closing = f"C260331EUR{(10000 + minor) // 100},00"
    told = line(f":61:2603020302{mark}10,00NTRFNONREF", closing=closing)
    assert (told.amount, told.is_reversal) == (euros(minor), is_reversal)


@pytest.mark.parametrize(
    ("text", "booked", "value"),
    [
        ("2603020303C", date(2026, 3, 3), date(2026, 3, 2)),
        ("260302C", date(2026, 3, 2), date(2026, 3, 2)),
        ("2601010231C", None, None),
        ("2601021231C", date(2025, 12, 31), date(2026, 1, 2)),
        ("2512310102C", date(2026, 1, 2), date(2025, 12, 31)),
        ("2602300301C", date(2026, 3, 1), date(2026, 2, 28)),
        ("2402300301C", date(2024, 3, 1), date(2024, 2, 29)),
        ("991231C", date(1999, 12, 31), date(1999, 12, 31)),
    ],
)
def test_days_and_the_year_of_the_entry(text, booked, value):
    found = read(mt940(f":61:{text}10,00NTRFNONREF"))
    if booked is None:
        assert [one.code for one in found.problems] == [
            ProblemCode.BALANCE_DIFFERS, ProblemCode.LINE_REFUSED
        ]  # fmt: skip
        return
    (told,) = found.statements[0].lines
    assert (told.booked_date, told.value_date) == (booked, value)


@pytest.mark.parametrize(
    ("text", "minor", "code", "bank_ref", "remittance"),
    [
        ("C10,NTRFNONREF", 1000, "NTRF", "", ""),
        ("C10,5FMSC01916//NONREF", 1050, "FMSC", "", "01916"),
        ("C000000000010,00NTRF0000549855700010//025498557/000001", 1000, "NTRF",
         "025498557/000001", "0000549855700010"),
        ("C10,00 NTRFNONREF//21", 1000, "NTRF", "21", ""),
        ("C10,00NOV NONREF", 1000, "NOV", "", ""),
        ("CN10,00NZ10NONREF", 1000, "NZ10", "", ""),
        ("C10,00S051", 1000, "S051", "", ""),
        ("C10,00", 1000, "", "", ""),
        ("C10,00NTRFNONREF//B1\n/OCMT/EUR10,00/", 1000, "NTRF", "B1", "/OCMT/EUR10,00/"),
    ],
)  # fmt: skip
def test_the_rest_of_a_statement_line(text, minor, code, bank_ref, remittance):
    closing = f"C260331EUR{(10000 + minor) // 100},{(10000 + minor) % 100:02}"
    told = line(*f":61:260302{text}".split("\n"), closing=closing)
    assert (told.amount.minor, told.code, told.bank_ref) == (minor, code, bank_ref)
    assert told.remittance == remittance


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (":61:260302C10.00NTRF", "is no line like"),
        (":61:260302X10,00NTRF", "is no line like"),
        (":61:261302C10,00NTRF", "no day 2026-13-02"),
        (":61:260302C10,005NTRF", "more decimals than EUR has"),
        (":61:", "is no line like"),
        (":61:2603020302C12345678901234567,00NTRF", "is no line like"),
    ],
)
def test_line_that_can_not_be_read_is_left_out_and_told(text, words):
    found = read(mt940(*CREDIT, text, ":86:what for", closing="C260331EUR120,00"))
    assert len(found.statements[0].lines) == 1
    codes = {one.code: one for one in found.problems}
    assert set(codes) == {ProblemCode.LINE_REFUSED, ProblemCode.BALANCE_DIFFERS}
    assert codes[ProblemCode.LINE_REFUSED].line == 8
    assert words in codes[ProblemCode.LINE_REFUSED].message


def details(*lines):
    return line(":61:2603020302C10,00NTRFNONREF", *lines)


def test_german_subfields_over_broken_lines():
    told = details(
        ":86:109?00SEPA-LASTSCHR. RETOURE CORE?109075/629?20EREF+A1.200080779.",
        "400143254?21.4961336 KREF+SEPA-DA202006?2201221740-34972000-P1 MR",
        "EF+?2",
        f"230852HW SVWZ+?24SONSTIGE GRUENDE?25RECHNUNG {RF}?30CSDBDE71XXX?31{OTHER_IBAN[:12]}",
        f"{OTHER_IBAN[12:]}?32TESTER?33 UND SOHN?34914",
    )
    assert told.counterparty == "TESTER UND SOHN"
    assert told.counterparty_account == BankAccount(iban=OTHER_IBAN, bank="CSDBDE71XXX")
    assert told.end_to_end_ref == "A1.200080779.400143254.4961336"
    assert told.remittance == f"SONSTIGE GRUENDE RECHNUNG {RF}"
    assert told.reference == Reference(ReferenceKind.RF, RF)
    assert told.code == "NTRF 109"


@pytest.mark.parametrize(
    ("text", "remittance"),
    [
        ("166?20Rechnung INV-2026-00001 vom?212. Maerz", "Rechnung INV-2026-00001 vom2. Maerz"),
        ("166?20Rechnung INV-2026-00001?21vom 2. Maerz", "Rechnung INV-2026-00001 vom 2. Maerz"),
        ("166?20Miete?21Maerz?60und?61April", "Miete Maerz und April"),
        ("166?00ENTGELTABSCHLUSS?109310", "ENTGELTABSCHLUSS"),
        ("166?00GUTSCHRIFT?20EREF+NOTPROVIDED", "GUTSCHRIFT"),
        ("166?20Anfang SVWZ+Ende", "Ende"),
        ("166<20Miete<21Maerz", "Miete Maerz"),
        ("166?20SVWZ+Was kostet das??21Viel", "Was kostet das? Viel"),
    ],
)  # fmt: skip
def test_german_purposes(text, remittance):
    told = details(f":86:{text}")
    assert (told.remittance, told.end_to_end_ref) == (remittance, "")


def test_polish_account_in_its_own_subfield():
    told = details(":86: 020?00Wyplata?20FAKTURA 333?38PL61109010140000071219812874?32HUTA")
    assert told.counterparty_account.iban == "PL61109010140000071219812874"


@pytest.mark.parametrize(
    ("lines", "name", "iban", "remittance", "reference", "end_to_end"),
    [
        (("/TRTP/SEPA OVERBOEKING/IBAN/DE89370400440532013000/BIC/DEUTDEFF/NAME/E MUSTER/RE",
          "MI/INV-2026-00001/EREF/E2E-1"), "E MUSTER", OTHER_IBAN, "INV-2026-00001", None, "E2E-1"),
        (("/EREF/E2E-1//CNTP/DE89370400440532013000/DEUTDEFF/E MUSTER///REMI/USTD//INV 1/",),
         "E MUSTER", OTHER_IBAN, "INV 1", None, "E2E-1"),
        (("/ORDP//NAME/E MUSTER/REMI/STRD/CUR/9330006140000122/EREF/NOTPROVIDED",),
         "E MUSTER", "", "", Reference(ReferenceKind.OTHER, "9330006140000122"), ""),
        (("/TRTP/IDEAL/NAME/E MUSTER/REMI/+++090/9337/55493+++/EREF/E2E-1",),
         "E MUSTER", "", "+++090/9337/55493+++", Reference(ReferenceKind.OGM, OGM), "E2E-1"),
    ],
)  # fmt: skip
def test_dutch_codes_between_slashes(lines, name, iban, remittance, reference, end_to_end):
    first, *more = lines
    told = details(f":86:{first}", *more)
    assert (told.counterparty, told.counterparty_account.iban) == (name, iban)
    assert (told.remittance, told.reference) == (remittance, reference)
    assert told.end_to_end_ref == end_to_end


def test_free_text_is_one_text():
    told = details(":86:GIRO AUS ONLINE-SIC 80532", " 10 1234 XXXX", "-", "")
    assert told.remittance == "GIRO AUS ONLINE-SIC 80532 10 1234 XXXX -"


def test_free_text_that_begins_with_an_iban_names_the_other_side():
    told = details(f":86:{OTHER_IBAN} E Muster", "INV-1")
    assert (told.counterparty_account.iban, told.counterparty) == (OTHER_IBAN, "E Muster")


def test_text_with_colons_is_no_field():
    told = details(":86:166?20Start 2026-03-02T13", ":12:11 :KO:NR:4", ":KO:5?32Erika")
    assert told.remittance == "Start 2026-03-02T13:12:11 :KO:NR:4:KO:5"


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("37040044/532013000", BANK),
        ("37040044/532013000EUR", BANK),
        (OTHER_IBAN, BankAccount(iban=OTHER_IBAN)),
        (f"{OTHER_IBAN}EUR", BankAccount(iban=OTHER_IBAN)),
        ("0001234567", BankAccount(number="0001234567")),
    ],
)
def test_accounts(text, account):
    assert read(mt940(*CREDIT, account=text)).statements[0].account == account


def test_several_messages_with_frames_of_swift():
    frame = b"\x01{1:F01POFICHBEAXXX0000000000}{2:I940XXXXXXXXXXXXN}{4:\r\n"
    one = mt940(*CREDIT).replace(b"\n", b"\r\n").replace(b"-\r\n", b"-}{5:{MAC:00}}\x03")
    two = one.replace(b"00007/", b"00008/").replace(b"//B1", b"//B2")
    found = read(frame + one + frame + two)
    assert [(one.sequence, len(one.lines)) for one in found.statements] == [
        ("00007/001", 1), ("00008/001", 1)
    ]  # fmt: skip
    assert found.problems == ()


def pages(second="C260302EUR110,00", number="00007/002"):
    last = CREDIT[0].replace("B1", "B2")
    return mt940(*CREDIT, page="FM", closing="C260302EUR110,00") + mt940(
        last, page="MF", opening=second, closing="C260331EUR120,00", number=number
    )


def test_pages_of_one_statement_are_one():
    found = read(pages())
    (statement,) = found.statements
    assert (len(statement.lines), found.problems) == (2, ())
    assert statement.opening == Balance(euros(10000), date(2026, 3, 1))
    assert statement.closing == Balance(euros(12000), date(2026, 3, 31))


def test_pages_that_do_not_join_are_told():
    found = read(pages(second="C260302EUR111,00"))
    assert [one.code for one in found.problems] == [ProblemCode.BALANCE_DIFFERS]
    assert "opens with 111.00 EUR, the one before it closes with 110.00 EUR" in (
        found.problems[0].message
    )


def test_pages_of_other_statements_stay_apart():
    assert len(read(pages(number="00008/001")).statements) == 2


INTERIM = (
    ":20:ST1\n:25:37040044/532013000\n:28C:1/1\n:34F:EURD0,\n:34F:EURC0,\n"
    ":13D:2603021815+0100\n:61:2603020302C10,00NTRFNONREF//B1\n:86:INV-1\n:90D:0EUR0,\n"
    ":90C:{count}EUR{total}\n-\n"
)


def test_interim_report_is_pending():
    """MT942: what it holds comes again, booked, in the MT940 of the day."""
    found = read(INTERIM.format(count=1, total="10,00").encode())
    assert found.format == "mt942"
    (statement,) = found.statements
    assert statement.lines == ()
    assert [(one.amount, one.state) for one in statement.pending] == [
        (euros(1000), LineState.PENDING)
    ]
    assert [one.code for one in found.problems] == [ProblemCode.LINE_PENDING]


@pytest.mark.parametrize(("count", "total"), [(2, "10,00"), (1, "11,00")])
def test_sums_of_an_interim_report_are_compared(count, total):
    found = read(INTERIM.format(count=count, total=total).encode())
    assert ProblemCode.TOTAL_DIFFERS in [one.code for one in found.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "utf-16"])
def test_encodings(encoding):
    content = mt940(*CREDIT[:-1], f"{CREDIT[-1]} Zoë Ünal", encoding=encoding)
    assert read(content).statements[0].lines[0].counterparty == "Erika Muster Zoë Ünal"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (mt940(*CREDIT).replace(b":25:37040044/532013000\n", b""), "has no account"),
        (mt940(*CREDIT).replace(b":60F:C260301EUR100,00\n", b""), "has no opening balance"),
        (mt940(*CREDIT).replace(b":62F:C260331EUR110,00\n", b""), "has no closing balance"),
        (mt940(*CREDIT, opening="C260301EUR1 00,00"), "Line 4: “C260301EUR1 00,00” is no balance"),
        (mt940(*CREDIT, closing="C260331110,00"), "is no balance like"),
        (mt940(*CREDIT, closing="C260331CHF110,00"), "in different currencies"),
        (mt940(*CREDIT, ":25:1"), "Line 8: the field :25: can't stand there"),
        (mt940(*CREDIT, ":60F:C260301EUR100,00"), "Line 8: the field :60F: can't stand there"),
        (b":61:2603020302C10,00NTRF\n", "Line 1: the field :61: stands outside"),
        (mt940(*CREDIT).replace(b"-\n", b"-\n:86:more\n"), "stands outside of a statement"),
        (mt940(*CREDIT, opening="C260301DEM100,00"), "“DEM” is no currency in use"),
        (b"\x00:20:\x00", "letters of this file"),
    ],
)
def test_damaged_files_are_refused(content, words):
    with pytest.raises(StatementRefused, match=words):
        READER.read(content)


def test_file_cut_off_anywhere_is_refused_or_told():
    """Only behind the closing balance nothing is lost."""
    content = mt940(*CREDIT)
    end_of_balance = content.rindex(b"110,00") + len(b"110,00")
    for end in range(1, end_of_balance):
        try:
            found = READER.read(content[:end])
        except StatementRefused:
            continue
        codes = {one.code for one in found.problems}
        is_same = found.statements == READER.read(content).statements
        assert is_same or ProblemCode.BALANCE_DIFFERS in codes, content[:end]


def test_balance_on_a_day_that_does_not_exist_goes_without_it():
    found = read(mt940(*CREDIT, closing="C261131EUR110,00"))
    assert found.statements[0].closing == Balance(euros(11000))
    assert [one.code for one in found.problems] == [ProblemCode.BALANCE_UNREADABLE]


def test_expected_entries_are_pending():
    found = read(mt940(":61:2603020302EC10,00NTRFNONREF", closing="C260331EUR100,00"))
    assert [len(found.statements[0].lines), len(found.statements[0].pending)] == [0, 1]
