"""What a mail looks like on the wire, whatever someone typed into a name."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from email.utils import parseaddr

import pytest

from counterfoil.adapters.channels.email.compose import (
    BadAddress,
    BadReference,
    compose,
    wire_address,
)
from counterfoil.kernel.ports.channels import Attachment
from factories.mails import html_of, outgoing, parsed, text_of

EVIL = 'Eve\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script> "Co" <x@y.example>'


def test_parts_and_headers():
    pdf = Attachment("INV-1.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
    wire = compose(outgoing(reply_to="accounts@harrow.example", attachments=(pdf,))).as_bytes()
    mail = parsed(wire)

    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert {name: str(mail[name]) for name in mail if name != "Content-Type"} == {
        "From": "Harrow Water <counterfoil@harrow.example>",
        "To": "alice@example.com",
        "Reply-To": "Harrow Water <accounts@harrow.example>",
        "Subject": "Invoice INV-1",
        "Date": "Sun, 01 Mar 2026 09:00:00 +0000",
        "Message-ID": "<0199@harrow.example>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert text_of(mail) == "Pay €100.00\n"
    assert html_of(mail) == "<p>Pay €100.00</p>\n"
    attached = list(mail.iter_attachments())
    assert [(one.get_filename(), one.get_content()) for one in attached] == [
        ("INV-1.pdf", b"%PDF-1.7 \x00\xff")
    ]


def test_a_copy_is_marked():
    assert compose(outgoing(is_resent=True))["X-Counterfoil-Resent"] == "1"
    assert compose(outgoing())["X-Counterfoil-Resent"] is None


@pytest.mark.parametrize("more", range(40))
@pytest.mark.parametrize("word", ["2026", "M\u00e4rz", "\u0645\u0646"])
def test_a_header_begins_on_the_line_of_its_name(more, word):
    subject = f"Invoice HW-2026-00295 from Harrow Water: $50.00 due by 6{'6' * more} {word}"
    wire = compose(outgoing(subject=subject, sender_name=f"Harrow {'W' * more} & Co")).as_bytes()
    head = wire.partition(b"\r\n\r\n")[0].split(b"\r\n")

    assert all(len(line) <= 78 for line in head), head
    assert not any(line.rstrip().endswith(b":") for line in head), head
    assert parsed(wire)["Subject"] == subject


@pytest.mark.parametrize("more", range(40))
def test_a_name_is_read_as_it_was_written(more):
    name = f"W{'a' * more}sserwerke K\u00f6ln & S\u00f6hne"
    wire = compose(outgoing(sender_name=name, reply_to="a@b.example")).as_bytes()
    sent = message_from_bytes(wire, policy=compat32)  # the newer reader puts blanks between words
    read = [str(make_header(decode_header(sent[one]))) for one in ("From", "Reply-To")]
    names = [parseaddr(one)[0] for one in read]

    assert names == [name, name]


def test_a_word_that_fits_no_line_begins_on_it_too():
    wire = compose(outgoing(subject="W" * 75)).as_bytes()

    assert b"\r\nSubject: WWW" in wire
    assert parsed(wire)["Subject"] == "W" * 75


def test_typed_lines_never_become_headers():
    pdf = Attachment(EVIL, "application/pdf", b"x")
    changes = {"sender_name": EVIL, "subject": EVIL, "attachments": (pdf,)}
    mail = parsed(compose(outgoing(**changes, reply_to="a@b.example")).as_bytes())

    flat = 'Eve Bcc: victim@example.com <script>alert(1)</script> "Co" <x@y.example>'
    assert mail["Bcc"] is None
    assert mail["Subject"].strip() == flat
    assert mail["From"].addresses[0].display_name == flat
    assert [one.addr_spec for one in mail["From"].addresses] == ["counterfoil@harrow.example"]
    assert [one.addr_spec for one in mail["To"].addresses] == ["alice@example.com"]


def test_names_in_any_script_come_back_whole():
    mail = parsed(
        compose(outgoing(sender_name="شركة المياه", subject="الفاتورة 1 " * 20)).as_bytes()
    )

    assert mail["From"].addresses[0].display_name == "شركة المياه"
    assert mail["Subject"] == ("الفاتورة 1 " * 20).strip()


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("alice@example.com", "alice@example.com"),
        (" alice@bücher.example ", "alice@xn--bcher-kva.example"),
        ("jürgen@example.com", "jürgen@example.com"),
    ],
)
def test_addresses_as_servers_know_them(address, wire):
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    ["", "alice", "@example.com", "alice@", "a b@example.com", "a@b.example\r\nBcc: c@d.example",
     "<a@b.example>", "a@b.example,c@d.example", "a@b..example", f"a@{'x' * 70}.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadAddress):
        wire_address(address)


def test_a_reference_that_could_break_out_is_a_bug():
    with pytest.raises(BadReference):
        compose(outgoing(ref="a@b>\r\nBcc: c@d.example"))
