"""The portal's own script for Stripe's fields, against a stand-in with the documented surface of
Stripe.js (localstripe's has no Payment Element), under the policy that the payment page has."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from playwright.sync_api import Browser, Page

from adapters.gateways.fake_service import Call, FakeService, Reply
from counterfoil.adapters.gateways.stripe.adapter import StripeGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import FieldsRequest
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.surfaces.portal.ways.offering import drawn, scripts_of
from counterfoil.surfaces.portal.ways.values import Way
from counterfoil.surfaces.ui import middleware

pytestmark = pytest.mark.browser

STRIPE_JS = """
window.calls = [];
window.Stripe = (key, options) => {
  calls.push(["Stripe", key, options.locale]);
  return {
    elements: (settings) => {
      calls.push(["elements", settings]);
      return {
        create: (kind, options) => {
          const heard = {};
          calls.push(["create", kind]);
          window.heard = heard;
          return {
            on: (name, listener) => { heard[name] = listener; },
            mount: (slot) => {
              slot.textContent = "fields";
              setTimeout(() => heard.ready({}), 0);
            },
            focus: () => calls.push(["focus"]),
            unmount: () => calls.push(["unmount"]),
          };
        },
        update: (change) => calls.push(["update", change]),
        submit: async () => window.refuse ? { error: window.refuse } : {},
      };
    },
    createConfirmationToken: async ({ params }) => {
      calls.push(["token", Boolean(params.return_url)]);
      return { confirmationToken: { id: "ctoken_1" } };
    },
  };
};
"""
PAGE = """<!doctype html><html lang="de"><title>Pay</title>
<form><div id="box"></div><input type="checkbox" name="save"></form>
<script src="/stripe.js"></script></html>"""


@pytest.fixture
def service() -> Iterator[FakeService]:
    """The page, the portal's script, and the stand-in for Stripe's."""
    from counterfoil.surfaces import ui

    made = FakeService()
    [folder] = ui.__path__
    script = open(f"{folder}/static/ui/gateways/stripe.js", "rb").read()  # noqa: PTH123, SIM115
    kind = {"Content-Type": "text/javascript"}

    def page(call: Call) -> Reply:
        response = HttpResponse()
        response.gateway_url = scripts_of([way(made.url, MethodKind.CARD)])
        policy = middleware._policy(response)
        headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
        return Reply(200, PAGE.encode(), headers)

    made.on("GET", "/", page)
    made.on("GET", "/stripe.js", lambda call: Reply(200, script, kind))
    made.on("GET", "/v3/", lambda call: Reply(200, STRIPE_JS.encode(), kind))
    yield made
    made.close()


def way(url: str, method: MethodKind, amount: int = 20355) -> Way:
    """A way to pay by Stripe, as the portal offers it."""
    settings = {"publishable_key": "pk_1", "script_url": f"{url}/v3/"}
    account = GatewayAccount("S", settings, {"secret_key": "sk", "webhook_secret": "wh"})
    due = Money(amount, "EUR")
    step = StripeGateway().fields(account, FieldsRequest(method=method, locale="de", amount=due))
    return Way(str(method), method, due, fields=drawn(step))


@pytest.fixture
def tab(browser: Browser, service: FakeService) -> Iterator[Page]:
    """A tab with the page, in which nothing is complained about."""
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(service.url)
    yield opened
    opened.close()
    assert [one for one in complaints if "favicon" not in one and "404" not in one] == []


def mounted(tab: Page, service: FakeService, method: MethodKind = MethodKind.CARD, **how) -> None:
    """Mounts as pay.js does, and waits until the fields are ready."""
    fields = way(service.url, method, **how).fields
    assert fields is not None
    assert fields.mount == "CounterfoilStripe.mount"
    tab.evaluate(
        """(values) => new Promise((resolve, reject) => {
          window.told = [];
          window.fields = CounterfoilStripe.mount(document.querySelector("#box"), values);
          fields.on("ready", resolve);
          fields.on("error", (problem) => reject(new Error(problem.message)));
          fields.on("token", (facts) => told.push(facts));
        })""",
        dict(fields.values),
    )


def calls(tab: Page, name: str) -> list[list]:
    """What Stripe.js was asked by this name."""
    found: list[list] = tab.evaluate("calls")
    return [one[1:] for one in found if one[0] == name]


def test_the_payment_element_is_drawn_for_what_will_be_charged(tab, service):
    mounted(tab, service)
    assert calls(tab, "Stripe") == [["pk_1", "de"]]
    [[settings]] = calls(tab, "elements")
    assert (settings["mode"], settings["amount"], settings["currency"]) == ("payment", 20355, "eur")
    assert settings["paymentMethodTypes"] == ["card"]
    assert calls(tab, "create") == [["payment"]]


def test_a_token_comes_out_and_the_tick_says_that_it_is_kept(tab, service):
    mounted(tab, service)
    assert tab.evaluate("fields.tokenize()") == {"token": "ctoken_1", "kind": "card"}
    tab.check("input[name=save]")
    tab.evaluate("fields.tokenize()")
    asked = [one[0]["setupFutureUsage"] for one in calls(tab, "update")]
    assert asked == [None, "off_session"]


def test_a_double_click_makes_one_token(tab, service):
    mounted(tab, service)
    tab.evaluate("Promise.all([fields.tokenize(), fields.tokenize()])")
    assert calls(tab, "token") == [[True]]


@pytest.mark.parametrize(
    ("error", "field"),
    [
        ({"type": "validation_error", "code": "incomplete_number", "message": "No."}, True),
        ({"type": "api_connection_error", "message": "No."}, False),
    ],
)
def test_a_problem_with_a_field_is_told_apart(tab, service, error, field):
    mounted(tab, service)
    tab.evaluate("(error) => { window.refuse = error; }", error)
    told = tab.evaluate("fields.tokenize().catch((one) => [one.message, Boolean(one.field)])")
    assert told == ["No.", field]
    assert calls(tab, "token") == []


def test_without_an_amount_it_only_keeps(tab, service):
    mounted(tab, service, amount=0)
    [[settings]] = calls(tab, "elements")
    assert settings["mode"] == "setup"
    assert "amount" not in settings
    tab.evaluate("fields.tokenize()")
    assert calls(tab, "update") == []


def test_a_wallet_hands_its_token_over_by_itself(tab, service):
    mounted(tab, service, MethodKind.WALLET)
    assert calls(tab, "create") == [["expressCheckout"]]
    tab.evaluate("heard.confirm({})")
    tab.wait_for_function("told.length === 1")
    assert tab.evaluate("told") == [{"token": "ctoken_1", "kind": "wallet"}]


def test_a_script_that_is_blocked_is_told(tab, service):
    fields = way(service.url, MethodKind.CARD).fields
    assert fields is not None
    values = dict(fields.values) | {"script": f"{service.url}/nowhere.js"}
    told = tab.evaluate(
        """(values) => new Promise((resolve) => {
          const fields = CounterfoilStripe.mount(document.querySelector("#box"), values);
          fields.on("error", (problem) => resolve(problem.message));
        })""",
        values,
    )
    assert told == "blocked"


def test_the_policy_allows_what_stripe_talks_to_and_nothing_else(service):
    response = HttpResponse()
    response.gateway_url = scripts_of([way(service.url, MethodKind.CARD)])
    policy = dict(part.split(" ", 1) for part in middleware._policy(response).split("; "))
    others = "https://api.stripe.com https://hooks.stripe.com https://m.stripe.network"
    assert policy["script-src"] == f"'self' {service.url}"
    assert policy["frame-src"] == f"{service.url} {others}"
    assert policy["connect-src"] == f"'self' {others}"


def test_two_gateways_on_a_page_are_both_allowed():
    response = HttpResponse()
    response.gateway_url = "https://a.example/x.js https://b.example/y.js|"
    policy = middleware._policy(response)
    assert "script-src 'self' https://a.example https://b.example;" in policy
    assert "frame-src https://a.example https://b.example;" in policy
    assert "connect-src 'self';" in policy
