"""Postal addresses as people write them, in the reader's language."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from babel import Locale


@lru_cache(1000)
def country_name(code: str, language: str) -> str:
    """A country by its two letters (ISO 3166); what is no such code stays as it is."""
    return str(Locale.parse(language).territories.get(code.upper(), code))


def address_lines(address: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """An address as lines, without empty ones; the country by its name."""
    town = " ".join(str(address.get(part, "")) for part in ("postal_code", "city")).strip()
    lines = [address.get("line1"), address.get("line2"), town, address.get("region")]
    country = country_name(str(address.get("country") or ""), language)
    return tuple(str(line) for line in [*lines, country] if line)
