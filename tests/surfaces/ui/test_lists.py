"""What lists share: addresses that keep what was asked for, and words of a sensible length."""

from django.test import RequestFactory

from counterfoil.surfaces.ui.lists import SEARCH_MAX, search_words, with_query


def test_an_address_keeps_what_says_something_under_any_name() -> None:
    assert with_query("/payments/", path="a b", q="") == "/payments/?path=a+b"
    assert with_query("/payments/", q="", status="") == "/payments/"


def test_search_words_are_trimmed_and_cut() -> None:
    request = RequestFactory().get("/payments/", {"q": "  " + "x" * 500})
    assert search_words(request) == "x" * SEARCH_MAX
