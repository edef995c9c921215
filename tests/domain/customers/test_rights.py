"""Rights as rows keep them: read by their words, over and over on each page."""

from dataclasses import replace

import pytest

from counterfoil.domain.customers.rights import ALL, ContactRight, kept, read
from counterfoil.domain.customers.rows import PersonRow
from counterfoil.kernel.ids import new_id

SEE, PAY = ContactRight.SEE, ContactRight.PAY


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], set()),
        (["see", "pay"], {SEE, PAY}),
        (["pay", "see", "see"], {SEE, PAY}),
        (["see", "fly", "SEE", ""], {SEE}),
        (("see",), {SEE}),
        (iter(["see", "fly"]), {SEE}),
        ([SEE], {SEE}),
    ],
)
def test_words_are_read_and_those_that_are_no_right_are_left_out(words, meant):
    found = read(words)
    assert found == meant
    assert all(type(one) is ContactRight for one in found)


def test_what_is_kept_is_read_again():
    assert read(kept(ALL)) == ALL


def person(rights):
    return PersonRow(
        contact_id=new_id(), name="Ada", email="ada@moreau.example", locale="en",
        customer_id=new_id(), customer_name="Moreau", timezone="UTC", currency="EUR",
        rights=rights,
    )  # fmt: skip


def test_what_a_person_may_is_worked_out_once_for_the_same_words():
    ada = person(["see", "pay", "fly"])
    assert ada.may == {SEE, PAY}
    assert ada.may is ada.may is person(["see", "pay", "fly"]).may
    assert replace(ada, rights=["see"]).may == {SEE}


def test_a_list_that_was_changed_is_read_as_it_is_now():
    words = ["see"]
    ada = person(words)
    assert ada.may == {SEE}
    words.append("pay")
    assert ada.may == {SEE, PAY}
