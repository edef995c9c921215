"""The sums before another try, done by a real browser."""

import hashlib
import time
from pathlib import Path

import pytest

import counterfoil
from counterfoil.flows.aftermath.card_testing import BITS_LEAST

pytestmark = pytest.mark.browser
SCRIPT = Path(counterfoil.__file__).parent / "surfaces/ui/static/ui/gateways/proof.js"
SECONDS_MAX = 20  # of a slow machine that has other things to do


def test_a_browser_solves_what_we_ask(browser):
    asked = {"text": "whose.14.once:signed", "bits": BITS_LEAST}
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<p>here</p>", content_type="text/html"))
    page.goto("http://localhost/")  # a place that a browser counts as safe
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    began = time.monotonic()
    solved = page.evaluate("asked => window.counterfoilProof(asked)", asked)
    took = time.monotonic() - began
    page.close()
    text, _, number = solved.rpartition("|")
    digest = hashlib.sha256(f"{text}:{number}".encode()).digest()
    assert text == asked["text"]
    assert int.from_bytes(digest) >> (256 - BITS_LEAST) == 0
    assert took < SECONDS_MAX
