"""The size law holds for every file, and the checker sees what it is there to see."""

import re
import subprocess
from pathlib import Path

import pytest

from architecture.tidy import (
    FOLDER_ENTRIES,
    LINE_LENGTH,
    TEST_FILE_LINES,
    Source,
    complaints,
)

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
FREE_FOLDERS = {"migrations", "adr", "locale", "fonts", "sql"}  # sql: one statement a file
TEXT = {".py", ".md", ".toml", ".txt", ".lock", ".html", ".css", ".js", ".sql", ".json", ".yml",
        ".yaml", ".typ", ".mjml", ".sh", ".cfg", ".ini", ""}  # fmt: skip
REGISTRIES = re.compile(
    r"(pypi\.org/simple|files\.pythonhosted|registry\.npmjs|(--|extra-)index-url)"
)
OTHERWHERE = re.compile(r"(/root/|(?<![\w/}])/home/[a-z]+/[a-z]|artifactory)", re.IGNORECASE)


def test_every_file_is_tidy():
    found = []
    for path in FILES:
        source = Source(str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8"))
        found += [f"{source.path}:{complaint}" for complaint in complaints(source)]
    assert found == []


def test_tests_are_not_too_long():
    paths = (ROOT / "tests").rglob("*.py")
    found = {
        str(path.relative_to(ROOT)): length
        for path in paths
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > TEST_FILE_LINES
    }
    assert found == {}
    assert len((ROOT / "tests/conftest.py").read_text().splitlines()) <= 150


def test_sql_is_not_too_wide():
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCE.rglob("*.sql")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LINE_LENGTH
    ]
    assert wide == []


def test_no_folder_is_crowded():
    crowded = {}
    for top in (SOURCE, ROOT / "tests", ROOT / "tools"):
        for folder in [top, *(path for path in top.rglob("*") if path.is_dir())]:
            if FREE_FOLDERS & set(folder.parts) or "__pycache__" in folder.parts:
                continue
            entries = [one for one in folder.iterdir() if one.name != "__pycache__"]
            if len(entries) > FOLDER_ENTRIES:
                crowded[str(folder.relative_to(ROOT))] = len(entries)
    assert crowded == {}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and path.suffix in TEXT]


def test_no_file_names_a_registry_or_another_machine():
    found = []
    for path in tracked():
        if path == Path(__file__) or "vendor" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [
            f"{path.relative_to(ROOT)}: {match.group()}"
            for pattern in (REGISTRIES, OTHERWHERE)
            for match in [pattern.search(text)]
            if match
        ]
    assert found == []


BAD = {
    "no docstring": ("counterfoil/flows/a.py", "x = 1\n"),
    "no sentence": ("counterfoil/flows/a.py", '"""settles"""\n'),
    "too long": ("counterfoil/flows/a.py", '"""Why."""\n' + "x = 1\n" * 500),
    "too wide": ("counterfoil/flows/a.py", f'"""Why."""\nx = "{"y" * 100}"\n'),
    "named for nothing": ("counterfoil/flows/utils.py", '"""Why."""\n'),
    "left for later": ("counterfoil/flows/a.py", '"""Why."""\n# TODO: more\n'),
    "long function": (
        "counterfoil/flows/a.py", '"""Why."""\ndef f():\n' + "    x = 1\n" * 70
    ),
    "many parameters": (
        "counterfoil/flows/a.py", '"""Why."""\ndef f(a, b, c, d, e, f, g): pass\n'
    ),
    "not argued": (
        "counterfoil/flows/a.py",
        '"""Why."""\ndef f(a, b, c, d, e, f, g):  # noqa: PLR0913\n    pass\n',
    ),
    "deep": (
        "counterfoil/flows/a.py",
        '"""Why."""\ndef f():\n if a:\n  for b in c:\n   while d:\n    if e:\n     pass\n',
    ),
    "printed": ("counterfoil/flows/a.py", '"""Why."""\nprint(1)\n'),
    "atomic": (
        "counterfoil/flows/a.py",
        '"""Why."""\nfrom django.db import transaction\nwith transaction.atomic(): pass\n',
    ),
    "created": ("counterfoil/surfaces/a.py", '"""Why."""\nInvoice.objects.create(a=1)\n'),
    "saved": ("counterfoil/surfaces/a.py", '"""Why."""\ninvoice.save()\n'),
    "float": ("counterfoil/domain/billing/a.py", '"""Why."""\nx = float("1.5")\n'),
    "request": (
        "counterfoil/domain/billing/a.py", '"""Why."""\nfrom django.http import HttpResponse\n'
    ),
    "mail": ("counterfoil/domain/billing/a.py", '"""Why."""\nfrom django.core import mail\n'),
    "signal": (
        "counterfoil/surfaces/a.py",
        '"""Why."""\nfrom django.db.models.signals import post_save\n',
    ),
    "trade": ("counterfoil/domain/billing/a.py", '"""Why."""\nclass OrderLine: pass\n'),
    "clock": ("counterfoil/flows/a.py", '"""Why."""\nat = clock.now()\n'),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_the_checker_sees(name):
    path, text = BAD[name]
    assert len(list(complaints(Source(path, text)))) == 1


def test_the_checker_lets_good_code_be():
    text = '''"""Says why it exists."""


def settle(business_id, outcomes, *, at):
    """Settles."""
    if outcomes:
        return 1
    elif at:
        return 2
    elif business_id:
        return 3
    return 4
'''
    assert list(complaints(Source("counterfoil/flows/a.py", text))) == []
