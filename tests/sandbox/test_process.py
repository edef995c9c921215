"""The process: starts once, ends cleanly, dies with its parent, and never writes a card down."""

import os
import subprocess
import sys
import time

import httpx
import pytest

from factories.sandbox_process import SRC, Sandbox, free_port

NUMBERS = (
    "4242424242424242",
    "5555555555554444",
    "4000000000000002",
    "4000000000009995",
    "4000000000000069",
    "4000000000000127",
    "4000002500003155",
)
BAD_NUMBERS = ("4242 4242 4242 4242", "4111111111111111", "4242424242424241")
CVCS = ("8731", "6402", "9157")  # one of them may stand in a random id, all three do not


def run_again(sandbox: Sandbox, *change: str) -> tuple[int, str]:
    """Starts a second process the same way; gives its exit code and words."""
    done = subprocess.run(
        sandbox.command(*change),
        env=os.environ | {"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stderr


def test_taken_port_is_one_clear_line(sandbox: Sandbox, own_sandbox: Sandbox) -> None:
    """No traceback, no sharing of the port."""
    code, words = run_again(own_sandbox, "--port", str(sandbox.port))
    assert code == 1
    assert words.startswith(f"sandbox: port {sandbox.port} on 127.0.0.1 is taken")
    assert words.count("\n") == 1


def test_taken_folder_is_one_clear_line(sandbox: Sandbox) -> None:
    """Two gateways on one storage would be two truths."""
    code, words = run_again(sandbox, "--port", str(free_port()))
    assert (code, words) == (1, f"sandbox: another sandbox gateway uses {sandbox.folder}\n")


@pytest.mark.parametrize(
    "change", [("--port", "0"), ("--port", "x"), ("--clock-start", "soon"), ("--data",)]
)
def test_bad_option_is_told(own_sandbox: Sandbox, change: tuple[str, ...]) -> None:
    """Usage, exit code 2."""
    code, words = run_again(own_sandbox, *change)
    assert code == 2
    assert "usage:" in words


def test_sigterm_ends_it_cleanly_with_a_request_open(own_sandbox: Sandbox) -> None:
    """Within a few seconds, exit code 0, even while an answer is being held."""
    account = own_sandbox.start().open_account()
    account.set_faults(answers="lost")
    with pytest.raises(httpx.ReadTimeout):
        own_sandbox.http.post(
            "/v1/charges",
            json=account.request(),
            headers=account.auth | {"Idempotency-Key": "k"},
            timeout=0.5,
        )
    began = time.monotonic()
    assert own_sandbox.stop() == 0
    assert time.monotonic() - began < 5
    assert own_sandbox.log.read_text().endswith("sandbox: stopped\n")


def test_lifeline_ends_it_when_the_parent_is_killed(own_sandbox: Sandbox) -> None:
    """A parent that dies by kill -9 takes the gateway with it."""
    parent = (
        "import os, subprocess, sys, time\n"
        "read, write = os.pipe()\n"
        "child = subprocess.Popen([*sys.argv[1:], '--lifeline-fd', str(read)], pass_fds=[read])\n"
        "os.close(read)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, *own_sandbox.command()],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        stderr=subprocess.DEVNULL,
    )
    wait_until(own_sandbox, is_up=True)
    process.kill()
    process.wait()
    wait_until(own_sandbox, is_up=False)


def wait_until(sandbox: Sandbox, *, is_up: bool) -> None:
    """Waits for the gateway to answer, or to be gone: up to a minute, for a busy machine."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            found = sandbox.http.get("/healthz").is_success
        except httpx.TransportError:
            found = False
        if found is is_up:
            return
        time.sleep(0.05)
    raise AssertionError("the gateway is not as it should be")


def test_environment_serves_as_well_as_options(own_sandbox: Sandbox) -> None:
    """Every option has its variable."""
    env = os.environ | {
        "PYTHONPATH": str(SRC),
        "COUNTERFOIL_SANDBOX_PORT": str(own_sandbox.port),
        "COUNTERFOIL_SANDBOX_DATA": str(own_sandbox.folder),
        "COUNTERFOIL_SANDBOX_CLOCK_START": "2024-11-21T00:00:00Z",
    }
    command = [sys.executable, "-m", "counterfoil_sandbox"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_until(own_sandbox, is_up=True)
        assert own_sandbox.http.get("/v1/clock").json()["now"].startswith("2024-11-21")
    finally:
        process.terminate()
        process.wait(10)


def test_no_card_number_is_written_anywhere(own_sandbox: Sandbox) -> None:
    """Good and bad cards in every form: neither storage nor log holds a number or a CVC."""
    account = own_sandbox.start().open_account()
    for number in NUMBERS:
        for cvc in CVCS:
            account.post_charge(account.request(source=own_sandbox.token(number, cvc=cvc)))
    for number, cvc in zip(BAD_NUMBERS, CVCS, strict=True):
        card = {"number": number, "exp_month": 13, "exp_year": 2034, "cvc": cvc}
        own_sandbox.post("/v1/tokens", {"card": card})
        own_sandbox.post("/v1/tokens", {"card": card | {"exp_month": {"number": number}}})
        own_sandbox.post("/v1/tokens", card)
        own_sandbox.http.get("/v1/charges", params={"customer": number})
        own_sandbox.http.get(f"/nothing/{number}")
    searched = [path for path in own_sandbox.folder.rglob("*") if path.is_file()]
    written = {path.name: path.read_bytes() for path in [*searched, own_sandbox.log]}
    assert {"sandbox.sqlite3", "sandbox.sqlite3-wal", own_sandbox.log.name} <= set(written)
    for name, content in written.items():
        for number in (*NUMBERS, *BAD_NUMBERS):
            assert number.encode() not in content, name
        assert not all(cvc.encode() in content for cvc in CVCS), name
    own_sandbox.stop()
    folded = (own_sandbox.folder / "sandbox.sqlite3").read_bytes()
    assert not [number for number in NUMBERS if number.encode() in folded]


def test_storage_is_readable_by_its_owner_only(sandbox: Sandbox) -> None:
    """Keys are in there."""
    assert (sandbox.folder / "sandbox.sqlite3").stat().st_mode & 0o077 == 0
