"""Every portal page in every state is drawn, without a browser."""

import html
import json
import re
from dataclasses import replace

import pytest
from jinja2_fragments import render_block

from counterfoil.surfaces.portal.home.pages import HomePage
from counterfoil.surfaces.portal.ways.values import CardFields
from gallery.drawing import TEMPLATES, make_environment, reading
from gallery.serving import Gallery
from gallery.stories import Story, stories

PAYABLE = {
    "invoice-long",
    "invoice-signed-in",
    "invoice-saved",
    "invoice-planned",
    "invoice-surcharge",
    "invoice-wallet",
    "invoice-wallet-last",
    "invoice-own-page",
    "invoice-looked",
}
CARD = CardFields("https://gateway.example/card.js", "Gateway.mount", {"account": "a'b\"<c>&"})
STORIES = list(stories(CARD))
ENVIRONMENT = make_environment()
BY_NAME = {story.name: story for story in STORIES}
INLINE = re.compile(r"\s(style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
INLINE_TAG = re.compile(r"</?(?:a|b|bdi|em|span|strong|time)\b[^>]*>")
RUN_ON = re.compile(r">[^<]*?(\w+[.!?:;,][A-Z][a-z]+)")
FRAGMENTS = {
    "portal/invoices/list.html": "results",
    "portal/payments/list.html": "results",
    "portal/invoices/page.html": "stub",
    "portal/pay/result.html": "result",
}


def drawn(story: Story, language: str = "en") -> str:
    with reading(language):
        return ENVIRONMENT.get_template(story.template).render(story.context())


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_page_has_one_heading_one_main_and_nothing_inline(story: Story, language: str) -> None:
    page = drawn(story, language)
    counts = [page.count(mark) for mark in ("<h1", "<main", "<title>", "</html>")]
    assert (counts, INLINE.findall(page)) == ([1, 1, 1, 1], [])


@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_sentences_stand_apart(story: Story) -> None:
    assert RUN_ON.findall(INLINE_TAG.sub("", drawn(story))) == []


@pytest.mark.parametrize(
    "story", [one for one in STORIES if one.template in FRAGMENTS], ids=lambda story: story.name
)
def test_fragment_is_a_part_of_its_page(story: Story) -> None:
    with reading("en"):
        block = FRAGMENTS[story.template]
        part = render_block(ENVIRONMENT, story.template, block, story.context())
    assert part.strip() in drawn(story)
    assert "<html" not in part


def test_every_template_is_in_the_gallery() -> None:
    shown = {story.template for story in STORIES}
    pages = {
        str(file.relative_to(folder))
        for folder in TEMPLATES
        for file in folder.rglob("*.html")
        if "{% extends" in file.read_text() and "email" not in file.parent.name
    }
    bases = {"account/entrance.html", "account/confirm_code.html", "portal/errors/page.html"}
    assert pages - shown - bases == set()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "invoice-payable",
            '<h1>Invoice <span class="unbroken"><bdi>HW-2026-00418</bdi></span></h1>',
        ),
        ("invoice-payable", ">Pay €203.55</button>"),
        ("invoice-payable", ">Download PDF</a>"),
        ("invoice-paid", ">Download receipt</a>"),
        ("invoice-payable-declined", "<h2>Payment declined</h2>"),
        ("invoice-checking", "<h2>Checking your payment</h2>"),
        ("invoice-processing", "<h2>Payment processing</h2>"),
        ("result-received", "<h1>Payment received</h1>"),
        ("result-processing", "<h1>Payment processing</h1>"),
        ("result-declined", "<h1>Payment declined</h1>"),
        ("result-checking", "<h1>Checking your payment</h1>"),
        ("account-login", ">Sign in</button>"),
        ("account-login", ">Email me a code</button>"),
        ("account-login", '<label class="label" for="id_login">Email</label>'),
        ("account-login", '<label class="label" for="id_password">Password</label>'),
        ("account-code-request", ">Email me a code</button>"),
        (
            "home-due",
            '>Pay invoice <span class="nowrap"><bdi>HW-2026-00391</bdi></span> €185.60</span>',
        ),
        ("payments-some", ">Download CSV</a>"),
    ],
)
def test_stable_names(name: str, words: str) -> None:
    assert drawn(BY_NAME[name]).count(words) == 1


