"""Answers which TCP ports of the loopback address are free, before anything is started on them."""

import errno
import socket

LOOPBACK = "127.0.0.1"
LOOPBACK_6 = "::1"


def free_port() -> int:
    """Gives a TCP port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = LOOPBACK) -> bool:
    """Says whether nobody listens on this port of a loopback address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as problem:
        return problem.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # No IPv6 here.
    return True


def taken_ports(ports: tuple[int, ...]) -> list[int]:
    """Gives those ports that someone listens on at `localhost`, whichever address that means."""
    hosts = (LOOPBACK, LOOPBACK_6)
    return [port for port in ports if not all(port_is_free(port, host) for host in hosts)]
