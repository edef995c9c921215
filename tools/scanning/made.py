"""What a fresh demo has none of, and how `asked.py` makes it, so that its pages are scanned too.

A role, sign-ons of both kinds, invitations, links, copies of data, an erasure that waits, a loss
that can be taken back, a file beside a chargeback, files that were read and wait for their second
step, a registration.
"""

from dataclasses import dataclass, field

PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c636000010000050001"
    "0d0a2db40000000049454e44ae426082"
)
ROWS = b"number,name,email\nSC-1,Scanned,scanned@example.com\n"
STATEMENT = b"Date;Amount;Currency;Text\n2026-10-01;1.00;CHF;Scanned\n"
COMPANY = {"name": "Scanned", "domains": "scanned.example", "is_required": ""}
PERSON = {"contact.name": "Scanned", "contact.email": "scanned-too@example.com"}
STRANGER = {"name": "Scanned", "email": "scanned-last@example.com"}


@dataclass(frozen=True)
class Step:
    """One form, sent once: from the page `start`, over the first link with each word of `by`, the
    first form whose address ends with `form`."""

    start: str
    form: str
    by: tuple[str, ...] = ()
    sent: dict[str, str] = field(default_factory=dict)
    upload: bytes = b""


_CUSTOMER = "customers/cus_"
STAFF = (
    Step("settings/roles/new", "roles/new", sent={"name": "Scanned"}),
    Step("settings/sign-on/new/staff/oidc", "staff/oidc", sent=COMPANY),
    Step(
        "settings/sign-on/new/staff/saml", "staff/saml", sent=COMPANY | {"domains": "saml.example"}
    ),
    Step("settings/people", "settings/people", sent={"email": "scanned@example.com"}),
    Step("customers/", "/contacts", by=(_CUSTOMER,), sent=PERSON),
    Step("customers/", "/balance", by=(_CUSTOMER,)),
    Step("customers/", "/data/copy", by=(_CUSTOMER, "/data")),
    Step("customers/", "/data/erase", by=(_CUSTOMER, "/data")),
    Step(
        "invoices/?status=late",
        "/write-off",
        by=("invoices/inv_", "/write-off"),
        sent={"reason": "Scanned"},
    ),
    Step("", "/files", by=("chargebacks/dis_",), upload=PNG),
    Step("import/", "import/", sent={"kind": "customers"}, upload=ROWS),
    Step("bank/import", "bank/import", upload=STATEMENT),
)
CUSTOMER = (
    Step("people/", "people/", sent={"name": "Scanned", "email": "scanned-third@example.com"}),
    Step("profile/data", "data/copy"),
)
ANYBODY = (Step("register/", "register/", sent=STRANGER),)
