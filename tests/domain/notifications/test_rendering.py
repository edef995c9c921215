"""The words of the mails: language, zone, direction, and nothing from outside."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from uuid import UUID

import pytest

from counterfoil.domain.notifications.letters import (
    ChangeLetter,
    CreditNoteLetter,
    FailedLetter,
    InvoiceLetter,
    Letterhead,
    NotSentLetter,
    PaidWith,
    Part,
    Reader,
    ReceiptLetter,
    RefundLetter,
    link_mark,
)
from counterfoil.domain.notifications.rendering import clean, render
from counterfoil.kernel.money import Money

EVIL = '<script>alert(1)</script>\r\nBcc: x@y.example\n<img src="https://evil.example/x">\u202e'
LINK = "https://pay.harrow.example/i/~0199"
HEAD = Letterhead(
    "Harrow Water", "Harrow Water plc", ("12 Quai Sud", "69002 Lyon", "FR"), "b@h.example"
)
READER = Reader("ines@moreau.example", "Atelier Moreau", "en", "Europe/Paris")
AT = datetime(2026, 11, 21, 23, 42, tzinfo=UTC)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


INVOICE = InvoiceLetter(
    letterhead=HEAD,
    reader=READER,
    number="HW-2026-00418",
    issued_date=date(2026, 11, 7),
    due_date=date(2026, 11, 27),
    total=eur(20355),
    due=eur(20355),
    link=LINK,
)
RECEIPT = ReceiptLetter(
    letterhead=HEAD,
    reader=READER,
    reference="pay_01jd4x8e6hf8ksq0v3g2m7c5ra",
    amount=eur(20355),
    paid_at=AT,
    paid_with=PaidWith("card", "visa", "4242"),
    parts=(Part("HW-2026-00418", eur(15355), eur(5000)), Part("HW-2026-00391", eur(4000), eur(0))),
    unapplied=eur(1000),
    link="https://pay.harrow.example/",
)
FAILED = FailedLetter(
    letterhead=HEAD,
    reader=READER,
    amount=eur(20355),
    tried_at=AT,
    paid_with=PaidWith("card", "visa", "3155"),
    failure_code="authentication_expired",
    numbers=("HW-2026-00418",),
    due=eur(20355),
    link=LINK,
)
REFUND = RefundLetter(
    letterhead=HEAD,
    reader=READER,
    reference="ref_01jd4x8e6hf8ksq0v3g2m7c5ra",
    payment_reference="pay_01jd4x8e6hf8ksq0v3g2m7c5ra",
    amount=eur(5000),
    paid=eur(20355),
    sent_at=AT,
    paid_with=PaidWith("card", "visa", "4242"),
    reopened=(Part("HW-2026-00391", eur(4000), eur(0)),),
    link="https://pay.harrow.example/",
)
TRANSFERRED = replace(REFUND, paid_with=PaidWith("bank_transfer", "", ""), by_hand="bank_transfer")
CREDIT_NOTE = CreditNoteLetter(
    letterhead=HEAD,
    reader=READER,
    number="CN-2026-00007",
    invoice_number="HW-2026-00418",
    issued_date=AT.date(),
    total=eur(5000),
    left=eur(15355),
    credit=eur(0),
    reason="The inspection never happened.",
    link=LINK,
)
FREE_NOTE = replace(CREDIT_NOTE, invoice_number="", left=eur(0), credit=eur(5000))
NOT_SENT = NotSentLetter(
    letterhead=HEAD,
    reader=READER,
    reference=REFUND.reference,
    payment_reference=REFUND.payment_reference,
    amount=eur(5000),
    is_off=False,
    covered=REFUND.reopened,
    link=REFUND.link,
)
CHANGED = ChangeLetter(
    letterhead=HEAD,
    reader=READER,
    event="payment_moved",
    amount=eur(20355),
    link=LINK,
    reference=RECEIPT.reference,
    parts=(Part("HW-2026-00418", eur(15355), eur(5000)), Part("HW-2026-00391", eur(0), eur(4000))),
    credit=eur(1000),
    due=eur(9000),
)
OF_REFUNDS = ("refund_returned", "refund_failed", "refund_cancelled")
CHARGED_BACK = ("chargeback_opened", "chargeback_lost", "chargeback_won")
PLAIN = replace(CHANGED, parts=(), credit=None, due=None)
LETTERS = [
    *(replace(PLAIN, event=event) for event in (*OF_REFUNDS, *CHARGED_BACK, "invoice_voided")),
    *(CHANGED, replace(PLAIN, event="refund_failed", to_staff=True)),
    *(INVOICE, RECEIPT, FAILED, REFUND, TRANSFERRED, NOT_SENT, replace(NOT_SENT, is_off=True)),
    *(CREDIT_NOTE, FREE_NOTE, replace(CREDIT_NOTE, left=eur(0), credit=eur(1000))),
]


def read_in(letter, locale, timezone="Europe/Paris", **changes):
    reader = replace(letter.reader, locale=locale, timezone=timezone, **changes)
    return render(replace(letter, reader=reader))


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text between the tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_invoice_in_words():
    mail = render(INVOICE)

    assert (
        mail.subject == "Invoice HW-2026-00418 from Harrow Water: €203.55 due by 27 November 2026"
    )
    assert (
        mail.text
        == """Invoice HW-2026-00418 from Harrow Water

