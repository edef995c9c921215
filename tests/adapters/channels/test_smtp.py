"""A real server on the loopback says yes, no, not now, or nothing at all."""

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from counterfoil.adapters.channels.email.smtp import Server, SmtpChannel, Tls
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.channels import MailRefused
from factories.mails import outgoing, parsed, text_of


class Inbox:
    """A server's judgement: what it answers, and what it has taken."""

    def __init__(self) -> None:
        self.mail_answer = "250 OK"
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"
        self.hangs_up = False
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.mail_answer.startswith("250"):
            envelope.mail_from = address
        return self.mail_answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.data_answer.startswith("250"):
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        if self.hangs_up:
            server.transport.abort()
        return self.data_answer


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def post(inbox: Inbox) -> Iterator[SmtpChannel]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield SmtpChannel(Server("127.0.0.1", controller.port, Tls.NONE))
    controller.stop()


def test_a_mail_arrives_whole(post, inbox):
    post.send(outgoing(text=".leading dot\nüber\n"))

    [(sender, recipients, content)] = inbox.taken
    assert (sender, recipients) == ("counterfoil@harrow.example", ["alice@example.com"])
    assert parsed(content)["Message-ID"] == "<0199@harrow.example>"
    assert text_of(parsed(content)) == ".leading dot\nüber\n"


@pytest.mark.parametrize("step", ["recipient_answer", "data_answer"])
def test_a_permanent_no_is_refused_in_the_servers_words(post, inbox, step):
    setattr(inbox, step, "550 5.1.1 No such person")

    with pytest.raises(MailRefused, match=r"550 5\.1\.1 No such person"):
        post.send(outgoing())
    assert inbox.taken == []


@pytest.mark.parametrize("step", ["recipient_answer", "data_answer"])
def test_not_now_is_unavailable(post, inbox, step):
    setattr(inbox, step, "451 4.7.1 Come back later")

    with pytest.raises(Unavailable, match=r"451 4\.7\.1 Come back later"):
        post.send(outgoing())
    assert inbox.taken == []


def test_a_no_to_our_sender_says_nothing_against_the_mail(post, inbox):
    inbox.mail_answer = "550 5.7.1 Who are you"

    with pytest.raises(Unavailable, match="refuses our sender: 550"):
        post.send(outgoing())


def test_a_lost_answer_is_uncertain(post, inbox):
    inbox.hangs_up = True

    with pytest.raises(Uncertain):
        post.send(outgoing())
    assert len(inbox.taken) == 1


def test_nobody_there_is_unavailable():
    channel = SmtpChannel(Server("127.0.0.1", free_port(), Tls.NONE), shake_seconds=1)

    with pytest.raises(Unavailable, match="can't be used"):
        channel.send(outgoing())


def test_a_silent_server_is_unavailable_in_good_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        channel = SmtpChannel(Server("127.0.0.1", port, Tls.NONE), shake_seconds=0.2)
        with pytest.raises(Unavailable):
            channel.send(outgoing())


def test_without_tls_where_it_is_asked_for_nothing_is_sent(post, inbox):
    port = post._server.port
    for tls in (Tls.STARTTLS, Tls.SSL):
        channel = SmtpChannel(Server("127.0.0.1", port, tls, "user", "secret"), shake_seconds=1)
        with pytest.raises(Unavailable):
            channel.send(outgoing())
    assert inbox.taken == []


def test_letters_that_the_server_can_not_write_are_refused(inbox):
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=False)
    controller.start()
    try:
        channel = SmtpChannel(Server("127.0.0.1", controller.port, Tls.NONE))
        with pytest.raises(MailRefused, match="such letters"):
            channel.send(outgoing(recipient="jürgen@example.com"))
        channel.send(outgoing(recipient="alice@bücher.example"))
    finally:
        controller.stop()
    assert [taken[1] for taken in inbox.taken] == [["alice@xn--bcher-kva.example"]]


def test_letters_that_the_server_can_write_arrive(inbox):
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
    controller.start()
    try:
        channel = SmtpChannel(Server("127.0.0.1", controller.port, Tls.NONE))
        channel.send(outgoing(recipient="jürgen@example.com"))
    finally:
        controller.stop()
    assert [taken[1] for taken in inbox.taken] == [["jürgen@example.com"]]


@pytest.mark.parametrize(("password", "arrives"), [("right", True), ("wrong", False)])
def test_signing_in(inbox, password, arrives):
    def check(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"user", b"right")
        return AuthResult(success=right, handled=False)

    controller = Controller(
        inbox, hostname="127.0.0.1", port=free_port(), authenticator=check, auth_require_tls=False
    )
    controller.start()
    try:
        channel = SmtpChannel(Server("127.0.0.1", controller.port, Tls.NONE, "user", password))
        if arrives:
            channel.send(outgoing())
        else:
            with pytest.raises(Unavailable, match="535"):
                channel.send(outgoing())
    finally:
        controller.stop()
    assert len(inbox.taken) == int(arrives)
