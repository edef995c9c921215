"""Passkeys in a real browser, with its own virtual authenticator: added, used, and refused."""

import json

import pytest
from playwright.sync_api import Page, expect

from e2e import pages
from e2e.conftest import Device
from e2e.stack import PASSWORD, Payer, Stack

pytestmark = pytest.mark.browser


class Authenticator:
    """The browser's virtual authenticator, as the developer tools drive it."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = {"authenticatorId": made["authenticatorId"]}

    def credentials(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self.session.send("WebAuthn.getCredentials", self.id)[
            "credentials"
        ]
        return found

    def put(self, credential: dict[str, object]) -> None:
        self.session.send("WebAuthn.clearCredentials", self.id)
        self.session.send("WebAuthn.addCredential", self.id | {"credential": credential})

    def recognise(self, *, is_them: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", self.id | {"isUserVerified": is_them})

    def touch(self, *, by_itself: bool) -> None:
        """Whether somebody touches it as soon as it is asked."""
        asked = self.id | {"enabled": by_itself}
        self.session.send("WebAuthn.setAutomaticPresenceSimulation", asked)


def sign_out(page: Page, home: str) -> None:
    page.goto(f"{home}/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{home}/sign-in/")


def use(page: Page, home: str) -> None:
    page.goto(f"{home}/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()


def test_a_passkey_is_added_signs_in_alone_and_is_asked_for_after_a_password(
    stack: Stack, device: Device, payer: Payer
) -> None:
    page, home = device(), payer.business.url
    stack.give_password(payer)
    key = Authenticator(page)
    pages.sign_in(page, payer)
    page.goto(f"{home}/security/")
    assert pages.findings(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    assert pages.findings(page) == []
    page.get_by_label("Name of this passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{home}/security/")
    expect(page.get_by_role("strong").filter(has_text="My laptop")).to_be_visible()

    sign_out(page, home)
    [first] = key.credentials()
    use(page, home)
    page.wait_for_url(f"{home}/")

    # The counter of a copy runs behind: refused.
    sign_out(page, home)
    key.put(first)
    use(page, home)
    expect(page.get_by_text("This passkey was not accepted")).to_be_visible()

    # Nobody was recognised by the device: nothing comes of it.
    key.put(first | {"signCount": 100})
    key.recognise(is_them=False)
    use(page, home)
    expect(page.get_by_text("Nothing came from the passkey")).to_be_visible()
    key.recognise(is_them=True)

    # The address field offers the passkey; who types on is asked for it after the password.
    # The answer to an older question opens nothing.
    key.touch(by_itself=False)
    page.get_by_label("Email").fill(payer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert pages.findings(page) == []
    key.touch(by_itself=True)
    sent: list[str] = []
    page.on(
        "request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None
    )
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{home}/")
    sign_out(page, home)
    replayed = next(one for one in sent if "credential" in one)
    csrf = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    form = {"csrfmiddlewaretoken": csrf or "", "credential": credential_of(replayed)}
    answer = page.request.post(f"{home}/sign-in/passkey/", form=form, max_redirects=0)
    assert answer.headers["location"] == "/sign-in/"
    assert page.request.get(f"{home}/invoices/", max_redirects=0).status == 302


def credential_of(sent: str) -> str:
    """The credential in a form that was sent."""
    from urllib.parse import parse_qs

    found = parse_qs(sent)["credential"][0]
    assert json.loads(found)["type"] == "public-key"
    return found
