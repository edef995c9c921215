"""Addresses of one thing, as lists write them."""

from uuid import uuid4

import pytest
from django.urls import reverse

from counterfoil.surfaces.backoffice.addresses import place

NAMES = ("backoffice_invoice", "backoffice_customer", "backoffice_payment", "backoffice_mail_again")


@pytest.mark.parametrize("name", NAMES)
def test_a_place_is_the_one_that_django_gives(name):
    for one in (uuid4(), uuid4()):
        assert place(name, one) == reverse(name, args=[one])
