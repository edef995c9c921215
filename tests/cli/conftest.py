"""The command line, called in this process.

What needs Django is imported in the fixture: this file is read before Django is loaded.
"""

import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def here(
    database: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[object, str, str]]:
    """The command: its exit code, what it said, and what it said to stderr."""
    from counterfoil.cli.main import main

    def call(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["counterfoil", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return call
