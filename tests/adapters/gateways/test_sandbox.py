"""The sandbox adapter against the real gateway process, and against a line that cuts and lies."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from counterfoil.adapters import outbound
from counterfoil.adapters.gateways.sandbox.adapter import SandboxGateway
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.events import SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Instrument, Result, StepKind
from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import HOME, AccountAtSandbox, Sandbox, free_port, held

GATEWAY = SandboxGateway()
AMOUNT = Money(20355, "EUR")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def request(source: str, reference: str = "pay_1") -> ChargeRequest:
    """One charge of 203.55 euros."""
    return ChargeRequest(reference, AMOUNT, source, "cus_1", "Invoice HW-1", f"{HOME}/return")


def test_fields_name_the_script_and_the_account(
    there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    """The portal gets all it needs to draw the card fields; the script is really there."""
    step = GATEWAY.fields(ours, FieldsRequest(locale="de"))
    assert step.kind is StepKind.COLLECT_FIELDS
    assert dict(step.values) == {
        "mount": "CounterfoilSandbox.mount",
        "account": there.body["publishable_key"],
        "locale": "de",
    }
    assert "CounterfoilSandbox = { mount }" in httpx.get(step.script_url).text


def test_charge_good_card_succeeds(there: AccountAtSandbox, ours: GatewayAccount) -> None:
    """The whole outcome; the look-up tells the same."""
    outcome = GATEWAY.charge(ours, request(there.sandbox.token()))
    [charge] = there.get("/v1/charges").json()["data"]
    assert outcome == Outcome(
        reference="pay_1",
        result=Result.SUCCEEDED,
        gateway_ref=charge["id"],
        amount=AMOUNT,
        instrument=Instrument("card", "visa", "4242", exp_month=12, exp_year=2034),
    )
    assert GATEWAY.look_up(ours, "pay_1") == outcome


@pytest.mark.parametrize(
    ("number", "code", "hard"),
    [
        ("4000 0000 0000 0002", FailureCode.CARD_DECLINED, False),
        ("4000 0000 0000 9995", FailureCode.INSUFFICIENT_FUNDS, False),
        ("4000 0000 0000 0069", FailureCode.EXPIRED_CARD, True),
        ("4000 0000 0000 0127", FailureCode.INCORRECT_CVC, False),
    ],
)
def test_charge_bad_card_fails_in_our_words(
    there: AccountAtSandbox,
    ours: GatewayAccount,
    number: str,
    code: FailureCode,
    hard: bool,
) -> None:
    """A failed charge names its reason and no amount."""
    outcome = GATEWAY.charge(ours, request(there.sandbox.token(number)))
    assert outcome.failure is not None
    assert (outcome.result, outcome.amount) == (Result.FAILED, None)
    assert (outcome.failure.code, outcome.failure.hard) == (code, hard)
    assert outcome.failure.message.startswith(f"{code.value}: ")
    assert GATEWAY.look_up(ours, "pay_1") == outcome


@pytest.mark.parametrize(
    ("answer", "result", "code"),
    [
        ("approve", Result.SUCCEEDED, None),
        ("decline", Result.FAILED, FailureCode.AUTHENTICATION_FAILED),
    ],
)
def test_charge_with_a_challenge_redirects_and_is_then_decided(
    there: AccountAtSandbox,
    ours: GatewayAccount,
    answer: str,
    result: Result,
    code: FailureCode | None,
) -> None:
    """ACTION_REQUIRED with the bank's page; afterwards the look-up tells the end."""
    asked = GATEWAY.charge(ours, request(there.sandbox.token("4000 0025 0000 3155")))
    assert asked.step is not None
    assert (asked.result, asked.step.kind) == (Result.ACTION_REQUIRED, StepKind.REDIRECT)
    assert httpx.post(f"{asked.step.url}/{answer}").status_code == 303
    outcome = GATEWAY.look_up(ours, "pay_1")
    assert (outcome.result, outcome.failure and outcome.failure.code) == (result, code)


def test_charge_with_a_challenge_that_expired_fails(own: Sandbox) -> None:
    """The payer never answered the bank."""
    there = own.open_account(origins=[HOME])
    GATEWAY.charge(held(there), request(own.token("4000 0025 0000 3155")))
    own.advance(31 * 60)
    outcome = GATEWAY.look_up(held(there), "pay_1")
    assert outcome.failure is not None
    assert outcome.failure.code is FailureCode.AUTHENTICATION_EXPIRED


