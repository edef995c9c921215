"""Short texts: the addresses that say where they go, the folder, and the service over real HTTP."""

import logging
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from adapters.gateways.fake_service import FakeService, Reply
from counterfoil.adapters.channels.text.adapter import BadTextAddress, open_channel, service_of
from counterfoil.adapters.channels.text.files import TextFolder
from counterfoil.adapters.channels.text.twilio import Service, TwilioChannel
from counterfoil.infra.secrets.logs import without_secrets
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.channels import OutgoingText, TextRefused

TOKEN = "t0ken/of+the:service@here"
QUOTED = "t0ken%2Fof%2Bthe%3Aservice%40here"
TEXT = OutgoingText(
    number="+447700900123",
    text="Harrow Water: your code is AB12-CD34.\n\n@harrow.example #AB12-CD34",
    at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    life_seconds=900,
)
TAKEN = Reply(201, {"sid": "SM1", "status": "queued", "error_code": None})


@pytest.fixture
def service():
    made = FakeService()
    made.on("POST", "/2010-04-01/Accounts/AC1/Messages.json", lambda _call: TAKEN)
    account = Reply(200, {"sid": "AC1", "status": "active"})
    made.on("GET", "/2010-04-01/Accounts/AC1.json", lambda _call: account)
    yield made
    made.close()


@pytest.fixture
def channel(service):
    host = service.url.removeprefix("http://")
    return open_channel(f"twilio://AC1:{QUOTED}@{host}?from=+15550001111&tls=none")


@pytest.mark.parametrize(
    ("address", "base", "sender"),
    [
        ("twilio://AC1:t@?from=+15550001111", "https://api.twilio.com", "+15550001111"),
        ("twilio://AC1:t@?from=%2B15550001111", "https://api.twilio.com", "+15550001111"),
        ("twilio://AC1:t@api.ie1.twilio.com?from=Harrow", "https://api.ie1.twilio.com", "Harrow"),
        ("twilio://AC1:t@sms.example:8443/?from=MG" + "a" * 32, "https://sms.example:8443",
         "MG" + "a" * 32),
        ("twilio://AC1:t@laml.example/api/laml?from=Harrow", "https://laml.example/api/laml",
         "Harrow"),
        ("twilio://AC1:t@localhost:4010?from=Harrow&tls=none", "http://localhost:4010", "Harrow"),
        ("twilio://AC1:t@[::1]:4010?from=Harrow&tls=none", "http://[::1]:4010", "Harrow"),
    ],
)  # fmt: skip
def test_services(address, base, sender):
    assert service_of(address) == Service(base, "AC1", "t", sender)
    assert isinstance(open_channel(address), TwilioChannel)


@pytest.mark.parametrize(
    "address",
    ["", "file:", "https://api.twilio.com", "twilio://api.twilio.com?from=Harrow",
     "twilio://AC1@api.twilio.com?from=Harrow", "twilio://AC1:s3cret@api.twilio.com",
     "twilio://AC1:s3cret@api.twilio.com?from=", "twilio://AC1:s3cret@?from=not/a/sender",
     "twilio://AC1:s3cret@?from=Harrow&mode=test", "twilio://AC1:s3cret@x.example?from=H&tls=none",
     "twilio://AC1:s3cret@x.example:99999?from=H", "twilio://AC1:s3cret@x.example/../v2?from=H",
     "twilio://A/C:s3cret@?from=Harrow", "twilio://AC1:s3cret@x?from=H&tls=perhaps"],
)  # fmt: skip
def test_what_says_nothing_or_is_unsafe_is_refused_without_its_secret(address):
    with pytest.raises(BadTextAddress) as refused:
        open_channel(address)
    assert "s3cret" not in str(refused.value)


def test_the_token_is_shown_nowhere(caplog, channel, service):
    assert TOKEN not in repr(service_of(f"twilio://AC1:{QUOTED}@?from=Harrow"))
    written = without_secrets(f"COUNTERFOIL_SMS=twilio://AC1:{QUOTED}@api.twilio.com?from=Harrow")
    assert QUOTED not in written
    assert "…@api.twilio.com" in written
    with caplog.at_level(logging.DEBUG):
        channel.send(TEXT)
        service.next.append(Reply(401, {"code": 20003, "message": f"bad token {TOKEN}"}))
        with pytest.raises(Unavailable) as refused:
            channel.send(TEXT)
    basic = b64encode(f"AC1:{TOKEN}".encode()).decode()
    for one in (TOKEN, QUOTED, basic, "AB12-CD34", "7700900123"):
        assert one not in caplog.text
        assert one not in f"{refused.value!r}"