@pytest.mark.parametrize(
    "name", [name for name in BY_NAME if not name.startswith(("error-500", "bare", "account"))]
)
def test_at_most_one_filled_button(name: str) -> None:
    assert drawn(BY_NAME[name]).count("button--filled") <= 1


@pytest.mark.parametrize(
    "name", [name for name in BY_NAME if name.startswith("invoice-") and "payable" not in name]
)
def test_only_a_payable_face_offers_to_pay(name: str) -> None:
    offers = drawn(BY_NAME[name]).count("data-pay-button")
    assert offers == (1 if name in PAYABLE else 0)


@pytest.mark.parametrize(
    "name",
    [
        *("invoice-busy-other", "invoice-checking", "invoice-busy-self"),
        *("invoice-busy-page", "invoice-processing-soon", "invoice-processing-coins"),
    ],
)
def test_a_waiting_stub_asks_again_with_and_without_a_script(name: str) -> None:
    page = drawn(BY_NAME[name])
    assert page.count('hx-get="/poll" hx-trigger="every 3s"') == 1
    assert page.count('<noscript><meta http-equiv="refresh" content="5"></noscript>') == 1
    assert page.count('id="stub" role="status"') == 1


def test_the_gateways_values_survive_the_attribute() -> None:
    page = drawn(BY_NAME["invoice-payable"])
    written = re.search(r'data-values="([^"]*)"', page)
    assert written is not None
    assert json.loads(html.unescape(written.group(1))) == CARD.values


def test_values_are_escaped() -> None:
    story = BY_NAME["home-due"]
    context = story.context()
    name = "<script>alert(1)</script>"
    assert isinstance(story.page, HomePage)
    context["page"] = replace(story.page, first_name=name, customer_name=name)
    with reading("en"):
        page = ENVIRONMENT.get_template(story.template).render(context)
    assert name not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


@pytest.mark.parametrize(("name", "is_last"), [("wallet", False), ("wallet-last", True)])
def test_nothing_stands_between_the_ways_and_their_button(name: str, is_last: bool) -> None:
    page = drawn(BY_NAME[f"invoice-{name}"])
    ways, button, wallets = map(page.index, ("</fieldset>", "data-pay-button", "data-wallets"))
    assert (ways < button, button < wallets) == (True, is_last)
    assert ("data-wallets" in page[ways:button]) is False


def test_lines_of_a_fixed_address_keep_their_own_direction() -> None:
    page = drawn(BY_NAME["profile-fixed"], "ar")
    address = page[page.index('<p class="fixed address">') :].split("</p>", 1)[0]
    lines = ["4 rue de la Barre", "69002 Lyon", "France", "FR23334175221"]
    assert re.findall("<bdi>(.*?)</bdi>", address) == lines


def test_staff_are_promised_no_invoices_at_a_new_address() -> None:
    story = BY_NAME["address"]
    assert story.shell is not None
    assert drawn(story).count("Your invoices and receipts will go") == 1
    page = drawn(replace(story, shell=replace(story.shell, at_staff=True)))
    assert page.count("You sign in as ines@atelier.example now. The old address") == 1
    assert "invoices" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_staff_are_not_sent_to_the_mailbox_of_their_customers() -> None:
    main = [drawn(BY_NAME[name]).split("<main", 1)[1] for name in ("error-404", "error-404-staff")]
    assert [one.split("</main>", 1)[0].count("mailto:") for one in main] == [1, 0]


def test_no_sentence_ends_in_two_full_stops() -> None:
    """A short day of German ends in one: `6. Dez.`"""
    found = {
        name: sentence
        for name, story in BY_NAME.items()
        for sentence in re.findall(r"[^<>]*\w\.\.(?!\.)[^<>]*", drawn(story, "de!"))
    }
    assert found == {}


def test_a_saved_name_stands_under_what_it_names() -> None:
    page = drawn(BY_NAME["methods"])
    assert page.count('</strong><br><bdi class="soft">Company card') == 1


def test_gallery_serves_under_the_strict_policy() -> None:
    shown = Gallery()
    status, kind, body = shown.answer("/invoice-payable", {"language": ["ar"]})
    shown.close_unserved()
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert b'lang="ar" dir="rtl"' in body
    assert "unsafe" not in shown.policy
