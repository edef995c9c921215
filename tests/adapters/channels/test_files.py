"""The mail folder: whole files, sorted by time."""

from datetime import timedelta

import pytest

from counterfoil.adapters.channels.email.files import MailFolder
from counterfoil.kernel.errors import Unavailable
from factories.mails import AT, mailbox, outgoing


def test_mails_lie_in_the_order_of_sending(tmp_path):
    folder = tmp_path / "made" / "when-needed"
    channel = MailFolder(folder)
    for minutes in (5, 1, 3):
        at = AT + timedelta(minutes=minutes)
        channel.send(outgoing(subject=f"after {minutes}", at=at))

    assert [mail["Subject"] for mail in mailbox(folder)] == ["after 1", "after 3", "after 5"]
    assert {file.suffix for file in folder.iterdir()} == {".eml"}


def test_the_same_mail_twice_is_two_files(tmp_path):
    channel = MailFolder(tmp_path)
    channel.send(outgoing())
    channel.send(outgoing(is_resent=True))

    mails = mailbox(tmp_path)
    assert [mail["Message-ID"] for mail in mails] == ["<0199@harrow.example>"] * 2
    assert sorted(mail["X-Counterfoil-Resent"] or "" for mail in mails) == ["", "1"]


def test_an_address_never_leads_out_of_the_folder(tmp_path):
    folder = tmp_path / "mail"
    MailFolder(folder).send(outgoing(recipient="../../etc/../x@example.com"))

    assert [file.parent for file in tmp_path.rglob("*.eml")] == [folder]


def test_a_folder_that_can_not_be_written_to_is_unavailable(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(Unavailable):
        MailFolder(blocked).send(outgoing())
