"""Who stands at the doors: staff, gateway accounts, events and payers (imported once Django is
there)."""

import http.client
import json
import time
from datetime import UTC, datetime
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from standardwebhooks import Webhook

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.operations import add_contacts
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.models import User
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.setting_up.open_business import connect_gateway
from counterfoil.infra.db import execute, reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId, encode

SECRET = "whsec_" + "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="
PASSWORD = "at the doors"


def hire(business: UUID) -> tuple[str, str]:
    """A member of staff who may record payments; how they sign in."""
    email = "desk@bench.example"
    user = identity.make_user(email, name="Dora Desk", password=PASSWORD)
    identity.make_member(BusinessId(business), user, Role.FINANCE, at=clock.now())
    return email, PASSWORD


def one_of_each(business: UUID, password: str, *, fresh: int) -> None:
    """At each door somebody with this password, somebody who is switched off, with an app and
    without a password; somebody of neither; and contacts who were never here, so many a form."""
    business_id = BusinessId(business)
    with reading(business_id):
        customer = customers.newest(business_id, limit=1)[0].id
    new = [
        NewContact("Carol Chapman", f"{form}{turn:04}@bench.example")
        for form in ("code", "reset") for turn in range(fresh)
    ]  # fmt: skip
    for kind in ("", "-off", "-app", "-none"):
        for door in ("portal", "staff"):
            email = f"{door}{kind}@bench.example"
            known = identity.make_user(
                email, name="Dora Desk", password=None if kind == "-none" else password
            )
            if door == "portal":
                new.append(NewContact("Dora Desk", email))
            else:
                identity.make_member(business_id, known, Role.FINANCE, at=clock.now())
            if kind == "-app":
                TOTP.activate(User.objects.get(id=known), generate_totp_secret())
            if kind == "-off":
                User.objects.filter(id=known).update(is_active=False)
    identity.make_user("nowhere@bench.example", name="Nora Nowhere", password=password)
    add_contacts(business_id, customer, new, at=clock.now())


def connect(business: UUID, url: str, there: dict[str, str] | None = None) -> tuple[UUID, str]:
    """A sandbox account of the business, the one that new payments go to, and its secret."""
    there = there or {"publishable_key": "pk", "secret_key": "sk", "webhook_secret": SECRET}
    account = connect_gateway(
        BusinessId(business),
        kind="sandbox",
        name="At the doors",
        settings={"url": url, "publishable_key": there["publishable_key"]},
        secrets={"secret_key": there["secret_key"], "webhook_secret": there["webhook_secret"]},
        at=clock.now(),
    )
    return account, there["webhook_secret"]


def pushed(attempt: UUID, secret: str) -> tuple[dict[str, str], bytes]:
    """A signed event: the charge of an attempt has succeeded."""
    now = datetime.now(UTC)
    ref = f"evt_{attempt.hex}"
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2040}
    charge = {
        "id": f"ch_{attempt.hex}", "amount": 12000, "currency": "EUR", "status": "succeeded",
        "customer": "", "reference": encode("pay", attempt), "created": now.isoformat(),
        "amount_captured": 12000, "amount_refunded": 0, "amount_disputed": 0, "amount_returned": 0,
        "description": "", "instrument": {"kind": "card", **card}, "card": card, "method": None,
        "mandate": None, "off_session": False, "failure": None, "return_code": None,
        "returned_at": None, "settles_at": None, "cancellable_until": None, "next_action": None,
    }  # fmt: skip
    event = {"id": ref, "type": "charge.succeeded", "created": now.isoformat()}
    body = json.dumps(event | {"data": {"object": charge}})
    headers = {
        "webhook-id": ref,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(ref, now, body),
        "Content-Type": "application/json",
    }
    return headers, body.encode()


def reach(port: int) -> None:
    """Waits for the gateway."""
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the gateway did not start")


def sandbox_account(port: int, business: UUID, site: str) -> dict[str, str]:
    """Opens an account over there, for payers who come from `site`."""
    wanted = {"name": "Bench", "business_id": str(business), "origins": [site]}
    body = json.dumps(wanted)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/v1/accounts", body, {"Content-Type": "application/json"})
    found: dict[str, str] = json.loads(connection.getresponse().read())
    return found


def one_invoice(business: UUID) -> tuple[str, str, int]:
    """An open invoice that nobody pays yet: its customer, itself, what is due."""
    with reading(BusinessId(business)):
        rows = execute(
            "SELECT o.customer_id, o.id, o.total_minor FROM receivables_openitem o "
            "WHERE o.business_id = %(b)s::uuid AND o.is_open AND NOT EXISTS (SELECT FROM "
            "receivables_claim c WHERE c.business_id = o.business_id AND c.invoice_id = o.id) "
            "LIMIT 1",
            {"b": business},
        )
    customer, invoice, total = rows[0]
    return encode("cus", customer), encode("inv", invoice), total


def key_of(business: UUID) -> str:
    """A key for the API."""
    return identity.make_api_key(BusinessId(business), name="bench", at=clock.now())
