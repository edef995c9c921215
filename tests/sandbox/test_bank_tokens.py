"""Bank tokens: what an account must look like, and what is never kept of it."""

from typing import Any

import pytest

from counterfoil_sandbox.instruments import banks
from counterfoil_sandbox.requests import BankDebitData
from factories.sandbox_process import AccountAtSandbox, Sandbox

IBAN = {"iban": "DE89 3704 0044 0532 0130 00", "holder": "Alice Adams"}
ACH = {"routing_number": "110000000", "account_number": "000123456789", "holder": "Alice Adams"}
BACS = {"sort_code": "10-88-00", "account_number": "00012345", "holder": "Alice Adams"}


@pytest.mark.parametrize(
    ("data", "scheme", "last4", "country"),
    [
        (IBAN, "sepa", "3000", "DE"),
        (IBAN | {"iban": "de89370400440532013000"}, "sepa", "3000", "DE"),
        (IBAN | {"iban": "GB82 WEST 1234 5698 7654 32"}, "sepa", "5432", "GB"),
        (ACH, "ach", "6789", "US"),
        (ACH | {"account_number": 4444}, "ach", "4444", "US"),
        (BACS, "bacs", "2345", "GB"),
    ],
)
def test_token_good_account_shows_scheme_and_last_four(
    sandbox: Sandbox, data: dict[str, Any], scheme: str, last4: str, country: str
) -> None:
    """Spaces and hyphens are what people type; a valid account that is unknown is good too."""
    answer = sandbox.post("/v1/tokens", {"bank_debit": data})
    body = answer.json()
    assert (answer.status_code, body["kind"]) == (201, "bank_debit")
    assert body["id"].startswith("tok_")
    shown = {"scheme": scheme, "last4": last4, "country": country, "holder": "Alice Adams"}
    assert body["bank_debit"] == shown


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (IBAN | {"iban": "DE88370400440532013000"}, "incorrect_iban", "iban"),
        (IBAN | {"iban": "DE8937040044053201300"}, "incorrect_iban", "iban"),
        (IBAN | {"iban": "ZZ89370400440532013000"}, "invalid_iban", "iban"),
        (IBAN | {"iban": "DE89-3704!"}, "invalid_iban", "iban"),
        (IBAN | {"iban": "٨٩"}, "invalid_iban", "iban"),
        (ACH | {"routing_number": "110000001"}, "incorrect_routing_number", "routing_number"),
        (ACH | {"routing_number": "11000000"}, "invalid_routing_number", "routing_number"),
        (ACH | {"account_number": "123"}, "invalid_account_number", "account_number"),
        (ACH | {"account_number": "12x45"}, "invalid_account_number", "account_number"),
        (BACS | {"sort_code": "1088"}, "invalid_sort_code", "sort_code"),
        (BACS | {"account_number": "1234567"}, "invalid_account_number", "account_number"),
        (IBAN | ACH, "parameter_invalid", "bank_debit"),
        (IBAN | {"account_number": "1234"}, "parameter_invalid", "bank_debit"),
        ({"holder": "Alice"}, "parameter_invalid", "bank_debit"),
        ({"iban": IBAN["iban"]}, "parameter_missing", "bank_debit.holder"),
        (IBAN | {"holder": " "}, "parameter_invalid", "bank_debit.holder"),
        (IBAN | {"bic": "X"}, "parameter_unknown", "bank_debit.bic"),
    ],
)
def test_token_bad_account_is_refused_by_field(
    sandbox: Sandbox, data: dict[str, Any], code: str, field: str
) -> None:
    """Each mistake has its own code and names its field; the number is not echoed."""
    answer = sandbox.post("/v1/tokens", {"bank_debit": data})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (400, code, field)
    assert "3704" not in answer.text


def test_token_of_two_kinds_is_refused(sandbox: Sandbox) -> None:
    """One instrument a token."""
    wallet = {"type": "apple_pay", "card": "visa"}
    answer = sandbox.post("/v1/tokens", {"bank_debit": IBAN, "wallet": wallet})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameter_invalid")


@pytest.mark.parametrize("account", banks.SANDBOX_ACCOUNTS, ids=lambda account: account.number)
def test_every_sandbox_account_passes_its_own_checks(account: banks.BankAccount) -> None:
    """The table holds accounts that the fields accept."""
    first, _, second = account.number.partition(" ")
    names = {"sepa": "iban", "ach": "routing_number", "bacs": "sort_code"}
    data = {names[account.scheme]: first, "account_number": second, "holder": "Alice"}
    assert banks.check_account(BankDebitData.model_validate(data)) is account


@pytest.mark.parametrize(
    ("iban", "holds"),
    [
        ("NL91ABNA0417164300", True),
        ("FR1420041010050500013M02606", True),
        ("NO9386011117947", True),
        ("NO9386011117946", False),
        ("NO938601111794", False),
        ("", False),
    ],
)
def test_iban_holds_by_country_length_and_check_digits(iban: str, holds: bool) -> None:
    """Published examples of three countries, and two slips."""
    assert banks.iban_holds(iban) is holds


def test_no_account_number_is_written_anywhere(own_sandbox: Sandbox) -> None:
    """Neither storage nor log holds an IBAN or an account number, charged or refused."""
    account: AccountAtSandbox = own_sandbox.start().open_account()
    numbers = ("DE89370400440532013000", "000123456789", "DE88370400440532013000")
    for data in (IBAN, ACH, IBAN | {"iban": numbers[2]}):
        own_sandbox.post("/v1/tokens", {"bank_debit": data})
        own_sandbox.post("/v1/tokens", {"bank_debit": data | {"holder": {"x": data}}})
        own_sandbox.post("/v1/tokens", {"bank_debit": data, "account": account.id})
    own_sandbox.stop()
    files = [path for path in own_sandbox.folder.rglob("*") if path.is_file()]
    for path in [*files, own_sandbox.log]:
        content = path.read_bytes()
        assert not [number for number in numbers if number.encode() in content], path
