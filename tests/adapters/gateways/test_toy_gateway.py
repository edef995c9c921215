"""The guide is true: its own code blocks make a gateway that the contract suite passes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from factories.database import Addresses

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs/developer/add-a-gateway.md"
SUITE = ROOT / "tests/adapters/gateways/contract"
FILES = re.compile(r"`((?:src|tests)/[\w/.]+\.py)`:\n```python\n(.*?)```", re.DOTALL)
LINE = re.compile(r'```\n"(\w+)": "([\w.]+)",\n```')
PLACES = {
    "src/counterfoil/adapters/gateways/": "counterfoil.adapters.gateways",
    "tests/adapters/gateways/contract/counterparts/": "adapters.gateways.contract.counterparts",
}
ADDS = """
\"\"\"Puts the folders of the guide where its packages are looked for.\"\"\"

from importlib import import_module

for package, folder in {folders!r}.items():
    import_module(package).__path__.append(folder)
"""


@pytest.fixture
def written(tmp_path: Path) -> dict[str, str]:
    """The guide's files in a folder of their own: package -> folder."""
    folders = {package: str(tmp_path / package) for package in PLACES.values()}
    for name, text in FILES.findall(GUIDE.read_text(encoding="utf-8")):
        [place] = [start for start in PLACES if name.startswith(start)]
        file = Path(folders[PLACES[place]]) / name.removeprefix(place)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folders


def run(tmp_path: Path, folders: dict[str, str], *command: str, **more: str) -> str:
    """What a Python with the guide's folders in it says; it must end well."""
    (tmp_path / "the_guide.py").write_text(ADDS.format(folders=folders), encoding="utf-8")
    path = os.pathsep.join(map(str, [tmp_path, ROOT / "src", ROOT / "tests"]))
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path} | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_toy_gateway_of_the_guide_passes_the_suite(
    tmp_path: Path, written: dict[str, str], server: Addresses
):
    said = run(
        tmp_path,
        written,
        *("-m", "pytest", "-q", "-n", "0", "-p", "the_guide", "-p", "no:cacheprovider"),
        f"--confcutdir={SUITE}",
        str(SUITE),
        COUNTERFOIL_COUNTERPART="adapters.gateways.contract.counterparts.toy:ToyCounterpart",
        TEST_DATABASE_URL=server.app_url,
        TEST_DATABASE_OWNER_URL=server.owner_url,
    )
    passed = re.search(r"(\d+) passed, (\d+) skipped", said)
    assert passed is not None, said
    assert int(passed[1]) >= 28, said
    assert "toy does not declare refunds" in said


def test_the_settings_line_of_the_guide_names_the_adapter(tmp_path: Path, written: dict[str, str]):
    [(kind, adapter)] = LINE.findall(GUIDE.read_text(encoding="utf-8"))
    code = (
        "import the_guide; from counterfoil.infra.registry import load;"
        f"made = load({adapter!r})(); print(*sorted(made.capabilities))"
    )
    assert kind == "toy"
    assert run(tmp_path, written, "-c", code).split() == ["charges", "events"]


def test_the_blocks_of_the_guide_are_as_tidy_as_the_house(tmp_path: Path, written: dict[str, str]):
    files = sorted(str(path) for path in tmp_path.rglob("*.py"))
    assert len(files) == 5
    checked = ["check", "--config", str(ROOT / "pyproject.toml"), "--ignore", "INP001,S,D,I001"]
    run(tmp_path, {}, "-m", "ruff", *checked, *files)
