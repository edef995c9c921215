"""The search through logs finds what was put there."""

from pathlib import Path

from factories.outside.logs import card_numbers, in_mails, leaks


def test_what_was_planted_is_found(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("started\nGET /i/guest-secret-1 200\npaid 4242 4242 4242 4242\nended\n")
    assert leaks([log, tmp_path / "none.log"], ["guest-secret-1", "short"]) == [
        "web.log:2: gues… (14 characters)",
        "web.log:3: 4242… (19 characters)",
    ]
    log.write_text("started\nGET /i/… 200\n")
    assert leaks([log], ["guest-secret-1"]) == []


def test_secrets_of_mails_are_known(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(
        b"Subject: Your code\nContent-Type: text/plain\n\nHello,\n\n  418223\n\n"
        b"or https://harrow.example/i/abc-DEF?x=1 here\n"
    )
    assert in_mails(tmp_path) == {"418223", "abc-DEF"}
    text = "To: +447700900123\n\nHarrow: your code is AB12-CD34.\n\n@harrow.example #AB12-CD34\n"
    (tmp_path / "2.txt").write_text(text)
    assert in_mails(tmp_path) == {"418223", "abc-DEF", "+447700900123", "AB12-CD34"}


def test_card_numbers_are_found() -> None:
    text = "4242 4242 4242 4242 and 5555555555554444 but not 4242424242424241"
    assert card_numbers(text) == ["4242 4242 4242 4242", "5555555555554444"]