Amount due: €203.55
to Harrow Water by 27 November 2026

Pay €203.55:
https://pay.harrow.example/i/~0199
The link opens this one invoice without a sign-in, for 90 days.

Issued: 7 November 2026
Due: 27 November 2026
For: Atelier Moreau

The invoice is attached as a PDF.

--
You get this mail at ines@moreau.example because it is a contact address of Atelier Moreau.
Questions? Write to b@h.example, or answer this mail.
Harrow Water plc, 12 Quai Sud, 69002 Lyon, FR
"""
    )
    html = Tags(mail.html)
    buttons = [attrs["href"] for tag, attrs in html.tags if tag == "a"]
    assert buttons == [LINK]
    assert "Pay €203.55" in html.text
    assert "border-top:2px dashed" in mail.html


def test_nothing_due_asks_for_nothing():
    mail = render(replace(INVOICE, due=eur(0)))

    assert mail.subject == "Invoice HW-2026-00418 from Harrow Water"
    assert "There is nothing to pay." in mail.text
    assert "Pay €" not in mail.text + mail.html


def test_receipt_in_words():
    mail = render(RECEIPT)

    assert mail.subject == "Payment received: €203.55 to Harrow Water"
    assert (
        mail.text.split("\n--")[0]
        == """Payment received

€203.55
22 November 2026, 00:42 CET
Visa •••• 4242

Invoice HW-2026-00418: €153.55
€50.00 is left to pay on it.
Invoice HW-2026-00391: €40.00
Kept as credit for you: €10.00

The receipt is attached as a PDF.

See your invoices:
https://pay.harrow.example/

