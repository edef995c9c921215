"""Mails as they are drawn: nothing breaks where it hurts, and every foot says why one gets it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from counterfoil.domain.notifications.formatting import are_wide
from counterfoil.domain.notifications.letters import (
    ChargebackLetter,
    DebitNoticeLetter,
    Letterhead,
    PaidWith,
    Part,
    PeopleLetter,
    Reader,
    ReturnedLetter,
    StaffLetter,
)
from counterfoil.domain.notifications.rendering import render, unbroken
from counterfoil.kernel.money import Money

AT = datetime(2026, 11, 21, 9, 42, tzinfo=UTC)
HEAD = Letterhead("Harrow Water", "Harrow Water plc", ("12 Quai Sud",), "b@h.example")
READER = Reader("ines@moreau.example", "Atelier Moreau", "en", "Europe/Paris")
PAYMENT, DEBIT = "pay_01jd4x8e6hf8ksq0v3g2m7c5ra", PaidWith("bank_debit", "sepa_core", "3000")
EUR = Money(20355, "EUR")
RETURNED = ReturnedLetter(
    letterhead=HEAD, reader=READER, reference=PAYMENT, amount=EUR, paid_at=AT, returned_at=AT,
    paid_with=DEBIT, failure_code="insufficient_funds", reopened=(Part("HW-2026-00418", EUR, EUR),),
    due=EUR, mandate_reference="", link="https://pay.harrow.example/i/~0199",
)  # fmt: skip
NOTICE = DebitNoticeLetter(
    letterhead=HEAD, reader=READER, reference=PAYMENT, amount=EUR, confirmed_at=AT,
    debit_date=date(2026, 11, 27), paid_with=DEBIT, creditor_name="Harrow Water plc",
    creditor_ref="FR17ZZZ528742", mandate_reference="HARROWWATER-EYDQ-8A9A-0N5R-AWWP",
    is_sepa=True, numbers=("HW-2026-00418",), link="https://pay.harrow.example/",
)  # fmt: skip
CHARGEBACK = ChargebackLetter(
    letterhead=HEAD, reader=READER, event="opened", reference="dis_01", payment_reference=PAYMENT,
    amount=EUR, fee=EUR, due_at=AT, link="https://pay.harrow.example/",
)  # fmt: skip


EVIL = "Rhône <i>& Fils</i></mj-text> a<b --> &lt;img&gt;"
SHOWN = "Rhône &lt;i&gt;&amp; Fils&lt;/i&gt;&lt;/mj-text&gt; a&lt;b --&gt; &amp;lt;img&amp;gt;"
OF_PEOPLE = (*("invited", "changed", "removed", "admitted", "came", "given", "offered", "looked"),)
OF_STAFF = ("invited", "asked", "carried_out", "refused", "failed", "expired", "alarm")
HOSTILE = [
    *(
        PeopleLetter(
            letterhead=replace(HEAD, name=EVIL), reader=replace(READER, customer_name=EVIL),
            event=event, by=EVIL, link="https://pay.harrow.example/", preset="sees", until=AT,
            whom=EVIL,
        )
        for event in OF_PEOPLE
    ),
    *(
        StaffLetter(
            letterhead=replace(HEAD, name=EVIL), reader=READER, event=event, by=EVIL, act="refund",
            link="https://pay.harrow.example/", amount=EUR, about=EVIL, note=EVIL, until=AT,
        )
        for event in OF_STAFF
    ),
    *(
        replace(CHARGEBACK, event=event, reader=replace(READER, customer_name=EVIL))
        for event in ("opened", "due", "won", "lost")
    ),
]  # fmt: skip


@pytest.mark.parametrize("letter", HOSTILE, ids=lambda one: f"{type(one).__name__}-{one.event}")
def test_names_and_reasons_are_words_wherever_a_mail_says_them(letter):
    mail = render(letter)
    assert SHOWN in mail.html
    assert "<i>" not in mail.html
    assert "<img" not in mail.html
    assert EVIL in mail.text or letter.event in ("won", "lost", "opened", "due")


def test_the_foot_of_a_debit_that_came_back_says_why_one_gets_the_mail():
    mail = render(RETURNED)
    assert mail.html.count("There was not enough money on the bank account.") == 2  # and ahead
    for text in (mail.text, mail.html):
        assert "it is a contact address of Atelier Moreau" in text


def test_a_number_stays_on_its_line_and_what_is_long_below_its_label():
    german = replace(NOTICE, reader=replace(READER, locale="de"))
    html = render(german).html
    assert '<span style="white-space:nowrap">HW-2026-00418</span>' in html
    for label in ("Mandatsreferenz", "Gläubiger-Identifikationsnummer"):
        assert f"{label}</span><br" in html


def test_a_reference_is_called_by_its_name():
    html = render(CHARGEBACK).html
    assert html.index(">Chargeback</div>") < html.index("dis_01")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("am 21. November & dann", "am 21.\u00a0November &amp; dann"),
        ("by 28 November 2026. Nothing", "by 28 November 2026. Nothing"),
        ("Visa •••• 4242", "Visa ••••\u00a04242"),
        (Markup("it&#39;s <&amp;"), "it&#39;s <&amp;"),
        ("HARROWWATER-EYDQ-8A9A-0N5R", "HARROWWATER-EYDQ-8A9A-0N5R"),
    ],
)
def test_what_belongs_together_stays_together(text, drawn):
    assert str(unbroken(text)) == drawn


@pytest.mark.parametrize(
    ("left", "right", "wide"),
    [
        ("Open again: HW-2026-00418", "€153.55", False),
        ("الفاتورة \u2068HW-2026-00418\u2069", "\u2068\u200f153.55\u00a0€\u2069", False),
        ("For", "Atelier Moreau SARL", False),
        ("Payment reference", PAYMENT, True),
        ("Gläubiger-Identifikationsnummer", "FR17ZZZ528742", True),
    ],
)
def test_what_fits_beside_each_other(left, right, wide):
    assert are_wide(left, right) is wide