def test_lost_answer_is_unknown_within_the_deadline_then_found(
    there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    """9979: not failed, not succeeded; the look-up by reference finds the money."""
    began = time.monotonic()
    outcome = GATEWAY.charge(ours, request(there.sandbox.token("4000 0000 0000 9979")))
    assert 4.5 < time.monotonic() - began < 6.5
    assert outcome == Outcome(reference="pay_1", result=Result.UNKNOWN)
    assert GATEWAY.look_up(ours, "pay_1").result is Result.SUCCEEDED


def test_running_charge_is_unknown_and_looked_up_as_processing(
    there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    """The second caller learns nothing, the resolver learns that the gateway is at it."""
    there.set_faults(delay_seconds=1.5)
    wanted = request(there.sandbox.token())
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(GATEWAY.charge, ours, wanted)
        while GATEWAY.look_up(ours, "pay_1").result is Result.ABSENT:
            time.sleep(0.02)
        second = GATEWAY.charge(ours, wanted)
        meanwhile = GATEWAY.look_up(ours, "pay_1")
        ended = first.result()
    results = [second.result, meanwhile.result, ended.result]
    assert results == [Result.UNKNOWN, Result.PROCESSING, Result.SUCCEEDED]


def test_same_reference_charges_once(there: AccountAtSandbox, ours: GatewayAccount) -> None:
    """The reference is the idempotency key; another body under it is UNKNOWN, not FAILED."""
    wanted = request(there.sandbox.token())
    first, again = GATEWAY.charge(ours, wanted), GATEWAY.charge(ours, wanted)
    other = GATEWAY.charge(ours, request(there.sandbox.token()))
    assert again == first
    assert other.result is Result.UNKNOWN
    assert len(there.get("/v1/charges", status="all").json()["data"]) == 1


def test_spent_or_unknown_token_is_a_definite_refusal(
    there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    """Nothing was started: FAILED with TOKEN_INVALID, and ABSENT at the gateway."""
    spent = there.sandbox.token()
    GATEWAY.charge(ours, request(spent))
    for reference, source in (("pay_2", spent), ("pay_3", "tok_never")):
        outcome = GATEWAY.charge(ours, request(source, reference))
        assert outcome.failure is not None
        assert outcome.failure.code is FailureCode.TOKEN_INVALID
        assert GATEWAY.look_up(ours, reference).result is Result.ABSENT


def test_wrong_key_is_refused_but_never_absent(there: AccountAtSandbox) -> None:
    """With a bad key we can't know what happened to a reference."""
    stranger = held(there, secret_key="sk_sandbox_wrong")
    outcome = GATEWAY.charge(stranger, request(there.sandbox.token()))
    assert outcome.failure is not None
    assert outcome.failure.code is FailureCode.GATEWAY_REFUSED
    with pytest.raises(Unavailable):
        GATEWAY.look_up(stranger, "pay_1")


def test_incomplete_account_is_refused(ours: GatewayAccount) -> None:
    """The missing parts are named."""
    bare = GatewayAccount("Sandbox", {"url": "http://127.0.0.1:1"}, ours.secrets)
    with pytest.raises(AccountIncomplete, match="publishable_key"):
        GATEWAY.fields(bare, FieldsRequest())


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A gateway of one's own."""
    gateway = Sandbox(tmp_path_factory.mktemp("own") / "data").start()
    yield gateway
    gateway.stop()


# --- webhooks -----------------------------------------------------------------------------------


def test_webhook_of_the_gateway_is_an_event_with_its_outcome(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    """From the real process over the wire into the port's value."""
    there = sandbox.open_account(webhook_url=receiver.url, origins=[HOME])
    outcome = GATEWAY.charge(held(there), request(sandbox.token("4000 0000 0000 0002")))
    [(headers, body)] = receiver.wait_for(1)
    (event,) = GATEWAY.parse(held(there), headers=headers, body=body, at=datetime.now(UTC))
    assert (event.kind, event.facts) == ("charge.failed", (outcome,))
    assert event.ref == there.events()[0]["id"]
    later = datetime.now(UTC) + timedelta(minutes=6)
    with pytest.raises(SignatureInvalid):
        GATEWAY.parse(held(there), headers=headers, body=body, at=later)
    stranger = held(sandbox.open_account())
    with pytest.raises(SignatureInvalid):
        GATEWAY.parse(stranger, headers=headers, body=body, at=datetime.now(UTC))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes the webhooks."""
    listening = Receiver()
    yield listening
    listening.close()


def signed(
    there: AccountAtSandbox, body: bytes, *, at: datetime = NOW, ref: str = "evt_1"
) -> dict[str, str]:
    """Headers as the gateway would send them."""
    hook = Webhook(there.body["webhook_secret"])
    return {
        "Webhook-Id": ref,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": hook.sign(ref, at, body.decode(errors="replace")),
    }


def event_body(**change: Any) -> bytes:
    """An event that carries nothing we know."""
    created = "2024-11-21T00:00:00.000Z"
    event = {"id": "evt_1", "type": "account.opened", "created": created, "data": {}}
    return json.dumps(event | change).encode()


def test_webhook_of_an_unknown_kind_carries_no_outcome(
    there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    """It can be kept and counted."""
    body = event_body()
    (event,) = GATEWAY.parse(ours, headers=signed(there, body), body=body, at=NOW)
    assert (event.kind, event.facts) == ("account.opened", ())
    assert event.occurred_at == datetime(2024, 11, 21, tzinfo=UTC)


def test_webhook_signed_with_the_old_secret_is_taken_while_it_is_replaced(
    there: AccountAtSandbox,
) -> None:
    """Both secrets hold during the change, then only the new one."""
    new = "whsec_" + "A" * 44
    body = event_body()
    both = held(there, webhook_secret=new, webhook_secret_old=there.body["webhook_secret"])
    headers = signed(there, body)
    assert GATEWAY.parse(both, headers=headers, body=body, at=NOW)[0].ref == "evt_1"
    with pytest.raises(SignatureInvalid):
        GATEWAY.parse(held(there, webhook_secret=new), headers=headers, body=body, at=NOW)


@pytest.mark.parametrize(
    "spoil",
    [
        {"Webhook-Id": "evt_2"},
        {"Webhook-Id": ""},
        {"Webhook-Timestamp": ""},
        {"Webhook-Timestamp": "1e9"},
        {"Webhook-Timestamp": "9" * 12},
        {"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1"},
        {"Webhook-Signature": "v1,%%% v1,é"},
    ],
)
def test_webhook_with_spoiled_headers_is_invalid(
    there: AccountAtSandbox, ours: GatewayAccount, spoil: dict[str, str]
) -> None:
    """Never another exception: the door answers 400 to all of them."""
    body = event_body()
    with pytest.raises(SignatureInvalid):
        GATEWAY.parse(ours, headers=signed(there, body) | spoil, body=body, at=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        event_body(created="yesterday"),
        event_body(created="2024-11-21T00:00:00"),
        event_body(id="evt_other"),
        event_body(type="charge.succeeded"),
        event_body(type="charge.succeeded", data={"object": {"status": "odd"}}),
    ],
)
def test_webhook_that_is_signed_but_no_event_is_invalid(
    there: AccountAtSandbox, ours: GatewayAccount, body: bytes
) -> None:
    """Genuine is not the same as right."""
    with pytest.raises(SignatureInvalid):
        GATEWAY.parse(ours, headers=signed(there, body), body=body, at=NOW)


# --- a line that cuts and lies ------------------------------------------------------------------


class RawPeer:
    """Takes one connection at a time, reads the request, and says exactly these bytes."""

    def __init__(self, say: bytes, trickle: Callable[[socket.socket], None] | None = None) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._say, self._trickle = say, trickle
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(self._say)
                if self._trickle:
                    self._trickle(connection)

    def close(self) -> None:
        """Stops listening."""
        self._listening.close()


def http_answer(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """An HTTP answer, whose length may be a lie."""
    told = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {told}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


CHARGE = {
    "id": "ch_1",
    "status": "succeeded",
    "amount": 20355,
    "currency": "EUR",
    "reference": "pay_1",
    "instrument": {
        "kind": "card",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2034,
    },
    "failure": None,
    "next_action": None,
}
GOOD = json.dumps(CHARGE).encode()
LIES = {
    "cut before a byte": b"",
    "cut in the head": b"HTTP/1.1 201 Crea",
    "cut in the body": http_answer("201 Created", GOOD[:40], length=len(GOOD)),
    "no JSON": http_answer("201 Created", b"<html>"),
    "not HTTP": b"SSH-2.0-OpenSSH\r\n",
    "no charge": http_answer("201 Created", b"{}"),
    "amount is a float": http_answer("201 Created", GOOD.replace(b"20355", b"20355.0")),
    "unknown status": http_answer("201 Created", GOOD.replace(b"succeeded", b"levitating")),
    "another reference": http_answer("201 Created", GOOD.replace(b"pay_1", b"pay_2")),
    "500": http_answer("500 Internal Server Error", b"{}"),
    "503": http_answer("503 Service Unavailable", b"", "Retry-After: 3"),
    "302": http_answer("302 Found", b"", "Location: http://127.0.0.1:1/"),
    "400 of someone else": http_answer("400 Bad Request", b"<h1>proxy</h1>"),
    "404 of someone else": http_answer("404 Not Found", b'{"detail": "no route"}'),
    "202": http_answer("202 Accepted", GOOD),
}


@pytest.fixture
def peer() -> Iterator[Callable[..., RawPeer]]:
    """Makes raw peers and closes them."""
    made: list[RawPeer] = []

    def make(*values: Any) -> RawPeer:
        made.append(RawPeer(*values))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_unreadable_answer_is_unknown_and_a_look_up_unavailable(
    there: AccountAtSandbox, peer: Callable[..., RawPeer], lie: bytes
) -> None:
    """Never FAILED, never SUCCEEDED, never ABSENT on such a ground."""
    account = held(there, url=peer(lie).url)
    outcome = GATEWAY.charge(account, request("tok_1"))
    assert outcome == Outcome(reference="pay_1", result=Result.UNKNOWN)
    with pytest.raises(Unavailable):
        GATEWAY.look_up(account, "pay_1")


def test_trickling_answer_is_unknown_at_the_deadline(
    there: AccountAtSandbox, peer: Callable[..., RawPeer]
) -> None:
    """A byte now and then does not keep us beyond five seconds."""

    def trickle(connection: socket.socket) -> None:
        try:
            for _ in range(40):
                time.sleep(0.4)
                connection.sendall(b" ")
        except OSError:
            return

    slow = peer(http_answer("201 Created", b"", length=1000), trickle)
    began = time.monotonic()
    outcome = GATEWAY.charge(held(there, url=slow.url), request("tok_1"))
    assert outcome.result is Result.UNKNOWN
    assert time.monotonic() - began < outbound.DEADLINE_SECONDS + 1


def test_nothing_sent_is_unavailable(there: AccountAtSandbox) -> None:
    """Refused connections and impossible addresses: surely nothing was started."""
    for url in (f"http://127.0.0.1:{free_port()}", "http://nowhere.invalid", "ftp://127.0.0.1"):
        with pytest.raises(Unavailable):
            GATEWAY.charge(held(there, url=url), request("tok_1"))


def test_too_many_requests_is_unavailable_for_a_while(
    there: AccountAtSandbox, peer: Callable[..., RawPeer]
) -> None:
    """The gateway says when to come again."""
    busy = peer(http_answer("429 Too Many Requests", b"{}", "Retry-After: 7"))
    with pytest.raises(Unavailable) as caught:
        GATEWAY.charge(held(there, url=busy.url), request("tok_1"))
    assert caught.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("statuses", "result"),
    [
        (["failed", "succeeded"], Result.SUCCEEDED),
        (["failed", "processing"], Result.PROCESSING),
        (["failed", "failed"], Result.FAILED),
    ],
)
def test_look_up_with_several_charges_tells_where_money_may_be(
    there: AccountAtSandbox, peer: Callable[..., RawPeer], statuses: list[str], result: Result
) -> None:
    """A failure must not hide a success under the same reference."""
    failure = {"code": "odd_new_code", "message": "Odd."}
    rows = [
        CHARGE | {"status": status, "failure": failure if status == "failed" else None}
        for status in statuses
    ]
    body = json.dumps({"data": rows}).encode()
    account = held(there, url=peer(http_answer("200 OK", body)).url)
    assert GATEWAY.look_up(account, "pay_1").result is result


def test_secrets_are_not_printed(ours: GatewayAccount) -> None:
    """An account in a log line or a traceback shows no key."""
    for secret in ours.secrets.values():
        assert secret not in repr(ours)
