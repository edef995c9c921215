"""What payers agree to: the words of each scheme, whole, with who debits and under which number."""

import re

import pytest

from counterfoil.domain.payments.mandate_texts import (
    Creditor,
    mandate_reference,
    mandate_text,
    scheme_name,
)
from counterfoil.kernel.ports.gateways.mandates import DebitScheme

HARROW = Creditor(
    "Harrow Water Ltd", "DE98ZZZ09999999999", ("1 High Street", "Harrow"), "pay@harrow.example"
)
WANTED = {
    DebitScheme.SEPA_CORE: (
        "authorise (A) Harrow Water Ltd to send instructions to your bank",
        "within 8 weeks starting from the date on which your account was debited",
        "Creditor identifier: DE98ZZZ09999999999",
        "Mandate reference: REF-1",
        "as soon as it is handed in, which is at least one day before your account is debited",
    ),
    DebitScheme.SEPA_B2B: (
        "only intended for business-to-business transactions",
        "You are not entitled to a refund from your bank",
        "Creditor identifier: DE98ZZZ09999999999",
    ),
    DebitScheme.ACH: (
        "I authorise Harrow Water Ltd to debit the bank account",
        "until I revoke it",
        "writing to pay@harrow.example",
        "to correct a debit made in error",
        "rules of Nacha",
    ),
    DebitScheme.BACS: (
        "Please pay Harrow Water Ltd Direct Debits from the account",
        "safeguards assured by the Direct Debit Guarantee",
        "The Direct Debit Guarantee\n\n• This Guarantee is offered by all banks",
        "entitled to a full and immediate refund",
        "You can cancel a Direct Debit at any time",
        "Service user number: DE98ZZZ09999999999",
    ),
}


@pytest.mark.parametrize("scheme", list(DebitScheme))
def test_a_mandate_says_all_that_its_scheme_asks_for(scheme):
    whole = mandate_text(scheme, HARROW, "REF-1", locale="en").whole
    assert [words for words in WANTED[scheme] if words not in whole] == []
    assert "Creditor: Harrow Water Ltd\nAddress: 1 High Street, Harrow\n" in whole


@pytest.mark.parametrize("scheme", list(DebitScheme))
def test_every_scheme_has_a_name_and_no_place_is_left_open(scheme):
    whole = mandate_text(scheme, HARROW, "REF-1", locale="en").whole
    assert scheme_name(scheme.value)
    assert "%(" not in whole


def test_another_word_is_another_digest():
    one = mandate_text(DebitScheme.SEPA_CORE, HARROW, "REF-1", locale="en")
    again = mandate_text(DebitScheme.SEPA_CORE, HARROW, "REF-1", locale="en")
    other = mandate_text(DebitScheme.SEPA_CORE, HARROW, "REF-2", locale="en")
    assert one.digest == again.digest != other.digest


@pytest.mark.parametrize("slug", ["harrow", "harrow-water-of-lyon", "خ", ""])
def test_a_reference_is_readable_short_and_the_forms_own(slug):
    reference = mandate_reference(slug, "form")
    assert len(reference) <= 35
    assert re.fullmatch(r"[A-Z0-9]{1,12}(-[0-9A-HJKMNP-TV-Z]{4}){4}", reference)
    assert reference == mandate_reference(slug, "form") != mandate_reference(slug, "another")
