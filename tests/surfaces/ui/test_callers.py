"""Who calls from where: what a proxy of ours says is believed, what a caller says is not."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings

PROXY = "10.0.0.1"
ALICE, MALLORY = "203.0.113.5", "198.51.100.66"


def address(forwarded: str | None, *, proxies: int, peer: str = PROXY) -> str:
    from counterfoil.surfaces.ui.callers import caller_address

    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    with override_settings(TRUSTED_PROXIES=proxies):
        return caller_address(request)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (None, 0, PROXY),
        (MALLORY, 0, PROXY),  # nobody stands in front: the header is the caller's own
        (ALICE, 1, ALICE),
        (f"{MALLORY}, {ALICE}", 1, ALICE),  # the left one was sent along
        (f"{MALLORY},{ALICE}, 10.0.0.2", 2, ALICE),
        (ALICE, 2, ALICE),  # came past the outer proxy
        (None, 1, PROXY),
        ("", 1, PROXY),
        ("unknown", 1, PROXY),
        (f"{ALICE}:51234", 1, ALICE),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("[2001:DB8::7]:443", 1, "2001:db8::7"),
        ("fe80::1%" + "x" * 300, 1, PROXY),
    ],
)
def test_the_address_is_the_one_that_our_outermost_proxy_saw(
    forwarded: str | None, proxies: int, expected: str
) -> None:
    assert address(forwarded, proxies=proxies) == expected


def test_without_any_address_it_is_empty() -> None:
    assert address(None, proxies=0, peer="") == ""


def test_the_portal_s_own_limits_count_the_same_address() -> None:
    from allauth.account.adapter import get_adapter

    headers = {"x-forwarded-for": f"{MALLORY}, {ALICE}"}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)
    with override_settings(TRUSTED_PROXIES=1):
        assert get_adapter(request).get_client_ip(request) == ALICE
    with override_settings(TRUSTED_PROXIES=3):  # fewer addresses than proxies
        assert get_adapter(request).get_client_ip(request) == MALLORY


def test_the_header_is_read_in_one_place() -> None:
    """The server's doorway says who called it; one place reads that, and what proxies add."""
    package = Path(settings.PACKAGE)
    readers = [
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if any(word in file.read_text() for word in ("REMOTE_ADDR", "FORWARDED_FOR"))
    ]
    assert sorted(readers) == ["config/doorway.py", "surfaces/ui/callers.py"]
    assert "FORWARDED_FOR" not in (package / "config/doorway.py").read_text()


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        (ALICE, ALICE),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        (f"::ffff:{ALICE}", ALICE),
        ("", ""),
    ],
)
def test_a_limit_counts_all_that_one_caller_has(peer: str, expected: str) -> None:
    from counterfoil.surfaces.ui.callers import caller_network

    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    with override_settings(TRUSTED_PROXIES=0):
        assert caller_network(request) == expected
