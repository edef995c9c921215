"""Imports go down one ladder, and a machine says so."""

from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_hold(capsys):
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert broken == 0, capsys.readouterr().out
