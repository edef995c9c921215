"""What a payment leaves behind: no card number, no secret of a link, in any file or row."""

import gzip
import os
import secrets
import subprocess
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from playwright.sync_api import expect

from counterfoil.cli.postgres import Cluster
from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import PASSWORD, Payer, Stack
from factories import sealed

pytestmark = pytest.mark.browser

CHARGED = ["4242424242424242", "5555555555554444", "4000000000000002", "4000002500003155"]
CANARIES = ["4539148803436467", "378282246310005", "6011000990139424", "4242424242424241"]


def forms(number: str) -> list[bytes]:
    """A number as people and programs write it."""
    groups = [number[start : start + 4] for start in range(0, len(number), 4)]
    return [sign.join(groups).encode() for sign in ("", " ", "-", "\u00a0", "%20", "+")]


def dump(stack: Stack) -> bytes:
    """The whole database as text."""
    parts = urlsplit(stack.addresses.owner_url)
    program = Cluster(stack.folder / "none").bin("pg_dump")
    place = ["--host", str(parts.hostname), "--port", str(parts.port)]
    user = ["--username", unquote(str(parts.username))]
    done = subprocess.run(
        [program, "--no-owner", *place, *user, parts.path.lstrip("/")],
        env=os.environ | {"PGPASSWORD": unquote(str(parts.password))},
        capture_output=True,
        check=True,
    )
    return done.stdout


def everything(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Each place where something could have stayed, with its bytes."""
    yield "the database", dump(stack)
    with psycopg.connect(stack.addresses.owner_url) as owner:
        for table, text in sealed.texts(owner):
            yield table, text.encode()
    for path, content in sealed.files(stack.data / "files"):
        yield str(path), content
    for file in stack.folder.rglob("*"):
        if file.is_file() and not file.is_relative_to(stack.data / "static"):
            content = file.read_bytes()
            yield str(file), gzip.decompress(content) if file.suffix == ".gz" else content
    for mail in witness.all_mails(stack):
        for part in mail.walk():
            if not part.is_multipart():
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                yield f"mail {mail['Subject']}", payload


def found(stack: Stack, *secret: bytes) -> list[tuple[str, bytes]]:
    """Where any of it is."""
    places = everything(stack)
    return [(place, one) for place, content in places for one in secret if one in content]


def test_no_card_number_stays_anywhere(stack: Stack, device: Device, payer: Payer) -> None:
    page = device()
    page.goto(payer.link)
    for number in CANARIES:
        pages.type_card(page, number)
        pages.press_pay(page)
        frame = pages.card_fields(page)
        expect(frame.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    for number in CHARGED:
        another = stack.payer()
        pages.pay(device(), another, number)
    last = device()
    pages.pay(last, payer)
    pages.expect_received(last)
    witness.wait_for_receipt(stack, payer)
    wanted = [form for number in CHARGED + CANARIES for form in forms(number)]
    assert found(stack, *wanted) == []


def test_no_secret_of_a_link_or_a_password_stays_readable(
    stack: Stack, device: Device, payer: Payer
) -> None:
    """The database keeps hashes; logs keep addresses without their secrets."""
    page = device()
    pages.pay(page, payer, pages.DECLINED)
    pages.expect_declined(page)
    unknown = secrets.token_urlsafe(32)
    assert page.request.get(f"{payer.business.url}/i/{unknown}").status == 404
    page.request.get(f"{payer.business.url}/password/reset/key/x-{unknown}/")
    stack.give_password(payer)
    pages.sign_in(page, payer)
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    token = payer.link.rpartition("/")[2]
    # The gateway is told where the payer comes back to, and its storage is not ours.
    places = found(stack, token.encode(), unknown.encode(), PASSWORD.encode())
    assert [place for place, _ in places if not place.startswith(str(stack.sandbox.folder))] == []
    logs = b"".join(file.read_bytes() for file in stack.folder.glob("*.log"))
    for name in ("session", "csrf"):
        assert cookies[name].encode() not in logs
    for secret in ("secret_key", "webhook_secret"):
        assert payer.business.at_gateway.body[secret].encode() not in logs + dump(stack)


KEPT_BY_THE_BROWSER = """async () => [
  ...Object.entries(localStorage).flat(), ...Object.entries(sessionStorage).flat(),
  ...(await indexedDB.databases()).map(one => one.name), ...await caches.keys(),
  ...(await navigator.serviceWorker.getRegistrations()).map(one => one.scope), document.cookie,
].filter(Boolean)"""


def test_no_page_leaves_anything_in_the_storage_of_the_browser(
    stack: Stack, device: Device, payer: Payer
) -> None:
    """Through the pages of a customer, with lists that are searched and a payment."""
    stack.give_password(payer)
    page = device()
    pages.sign_in(page, payer)
    page.goto(f"{payer.business.url}/invoices/")
    page.get_by_role("searchbox").fill("Water")
    page.wait_for_url("**/invoices/?*Water*")
    page.get_by_role("searchbox").fill("")
    page.wait_for_url(lambda url: "Water" not in url)
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("Water")
    assert page.evaluate(KEPT_BY_THE_BROWSER) == []
    for path in ("profile/", "security/", f"invoices/{payer.number}"):
        page.goto(f"{payer.business.url}/{path}")
        assert page.evaluate(KEPT_BY_THE_BROWSER) == [], path
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    assert page.evaluate(KEPT_BY_THE_BROWSER) == []


def test_nothing_went_wrong_unseen(stack: Stack, payer: Payer) -> None:
    """No traceback in any log; no job that failed for good."""
    for name in ("web", "worker", "office"):
        assert "Traceback" not in stack.log(name).read_text(), name
    failed = witness.rows(stack, "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'")
    assert failed == []
    witness.check_books(stack)
