"""Which hosts no other machine can reach, and which addresses belong to everybody's internet."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))

_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is public, of IPv6
_KEPT_APART = (  # reserved, whatever the tables of a Python say of their parts
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
)


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only wraps (`::ffff:127.0.0.1`, 6to4, NAT64), else itself:
    whoever judges an address judges where the packets go."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and any(address in network for network in _NAT64):
        wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return wrapped or address


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet: not private, loopback, link-local (where
    clouds keep their secrets), shared by a carrier, reserved, or for many at once."""
    found = plain(address)
    if found.is_multicast or not found.is_global or any(found in one for one in _KEPT_APART):
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return True
    return found in _UNICAST and found.teredo is None
