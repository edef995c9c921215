"""What a scanner says is believed to the letter; what it does not say, it did not say."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from counterfoil.adapters.scanners.clamd import (
    BadScannerAddress,
    ClamdScanner,
    address_of,
    open_scanner,
)
from counterfoil.kernel.ports.scanners import NotScanned, TooLargeToScan
from factories.outside.scanner import HARM, HARM_NAME, Scanner, clamd_program, own_clamd

# In halves, so that no scanner takes this file for one that has it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EI" + b"CAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with closing(Scanner()) as one:
        yield one


def hurried(scanner: Scanner) -> ClamdScanner:
    return ClamdScanner(address_of(scanner.address), connect_seconds=1, answer_seconds=0.3)


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 3_000_000])
def test_a_file_arrives_whole(scanner, size):
    content = bytes(number % 251 for number in range(size))

    assert open_scanner(scanner.address).scan(content) == ""
    assert scanner.seen == [content]


def test_harm_is_named(scanner):
    assert open_scanner(scanner.address).scan(b"%PDF " + HARM) == HARM_NAME


def test_the_name_of_a_harm_is_plain_text(scanner):
    scanner.says = b"stream: one\rtwo\x1b[2J\xff" + b"x" * 500 + b" FOUND\0"

    told = open_scanner(scanner.address).scan(b"")

    assert told.startswith("one two [2J�xxx")
    assert (len(told), told.isprintable()) == (200, True)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"stream: O",
        b"stream: OK",  # as long as an answer lasts, but for its end
        b"stream: OK\n",
        b"\0",
        b"OK\0",
        b"stream: OK \0",
        b"stream: Some.Harm FOUND. OK\0",
        b"stream: not OK\0",
        b"stream:  FOUND",
        b"UNKNOWN COMMAND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"x" * 9000,
    ],
)
def test_nothing_but_a_whole_yes_lets_a_file_in(scanner, said):
    scanner.says = said
    with pytest.raises(NotScanned, match=scanner.address):
        open_scanner(scanner.address).scan(b"a file")


def test_a_scanner_that_never_answers_is_not_waited_for(scanner):
    scanner.is_mute = True
    began = time.monotonic()
    with pytest.raises(NotScanned, match="it took too long"):
        hurried(scanner).scan(b"a file")
    assert time.monotonic() - began < 25


def test_one_that_answers_a_letter_at_a_time_is_not_waited_for_either():
    """The time is for the whole answer, not for each letter of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line:
                try:
                    for _ in range(100):
                        line.sendall(b"x")
                        time.sleep(0.1)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(NotScanned, match="it took too long"):
            ClamdScanner(server.getsockname(), answer_seconds=0.5).scan(b"a file")
        assert time.monotonic() - began < 8


def test_where_nobody_listens_nothing_is_let_in(scanner, tmp_path):
    scanner.close()
    for address in (scanner.address, f"unix:{tmp_path / 'none'}"):
        with pytest.raises(NotScanned, match="does not answer"):
            open_scanner(address).scan(b"a file")
        with pytest.raises(NotScanned, match="does not answer"):
            open_scanner(address).check()


def test_a_file_that_is_too_large_for_it_is_told_apart(scanner):
    scanner.takes_bytes_max = 1000
    with pytest.raises(TooLargeToScan):
        open_scanner(scanner.address).scan(b"x" * 1001)
    assert open_scanner(scanner.address).scan(b"x" * 1000) == ""


def test_an_answer_before_the_end_of_the_file_is_no_yes():
    """Whoever hangs up in the middle has not looked at the rest, whatever they say."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_early() -> None:
            line, _ = server.accept()
            with line:
                line.recv(100)
                line.sendall(b"stream: OK\0")

        threading.Thread(target=answer_early, daemon=True).start()
        with pytest.raises(NotScanned):
            ClamdScanner(server.getsockname()).scan(b"x" * 30_000_000)


def test_the_check_says_what_it_is_and_has_it_look(scanner):
    assert open_scanner(scanner.address).check() == f"ClamAV of these tests at {scanner.address}"
    assert scanner.seen == [b"check"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("clamd.inside.example:3310", ("clamd.inside.example", 3310)),
        ("[::1]:3310", ("::1", 3310)),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ],
)
def test_it_is_named_by_host_and_port_or_by_a_path(text, address):
    assert address_of(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "clamd", "clamd:", ":3310", "clamd:0", "clamd:65536", "clamd:٣", "clamd:3310/", "::1:3310",
        "tcp://clamd:3310", "unix:clamd.ctl", "unix:", "a b:3310", "me@clamd:3310", "[]:3310",
        "[::1:3310", "a..b:3310", f"{'a' * 64}:3310",
    ],
)  # fmt: skip
def test_it_is_named_in_no_other_form(text):
    with pytest.raises(BadScannerAddress, match="host:port or unix:/path"):
        address_of(text)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory) -> Iterator[tuple[str, str]]:
    if clamd_program() is None:
        pytest.skip("clamd is not installed here (Debian: clamav-daemon)")
    with own_clamd(tmp_path_factory.mktemp("clamd"), EICAR) as reached:
        yield reached


@pytest.mark.parametrize("way", [0, 1], ids=["host and port", "path"])
def test_clamd_itself_is_understood(clamd, way):
    address = clamd[way]
    one = open_scanner(address)
    assert one.check() == f"{one.check().partition(' at ')[0]} at {address.removeprefix('unix:')}"
    assert one.check().startswith("ClamAV ")
    assert (one.scan(b""), one.scan(b"x" * 1_000_000)) == ("", "")
    assert one.scan(b"before " + EICAR).startswith(HARM_NAME)
    for size in (1_100_000, 20_000_000):
        with pytest.raises(TooLargeToScan):
            one.scan(b"x" * size)
