"""What a business needs to debit accounts, checked before it is kept."""

import pytest

from counterfoil.domain.business.debits import checked_debits, creditor_ref_holds
from counterfoil.kernel.errors import InvalidInput


@pytest.mark.parametrize("text", ["DE98ZZZ09999999999", "AT61ZZZ01234567890", "DE98ABC09999999999"])
def test_a_creditor_identifier_holds_whatever_its_business_code(text):
    assert creditor_ref_holds(text)


@pytest.mark.parametrize(
    "text",
    ["", "DE97ZZZ09999999999", "DE98ZZZ09999999998", "9898ZZZ0999", "DE98", "de98zzz09999999999",
     "DE98ZZZ0999999999Ä", "DE98ZZZ" + "0" * 40],
)  # fmt: skip
def test_a_mistyped_one_does_not(text):
    assert not creditor_ref_holds(text)


def test_what_is_typed_is_kept_in_its_own_form():
    kept = checked_debits(["bacs", "sepa_core"], " de98 zzz 0999 9999 999 ", "12-34-56")
    assert kept == {
        "debit_schemes": ["sepa_core", "bacs"],
        "creditor_ref": "DE98ZZZ09999999999",
        "bacs_number": "123456",
    }


@pytest.mark.parametrize(
    ("schemes", "identifier", "number", "fields"),
    [
        (["sepa_core"], "", "", {"creditor_ref"}),
        (["sepa_b2b"], "", "", {"creditor_ref"}),
        (["bacs"], "", "", {"bacs_number"}),
        ([], "DE00ZZZ09999999999", "12345", {"creditor_ref", "bacs_number"}),
        (["autogiro"], "", "", {"debit_schemes"}),
    ],
)
def test_what_a_scheme_lacks_is_named(schemes, identifier, number, fields):
    with pytest.raises(InvalidInput) as refused:
        checked_debits(schemes, identifier, number)
    assert {problem.field for problem in refused.value.problems} == fields


def test_ach_needs_nothing_and_nothing_offers_nothing():
    assert checked_debits(["ach"], "", "")["debit_schemes"] == ["ach"]
    assert checked_debits([], "", "")["debit_schemes"] == []
