"""The addresses that say where mail goes."""

import pytest

from counterfoil.adapters.channels.email.adapter import BadMailAddress, open_channel, server_of
from counterfoil.adapters.channels.email.files import MailFolder
from counterfoil.adapters.channels.email.smtp import Server, SmtpChannel, Tls


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587, Tls.STARTTLS)),
        ("smtp://mail.example:465", Server("mail.example", 465, Tls.SSL)),
        ("smtp://mail.example?tls=ssl", Server("mail.example", 465, Tls.SSL)),
        ("smtp://localhost:1025?tls=none", Server("localhost", 1025, Tls.NONE)),
        ("smtp://u%40x:p%2Fw@mail.example:2525?tls=starttls",
         Server("mail.example", 2525, Tls.STARTTLS, "u@x", "p/w")),
        ("smtp://u:p@127.0.0.1:25?tls=none", Server("127.0.0.1", 25, Tls.NONE, "u", "p")),
    ],
)  # fmt: skip
def test_servers(address, server):
    assert server_of(address) == server
    assert isinstance(open_channel(address), SmtpChannel)


def test_folders(tmp_path):
    assert isinstance(open_channel(f"file:{tmp_path}"), MailFolder)


@pytest.mark.parametrize(
    "address",
    ["", "file:", "http://mail.example", "smtp://", "smtp://mail.example?tls=maybe",
     "smtp://mail.example?timeout=3", "smtp://u:p@mail.example?tls=none"],
)  # fmt: skip
def test_what_says_nothing_or_is_unsafe_is_refused(address):
    with pytest.raises(BadMailAddress):
        open_channel(address)


def test_the_password_is_not_shown():
    assert "secret" not in repr(server_of("smtp://u:secret@mail.example"))