def test_a_text_is_posted_as_a_form(channel, service):
    channel.send(TEXT)
    [call] = service.calls
    assert (call.method, call.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    basic = b64encode(f"AC1:{TOKEN}".encode()).decode()
    assert call.headers["authorization"] == f"Basic {basic}"
    assert parse_qs(call.body.decode(), strict_parsing=True) == {
        "To": ["+447700900123"],
        "From": ["+15550001111"],
        "Body": [TEXT.text],
        "ValidityPeriod": ["900"],
    }


def test_a_messaging_service_is_named_as_one(service):
    host = service.url.removeprefix("http://")
    sender = "MG" + "0" * 32
    open_channel(f"twilio://AC1:t@{host}?from={sender}&tls=none").send(TEXT)
    form = parse_qs(service.calls[0].body.decode())
    assert (form["MessagingServiceSid"], "From" in form) == ([sender], False)


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(400, {"code": 21211, "message": "'To' +447700900123 is no number"}), TextRefused),
        (Reply(400, {"code": 21614}), TextRefused),
        (Reply(400, {"code": 21610}), TextRefused),
        (Reply(403, {"code": 21408}), TextRefused),
        (Reply(201, {"sid": "SM1", "status": "failed", "error_code": 30006}), TextRefused),
        (Reply(400, {"code": 21606, "message": "From is not ours"}), Unavailable),
        (Reply(401, {"code": 20003}), Unavailable),
        (Reply(404, b"<html>not here</html>"), Unavailable),
        (Reply(302, None, {"Location": "http://evil.example/"}), Unavailable),
        (Reply(429, {"code": 20429}), Unavailable),
        (Reply(400, b"[" * 100_000), Unavailable),
        (Reply(500, {}), Uncertain),
        (Reply(201, b"taken, somehow"), Uncertain),
        (b"", Uncertain),
    ],
)  # fmt: skip
def test_what_became_of_it_is_told_apart(channel, service, reply, trouble):
    service.next.append(reply)
    with pytest.raises(trouble) as told:
        channel.send(TEXT)
    assert type(told.value) is trouble
    assert "7700900123" not in f"{told.value!r}"
    assert len(service.calls) == 1


def test_a_service_that_is_not_there_took_nothing(channel, service):
    service.close()
    with pytest.raises(Unavailable):
        channel.send(TEXT)


def test_the_check_asks_for_the_account_and_sends_nothing(channel, service):
    where = service.url.removeprefix("http://")
    assert channel.check() == f"to {where} from +15550001111"
    service.next.append(Reply(404, {}))  # a service that knows messages only
    assert channel.check() == f"to {where} from +15550001111"
    for reply in (Reply(401, {}), Reply(200, {"status": "suspended"}), Reply(500, {})):
        service.next.append(reply)
        with pytest.raises(Unavailable):
            channel.check()
    assert {call.method for call in service.calls} == {"GET"}


def test_texts_lie_in_a_folder(tmp_path):
    channel = open_channel(f"file:{tmp_path / 'made'}")
    assert isinstance(channel, TextFolder)
    channel.send(TEXT)
    [file] = (tmp_path / "made").iterdir()
    assert file.name.startswith("20260301T090000.000000Z-447700900123-")
    assert file.suffix == ".txt"
    assert file.read_text() == f"To: +447700900123\n\n{TEXT.text}\n"
    assert channel.check() == f"into the folder {tmp_path / 'made'}"


def test_a_folder_that_takes_nothing_is_unavailable(tmp_path):
    (tmp_path / "taken").write_text("a file")
    channel = TextFolder(tmp_path / "taken")
    with pytest.raises(Unavailable):
        channel.send(TEXT)
    with pytest.raises(Unavailable):
        channel.check()
