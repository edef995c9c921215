"""Whoever reads a log opens nothing: the secret of every address that carries one is hidden."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from counterfoil.infra.logs import SecretsHidden

SECRET = "s3cret-of-an-address"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")

# What a free text in an address may be, beside an id, without opening anything by itself.
TELLS_NOTHING = {"account", "kind", "number", "slug", "uidb36"}


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
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
    assert beginnings == {"i/", "b/", "back/", "password/reset/key/"}


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
