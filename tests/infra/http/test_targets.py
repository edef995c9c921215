import ipaddress
import socket

import pytest
from django.conf import settings

from counterfoil.infra.http.targets import (
    TargetRefused,
    TargetUnknown,
    checked_url,
    target,
)

PUBLIC = "93.184.215.14"


@pytest.fixture(autouse=True)
def allow(monkeypatch):
    """As an installation is that allows nothing; says what it allows instead."""

    def change(name, value):
        monkeypatch.setattr(settings, name, value)

    change("INSECURE_LOOPBACK", False)
    change("OUTGOING_NETWORKS", [])
    return change


@pytest.fixture
def names(monkeypatch):
    """What the names lead to; a list is taken from the front, one answer a question."""
    known: dict[str, list[str]] = {}

    def getaddrinfo(host, port, **_):
        if host not in known:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:a9fe:a9fe]",
        "[fe80::1]",
        "[fc00::1]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::a00:1]",
        "[fec0::1]",
        "[5f00::1]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[ff02::1]",
    ],
)
def test_what_is_inside_is_refused_however_it_is_written(host):
    with pytest.raises(TargetRefused):
        checked_url(f"https://{host}/hook")
    with pytest.raises(TargetRefused):
        target(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway.example",
        "ftp://gateway.example/",
        "file:///etc/passwd",
        "gopher://gateway.example/",
        "javascript:alert(1)",
        "https://",
        "https://user@gateway.example/",
        "https://user:secret@gateway.example/",
        "https://gateway.example@127.0.0.1/",
        "https://gateway.example\\@127.0.0.1/",
        "https://gateway.example/\x00",
        "https://gateway.example/\r\nHost: other",
        "https://gäteway.example/",
        "https://127。0。0。1/",
        "https://gate way.example/",
        "https://gateway.example:99999/",
        "https://gateway.example:port/",
        "https://" + "a" * 300 + ".example/",
        "https://gateway.example/" + "a" * 3000,
    ],
)
def test_what_is_no_plain_address_is_refused(url, names):
    names["gateway.example"] = [PUBLIC]
    with pytest.raises(TargetRefused):
        checked_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway.example/",
        "https://gateway.example:22/",
        "https://gateway.example:5432/",
        "http://gateway.example:443/",
    ],
)
def test_outside_only_https_on_its_ports_is_called(url, names):
    names["gateway.example"] = [PUBLIC]
    with pytest.raises(TargetRefused):
        checked_url(url)


def test_a_public_address_is_kept_and_called_where_it_was_judged(names):
    names["gateway.example"] = [PUBLIC, "2606:2800:21f:cb07::1"]
    assert checked_url(" https://gateway.example/base ") == "https://gateway.example/base"
    found = target("https://gateway.example:8443/base?x=1")
    assert found.addresses == (PUBLIC, "2606:2800:21f:cb07::1")
    assert (found.host, found.port) == ("gateway.example", 8443)
    assert found.authority == "gateway.example:8443"
    assert found.at(PUBLIC) == f"https://{PUBLIC}:8443/base?x=1"
    assert found.at("2606:2800::1") == "https://[2606:2800::1]:8443/base?x=1"


def test_one_address_inside_spoils_them_all(names):
    names["gateway.example"] = [PUBLIC, "10.0.0.1"]
    with pytest.raises(TargetRefused):
        target("https://gateway.example/")


def test_a_name_that_turns_inwards_is_refused_when_it_is_called(names):
    names["gateway.example"] = [PUBLIC]
    assert checked_url("https://gateway.example/")
    names["gateway.example"] = ["127.0.0.1"]
    with pytest.raises(TargetRefused):
        target("https://gateway.example/")


def test_an_unknown_name_may_be_kept_and_is_not_called(names):
    assert checked_url("https://soon.example/") == "https://soon.example/"
    with pytest.raises(TargetUnknown):
        target("https://soon.example/")


def test_the_operators_own_network_may_be_called_by_any_port(names, allow):
    allow("OUTGOING_NETWORKS", [ipaddress.ip_network("10.9.0.0/16")])
    names["btcpay.internal"] = ["10.9.0.7"]
    names["other.internal"] = ["10.8.0.7"]
    assert target("http://btcpay.internal:23000/").addresses == ("10.9.0.7",)
    with pytest.raises(TargetRefused):
        target("http://other.internal:23000/")
    with pytest.raises(TargetRefused):
        target("http://127.0.0.1:23000/")


def test_the_demo_may_call_this_machine_and_no_other(allow):
    allow("INSECURE_LOOPBACK", True)
    assert target("http://127.0.0.1:8100/").addresses == ("127.0.0.1",)
    assert target("http://[::1]:8100/").addresses == ("::1",)
    with pytest.raises(TargetRefused):
        target("http://10.0.0.1:8100/")
