"""A company's own sign-in in a real browser: set up by staff, tried, and used, through the pages of
a provider that others wrote."""

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from counterfoil.kernel.ids import encode
from e2e import pages
from e2e.conftest import Device
from e2e.stack import PASSWORD, Payer, Stack
from factories.outside.providers import OpenId, Saml

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider(tmp_path_factory: Any) -> Iterator[OpenId]:
    """An OpenID provider, running."""
    running = OpenId(tmp_path_factory.mktemp("provider"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def saml(tmp_path_factory: Any) -> Iterator[Saml]:
    """A SAML provider on another site, running."""
    running = Saml(tmp_path_factory.mktemp("saml"))
    yield running
    running.stop()


@pytest.fixture
def office(stack: Stack, device: Device, payer: Payer) -> Page:
    """The owner of Harrow Water at their desk."""
    email = f"owner-{secrets.token_hex(3)}@water.example"
    stack.office(
        "add_staff", business=payer.business.id, email=email, role="owner", password=PASSWORD
    )
    page = device()
    page.goto(f"{payer.business.url}/backoffice/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{payer.business.url}/backoffice/")
    return page


def whole(page: Page) -> None:
    """Nothing for axe to find, and nothing beside the page."""
    assert pages.findings(page) == []
    assert pages.sideways(page) == 0


def signs_in_there(page: Page, provider: OpenId, subject: str) -> None:
    """Signs in at the provider's own page."""
    page.wait_for_url(f"{provider.url}/**")
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()


def test_set_up_tried_and_used(
    stack: Stack, device: Device, office: Page, payer: Payer, provider: OpenId
) -> None:
    name, domain = f"Work {secrets.token_hex(3)}", f"c{secrets.token_hex(4)}.example"
    email = f"anna@{domain}"
    provider.knows("anna", email=email, email_verified=True, name="Anna at Work")
    url = payer.business.url

    office.goto(f"{url}/backoffice/settings/sign-on")
    whole(office)
    office.get_by_role("link", name="For a customer company, by OpenID Connect").click()
    whole(office)
    office.get_by_label("Name", exact=True).fill(name)
    office.get_by_label("Customer", exact=True).fill(encode("cus", UUID(payer.customer)))
    office.get_by_label("Mail domains").fill(domain)
    office.get_by_role("button", name="Add").click()
    expect(office.get_by_text("Now say which provider it is")).to_be_visible()
    whole(office)
    office.get_by_label("Issuer").fill(provider.url)
    office.get_by_label("Client id").fill("counterfoil")
    office.get_by_label("Client secret").fill("a secret")
    office.get_by_role("button", name="Ask the provider and save").click()
    office.get_by_role("link", name="Try it").click()
    signs_in_there(office, provider, "anna")
    pages.expect_heading(office, "It works")
    expect(office.get_by_text(email)).to_be_visible()
    whole(office)
    office.get_by_role("link", name="Back to the settings").click()
    office.get_by_role("button", name="Switch on").click()
    expect(office.get_by_text("Active: its people can sign in.")).to_be_visible()

    anna = device()
    anna.goto(f"{url}/invoices/")
    anna.get_by_role("link", name="Sign in with your company").click()
    whole(anna)
    anna.get_by_label("Email").fill(email)
    anna.get_by_role("button", name="Continue").click()
    whole(anna)
    anna.get_by_role("link", name=f"Sign in with {name}").click()
    signs_in_there(anna, provider, "anna")
    anna.wait_for_url(f"{url}/invoices/")
    expect(anna.get_by_text(payer.number).first).to_be_visible()


def test_saml_from_another_site(device: Device, office: Page, payer: Payer, saml: Saml) -> None:
    """The answer is posted across sites, so without our session; the browser keeps its rules. It is
    encrypted for us, and read through a key that stands in our metadata."""
    name, domain = f"Work {secrets.token_hex(3)}", f"s{secrets.token_hex(4)}.example"
    named = {"subject": "ben-1", "email": f"ben@{domain}", "name": "Ben at Work"}
    saml.says(**named, encrypt_assertion=True)
    url = payer.business.url
    assert ("localhost" in url, "localhost" in saml.url) == (True, False), "two sites"

    office.goto(f"{url}/backoffice/settings/sign-on/new/customer/saml")
    office.get_by_label("Name", exact=True).fill(name)
    office.get_by_label("Customer", exact=True).fill(encode("cus", UUID(payer.customer)))
    office.get_by_label("Mail domains").fill(domain)
    office.get_by_role("button", name="Add").click()
    whole(office)
    ours = office.locator("code.secret").first.inner_text()
    saml.serves(office.request.get(ours).text())
    office.get_by_label("Address of its metadata").fill(f"{saml.url}/metadata")
    office.get_by_role("button", name="Ask the provider and save").click()
    expect(office.get_by_text("Its certificate ends")).to_be_visible()
    whole(office)
    office.get_by_role("button", name="Switch on").click()
    expect(office.get_by_text("Active: its people can sign in.")).to_be_visible()

    ben = device()
    ben.goto(f"{url}/sign-in/company/?next=/invoices/")
    ben.get_by_label("Email").fill(f"ben@{domain}")
    ben.get_by_role("button", name="Continue").click()
    ben.get_by_role("link", name=f"Sign in with {name}").click()
    ben.wait_for_url(f"{url}/invoices/")
    expect(ben.get_by_text(payer.number).first).to_be_visible()