Keep this counterfoil
Payment reference: pay_01jd4x8e6hf8ksq0v3g2m7c5ra
Received by: Harrow Water
Received from: Atelier Moreau
"""
    )


def test_a_transfer_is_told_by_its_day_alone():
    mail = render(replace(RECEIPT, paid_with=PaidWith("bank_transfer")))

    assert "22 November 2026\nBank transfer" in mail.text
    assert "00:42" not in mail.text + mail.html


def test_a_failure_says_first_that_no_money_was_moved():
    mail = render(FAILED)

    assert mail.subject == "Your payment of €203.55 to Harrow Water did not go through"
    assert mail.text.startswith(
        "Your payment did not go through\n\n"
        "No money was moved. The confirmation at your bank was not finished in time. "
        "Try again and finish the check at your bank.\n"
    )
    assert "Pay €203.55:\nhttps://pay.harrow.example/i/~0199\n" in mail.text


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("de", "Rechnung HW-2026-00418 von Harrow Water: 203,55\u00a0€ bis 27. November 2026"),
        ("en-US", "Invoice HW-2026-00418 from Harrow Water: €203.55 due by November 27, 2026"),
        ("fr", "Invoice HW-2026-00418 from Harrow Water: €203.55 due by 27 November 2026"),
    ],
)
def test_the_reader_s_language(locale, subject):
    assert read_in(INVOICE, locale).subject == subject


def test_arabic_runs_from_right_to_left():
    mail = read_in(INVOICE, "ar")
    html = Tags(mail.html)
    [root] = [attrs for tag, attrs in html.tags if tag == "html"]

    assert (root["lang"], root["dir"]) == ("ar", "rtl")
    assert mail.subject.startswith("الفاتورة")
    assert "direction:ltr" not in mail.html
    assert "\u2068HW-2026-00418\u2069" in mail.text


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Europe/Paris", "22 November 2026, 00:42 CET"),
        ("America/New_York", "21 November 2026, 18:42 EST"),
        ("Asia/Dubai", "22 November 2026, 03:42 UTC+04"),
    ],
)
def test_the_reader_s_time_zone(zone, moment):
    assert moment in read_in(RECEIPT, "en", zone).text


def test_in_german_the_word_stands_behind_the_time_and_before_the_zone():
    mail = read_in(RECEIPT, "de", "Europe/Paris")
    assert "22. November 2026, 00:42 Uhr CET" in mail.text
    assert "CET Uhr" not in mail.text + mail.html


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: type(letter).__name__)
def test_nothing_is_loaded_from_anywhere(letter, locale):
    html = read_in(letter, locale).html
    tags = Tags(html).tags

    addresses = {attrs[name] for _, attrs in tags for name in ("href", "src") if name in attrs}
    assert addresses == {letter.link}
    assert {tag for tag, _ in tags} & {"img", "script", "link", "iframe", "object"} == set()
    assert re.search(r"@import|url\s*\(|background=", html) is None


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: type(letter).__name__)
def test_hostile_names_are_only_words(letter):
    head = Letterhead(EVIL, EVIL, (EVIL,), EVIL)
    hostile = replace(letter, letterhead=head, reader=replace(READER, customer_name=EVIL))
    if isinstance(hostile, InvoiceLetter):
        hostile = replace(hostile, number=EVIL)
    mail = render(hostile)
    html = Tags(mail.html)

    assert "\n" not in mail.subject
    assert "\r" not in mail.subject + mail.text
    assert "\nBcc:" not in mail.text
    assert "\u202e" not in mail.subject + mail.text + mail.html
    assert {tag for tag, _ in html.tags} & {"script", "img"} == set()
    assert {attrs["href"] for tag, attrs in html.tags if tag == "a"} == {letter.link}
    assert '<script>alert(1)</script> Bcc: x@y.example <img src="https://evil' in html.text


def test_templates_are_not_run_again():
    mail = render(replace(INVOICE, number="{{ 7*7 }}{% raw %}%(amount)s"))

    assert "Invoice {{ 7*7 }}{% raw %}%(amount)s from" in mail.subject


@pytest.mark.parametrize("currency", ["JPY", "BHD", "CHF"])
def test_each_currency_has_its_own_decimals(currency):
    amounts = {"JPY": "¥20,355", "BHD": "BHD\u00a020.355", "CHF": "CHF\u00a0203.55"}
    money = Money(20355, currency)

    assert (
        f"Amount due: {amounts[currency]}\n"
        in render(replace(INVOICE, due=money, total=money)).text
    )


def test_the_brand_colours_the_button_only():
    red = replace(HEAD, fill="#c01020", on_fill="#ffffff", fill_dark="#ff8a8a")
    html = render(replace(INVOICE, letterhead=red)).html

    assert 'bgcolor="#c01020"' in html
    assert "#ff8a8a" in html
    assert "#0f5c4c" not in html


def test_a_very_long_name_is_shortened():
    mail = render(replace(INVOICE, letterhead=replace(HEAD, name="W" * 5000)))

    assert len(mail.subject) <= 200
    assert "W" * 121 not in mail.html


def test_clean_keeps_one_line():
    assert clean(" a\t\n b\x00\u2028c \u202ed ") == "a b c d"
    assert clean("x" * 10, 5) == "xxxx…"


def test_the_mark_stands_for_one_message():
    message_id = UUID("01990000-0000-7000-8000-000000000001")
    assert link_mark(message_id) == "~01990000000070008000000000000001"


def test_a_refund_says_how_much_where_to_and_how_long():
    mail = render(REFUND)
    words = " ".join(mail.text.split())
    assert mail.subject == "Refund: €50.00 from Harrow Water"
    assert "It goes back to Visa •••• 4242, the way you paid." in words
    assert "Banks need 5 to 10 working days until it is on your account." in words
    assert "Invoice HW-2026-00391 is open again by €40.00." in words
    assert "You had paid: €203.55" in words


def test_a_refund_by_hand_says_how_it_went():
    mail = render(TRANSFERRED)
    assert "It went to you by bank transfer on" in mail.text
    assert "the account that your payment came from" in mail.text
    assert "the way you paid" not in mail.text + mail.html
    cheque = render(replace(TRANSFERRED, by_hand="cheque"))
    assert "You were given a cheque for it on" in cheque.text
    cash = render(replace(TRANSFERRED, by_hand="cash"))
    assert "It was handed back to you on" in cash.text
    for one in (cheque, cash):
        assert "You were paid back" in one.html
        assert "on its way" not in one.text + one.html
