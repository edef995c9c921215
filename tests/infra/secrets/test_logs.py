"""Whoever reads a log opens nothing: the secret of every address that carries one is hidden."""

import json
import logging
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from counterfoil.infra.secrets.logs import ADDRESSES, JsonLines, SecretsHidden, without_secrets

SECRET = "s3cret-of-an-address"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")

# What a free text in an address may be, beside an id, without opening anything by itself.
TELLS_NOTHING = {"account", "kind", "name", "number", "slug", "uidb36", "whose"}
_REGEX = re.compile(r"\(\?P(<\w+>)[^)]*\)")


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield _REGEX.sub(r"\1", route).strip("^$")
        else:
            yield from _routes(entry, route)


def _with_a_secret() -> list[str]:
    """Every address with a part that is neither an id nor known to tell nothing."""
    routes = _routes(get_resolver())
    return [route for route in routes if any(map(_is_secret, _PARAMETER.findall(route)))]


def _is_secret(parameter: tuple[str | None, str]) -> bool:
    converter, name = parameter
    free = converter in (None, "", "str", "slug", "path") and not name.endswith("_id")
    return free and name not in TELLS_NOTHING


def _line(message: str, **more: Any) -> str:
    record = logging.LogRecord("django.request", 30, "", 0, "Gone: %s", (message,), None, **more)
    return SecretsHidden("%(message)s").format(record)


def test_the_addresses_that_carry_a_secret_are_these() -> None:
    beginnings = {route[: route.index("<")] for route in _with_a_secret()}
    known = {
        beginning: next((one for one in ADDRESSES if f"/{beginning}".endswith(one)), "")
        for beginning in beginnings
    }
    assert [beginning for beginning, address in known.items() if not address] == []
    assert set(known.values()) == set(ADDRESSES)


@pytest.mark.parametrize("route", _with_a_secret())
def test_no_secret_of_an_address_is_logged(route: str) -> None:
    path = "/" + _PARAMETER.sub(
        lambda found: SECRET if _is_secret((found[1], found[2])) else "known", route
    )
    assert SECRET in path
    for line in (_line(path), _line(f"https://harrow.example{path}?page=2")):
        assert SECRET not in line
        assert "…" in line


def test_a_traceback_hides_it_too() -> None:
    error = ValueError(f"no page at /b/{SECRET}")
    record = logging.LogRecord("counterfoil", 40, "", 0, "broken", (), (ValueError, error, None))
    line = SecretsHidden("%(message)s").format(record)
    assert SECRET not in line
    assert "no page at /b/…" in line


def test_what_is_no_secret_stays_readable() -> None:
    assert _line("/invoices/2026-0001") == "Gone: /invoices/2026-0001"


SECRETS = {
    "a card": ("paid with 4242 4242 4242 4242 today", "4242"),
    "a card without blanks": ("number 5555555555554444", "5555555555554444"),
    "a card with dashes": ("378-282246310005", "282246310005"),
    "an account": ("debits DE89 3704 0044 0532 0130 00 on Monday", "0532"),
    "an account without blanks": ("GB82WEST12345698765432", "12345698765432"),
    "a header": ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
    "a header in a dictionary": ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
    "cookies": ("Cookie: __Host-session=qwertz; csrf=asdf", "qwertz"),
    "cookies to the end": ("Cookie: __Host-session=qwertz; csrf=asdf", "asdf"),
    "a password": ("form was {'password': 'hunter2 and more'}", "hunter2"),
    "another password": ("new_password1=hunter2&next=/", "hunter2"),
    "a code": ("the code=418223 was wrong", "418223"),
    "a login code": ('{"login_code": "AB12CD"}', "AB12CD"),
    "a key of ours": ("key cfk_q8Jd0sK2lLm9XyZ1 is revoked", "q8Jd0sK2lLm9XyZ1"),
    "a key of a gateway": ("401 for sk_live_51HqLyjWDarjtT1zdp7dc", "51HqLyjWDarjtT1zdp7dc"),
    "a webhook secret": ("webhook_secret=abc+def/ghi==", "abc+def"),
    "a signed token": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "c2lnbmF0dXJl"),
    "a seed": ("seed: '3f9c'", "3f9c"),
    "a session": ("session_key = 9xk2", "9xk2"),
    "an address with a password": (
        "open twilio://AC12:t0ken%2Fx@api.twilio.com?from=Harrow",
        "t0ken%2Fx",
    ),
    "an address": (f"GET /join/{SECRET}?x=1", SECRET),
}


@pytest.mark.parametrize("name", SECRETS)
def test_what_nobody_may_read_is_not_written(name: str) -> None:
    text, secret = SECRETS[name]
    assert secret in text
    assert secret not in without_secrets(text)
    assert "…" in without_secrets(text)
    assert secret not in _line(text)


@pytest.mark.parametrize(
    "text",
    [
        "invoice INV-2026-00001 of 1,250.00 EUR",
        "job deliver_message[4411] of 01a20566-80d9-7974-b719-ea5ef6722728",
        "declined: insufficient_funds, code: card_declined",
        "payment pay_01kjma0fm0eb1tkms92tscsr54 succeeded at 2026-11-22 22:47:26,915",
        "4111111111111112 is no card, DE00370400440532013000 no account",
        "0000000000000000",
    ],
)
def test_what_helps_an_operator_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_a_traceback_shows_no_values_that_were_only_there() -> None:
    """What stood in variables while it broke is not written at all."""

    def charge(card: str) -> None:
        raise ValueError("declined")

    try:
        charge("4242424242424242")
    except ValueError as error:
        broken = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("counterfoil", 40, "", 0, "broken", (), broken)
    line = SecretsHidden("%(message)s").format(record)
    assert "declined" in line
    assert "4242424242424242" not in line.replace('charge("4242424242424242")', "")


def test_every_handler_hides_them() -> None:
    from django.conf import settings

    told = settings.LOGGING
    assert {one["formatter"] for one in told["handlers"].values()} == {"plain"}
    assert told["formatters"]["plain"]["()"].endswith("SecretsHidden")
    assert settings.DEBUG is False


@pytest.mark.parametrize(
    "part",
    ["x", "token-", "sk_-", "eyJ-", "eyJaaaaaaaa.", "a_code", "1 ", "AB12", "authorization ",
     "password='", "cookie" + 30 * " ", "a://x:", "a"],
)  # fmt: skip
def test_an_address_of_strangers_is_written_at_once(part: str) -> None:
    """100,000 letters: a pattern that starts again at each of them would take a quarter of an
    hour, and the alarm ends it."""
    text = (part * 100_000)[:100_000]

    def too_long(_signal: int, _frame: object) -> None:
        raise TimeoutError(part)

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(20)
    try:
        without_secrets(f"Not Found: /invoices/{text}")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_each_entry_is_a_line_that_programs_read() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(f"no /i/{SECRET} here\nand a second line")
    broken = (caught.type, caught.value, caught.tb)
    place = ("counterfoil.api", logging.ERROR, __file__, 7)
    record = logging.LogRecord(*place, "GET %s\nfailed \u2028", (f"/i/{SECRET}",), broken)
    record.created = 1_772_355_600.25
    lines = JsonLines().format(record).splitlines()
    told = json.loads(lines[0])
    trace = told.pop("trace")
    assert len(lines) == 1
    assert told == {
        "at": "2026-03-01T09:00:00.250+00:00",
        "level": "ERROR",
        "logger": "counterfoil.api",
        "message": "GET /i/…\nfailed \u2028",
    }
    assert "no /i/… here" in " ".join(trace.split("\\n"))
    assert "Traceback" in trace
