"""Mandates: without an active one no account is debited."""

import pytest

from sandbox.till import PAYS, RETURNED, Till


def test_mandate_is_made_for_a_bank_token() -> None:
    """The whole answer, listed and looked up the same."""
    till = Till()
    token = till.bank_token()
    evidence = {"ip_address": "192.0.2.7", "user_agent": "Browser 1"}
    mandate = till.mandate(token, reference="HW-1", evidence=evidence)
    assert mandate == {
        "id": mandate["id"],
        "status": "active",
        "scheme": "sepa",
        "reference": "HW-1",
        "customer": "cus_1",
        "accepted_at": "2026-03-02T08:59:00.000Z",
        "created": "2026-03-02T09:00:00.000Z",
        "token": token,
        "instrument": {
            "kind": "bank_debit",
            "scheme": "sepa",
            "last4": "3000",
            "country": "DE",
            "holder": "Alice Adams",
        },
        "evidence": evidence,
        "reason": None,
        "ended_at": None,
    }
    assert mandate["id"].startswith("mdt_")
    assert till.get(f"/v1/mandates/{mandate['id']}") == mandate
    assert till.get("/v1/mandates", reference="HW-1")["data"] == [mandate]
    assert till.events()[0]["data"]["object"] == mandate


def test_debit_without_a_mandate_is_refused() -> None:
    """Nothing is started, and the token is still good."""
    till = Till()
    token = till.bank_token()
    body = {"amount": 1, "currency": "EUR", "source": token, "customer": "c", "reference": "p"}
    assert till.refusal("/v1/charges", body, "p") == (400, "mandate_required", "source")
    assert till.get("/v1/charges", status="all")["data"] == []
    till.mandate(token)
    assert till.post("/v1/charges", body, "p")["status"] == "processing"


def test_revoked_mandate_debits_nothing_more() -> None:
    """What is on its way goes on; nothing new starts. Revoking again changes nothing."""
    till = Till()
    saved = till.post("/v1/methods", {"token": _mandated(till), "customer": "cus_1"})
    charge = till.charge(saved["id"])
    revoked = till.post(f"/v1/mandates/{saved['mandate']}/revoke")
    till.advance(days=1)
    again = till.post(f"/v1/mandates/{saved['mandate']}/revoke")
    body = {"amount": 1, "currency": "EUR", "source": saved["id"], "customer": "cus_1"}
    refusal = till.refusal("/v1/charges", body | {"reference": "p"}, "p")
    till.advance(days=1)
    assert (revoked["status"], revoked["reason"]) == ("revoked", "requested")
    assert again == revoked
    assert refusal == (400, "mandate_inactive", "source")
    assert till.now_is(charge)["status"] == "succeeded"
    assert till.kinds().count("mandate.revoked") == 1


def _mandated(till: Till, iban: str = PAYS) -> str:
    token = till.bank_token(iban)
    till.mandate(token)
    return token


def test_mandate_bad_parameter_is_refused() -> None:
    """A card's token, another scheme, a second mandate, a reference twice."""
    till = Till()
    token, other = till.bank_token(), till.bank_token()
    good = {
        "token": token,
        "scheme": "sepa",
        "reference": "HW-1",
        "accepted_at": "2026-03-02T08:59:00+01:00",
        "customer": "cus_1",
    }
    path = "/v1/mandates"
    assert till.refusal(path, good | {"token": till.token()}) == (
        400, "token_not_bank_debit", "token",
    )  # fmt: skip
    assert till.refusal(path, good | {"scheme": "ach"}) == (400, "scheme_mismatch", "scheme")
    assert till.refusal(path, good | {"token": "tok_x"}) == (400, "token_unknown", "token")
    assert till.refusal(path, good | {"accepted_at": "2026-03-02T08:59:00"}) == (
        400, "parameter_invalid", "accepted_at",
    )  # fmt: skip
    assert till.refusal(path, good | {"evidence": {"a b": "x"}})[1] == "parameter_invalid"
    assert till.get(path)["data"] == []
    assert till.post(path, good)["accepted_at"] == "2026-03-02T07:59:00.000Z"
    assert till.refusal(path, good) == (400, "mandate_exists", "token")
    assert till.refusal(path, good | {"token": other}) == (409, "reference_taken", "reference")


def test_mandates_are_listed_by_customer_and_state() -> None:
    """Newest first."""
    till = Till()
    first = till.mandate(till.bank_token(), customer="cus_a")
    second = till.mandate(till.bank_token(), customer="cus_a")
    till.mandate(till.bank_token(), customer="cus_b")
    till.post(f"/v1/mandates/{first['id']}/revoke")

    def ids(**query: str) -> list[str]:
        return [row["id"] for row in till.get("/v1/mandates", **query)["data"]]

    assert ids(customer="cus_a") == [second["id"], first["id"]]
    assert ids(customer="cus_a", status="active") == [second["id"]]
    assert ids(status="revoked") == [first["id"]]


@pytest.mark.parametrize(("given", "code"), [("own", None), ("mdt_other", "mandate_mismatch")])
def test_charge_may_name_its_mandate(given: str, code: str | None) -> None:
    """It must be the source's own."""
    till = Till()
    token = till.bank_token()
    mandate = till.mandate(token)
    body = {"amount": 1, "currency": "EUR", "source": token, "customer": "c", "reference": "p"}
    body["mandate"] = mandate["id"] if given == "own" else given
    if code is None:
        assert till.post("/v1/charges", body, "p")["mandate"] == mandate["id"]
    else:
        assert till.refusal("/v1/charges", body, "p") == (400, code, "mandate")


def test_return_that_is_no_mandates_fault_leaves_it() -> None:
    """Insufficient funds: the next debit may be tried."""
    till = Till()
    saved = till.post("/v1/methods", {"token": _mandated(till, RETURNED), "customer": "cus_1"})
    till.charge(saved["id"])
    till.advance(days=2)
    assert till.get(f"/v1/mandates/{saved['mandate']}")["status"] == "active"
    assert till.charge(saved["id"])["status"] == "processing"
