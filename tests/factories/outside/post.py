"""The fixture that lets a test read its mailbox and say what happens around the sending."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.mails import PostScript, ScriptedPost


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostScript]:
    """Mails go into `tmp_path / "mail"`, documents into `tmp_path / "files"`; the script says what
    happens before and after each mail."""
    from django.test import override_settings

    ScriptedPost.script = PostScript()
    with override_settings(
        MAIL=f"file:{tmp_path / 'mail'}",
        MAIL_FROM="post@counterfoil.example",
        MAIL_CHANNEL="factories.mails.open_scripted",
        FILES=tmp_path / "files",
    ):
        yield ScriptedPost.script
