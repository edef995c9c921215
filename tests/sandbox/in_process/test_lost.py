"""A connection that is cut leaves nothing behind in the process."""

import socket
from pathlib import Path

from counterfoil_sandbox.web import lost


def test_a_cut_ends_one_connection_and_keeps_no_descriptor():
    with socket.create_server(("127.0.0.1", 0)) as server:
        caller = socket.create_connection(server.getsockname())
        taken, (host, port) = server.accept()
        before = open_ones()

        lost._cut(host, port)
        lost._cut("127.0.0.1", 1)

        assert open_ones() == before
        caller.settimeout(5)
        assert caller.recv(1) == b""
        caller.close()
        taken.close()


def open_ones():
    return len(list(Path("/proc/self/fd").iterdir()))
