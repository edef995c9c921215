"""What docs/security says is true of the product: its tests exist, its inventories are current."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from tools import inventory

from counterfoil.infra.limits import LIMITS
from counterfoil.infra.scripts import inventory as installed_inventory

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/security"
PATH = re.compile(r"(?:tests|docs|src|tools)/[\w./-]+\.(?:py|md|json)")
NAMED = re.compile(r"(tests/[\w./-]+\.py)::(\w+)")
ROW = re.compile(r"^\| (V(\d+)\.(\d+)\.(\d+)) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
OF_LEVELS_1_AND_2 = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
"""How many requirements each chapter of ASVS 5.0.0 has."""


@pytest.fixture(scope="module")
def asvs() -> str:
    return (FOLDER / "asvs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.md")))
def test_every_path_that_is_named_exists(name):
    page = (FOLDER / name).read_text(encoding="utf-8")
    assert [path for path in PATH.findall(page) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.md")))
def test_every_test_that_is_named_exists(name):
    page = (FOLDER / name).read_text(encoding="utf-8")
    assert page.count("::") == len(NAMED.findall(page)), "a name stands behind the file that has it"
    missing = [
        f"{file}::{test}" for file, test in NAMED.findall(page) if test not in held_by(ROOT / file)
    ]
    assert missing == []


def held_by(file: Path) -> list[str]:
    """The tests of a file."""
    found = ast.parse(file.read_text(encoding="utf-8")).body
    return [one.name for one in found if getattr(one, "name", "").startswith("test_")]


def test_every_requirement_has_one_line(asvs):
    numbers = [tuple(map(int, found[1:4])) for found in ROW.findall(asvs)]
    assert all(one < other for one, other in pairwise(numbers))
    chapters = [chapter for chapter, _, _ in numbers]
    assert {one: chapters.count(one) for one in sorted(set(chapters))} == OF_LEVELS_1_AND_2


def test_every_line_names_a_test_or_a_reason(asvs):
    for number, _, _, _, _, _, where in ROW.findall(asvs):
        reason = re.match(r"(review|n/a|operator|part|missing)\b.{3}", where)
        assert reason or where.startswith("tests/"), number


def test_the_sum_is_right(asvs):
    places = [found[-1] for found in ROW.findall(asvs)]
    for kind in ("n/a", "operator", "part", "missing"):
        told = re.search(rf"(\d+) (?:about what is not there|the operator's|in part|{kind})", asvs)
        assert told
    assert f"{len(places)} requirements: " in asvs
    tests = sum(place.startswith("tests/") for place in places)
    assert f" {tests} held by tests" in asvs
    assert f" {sum(place.startswith('part') for place in places)} in part" in asvs


def test_the_inventory_of_scripts_is_current():
    installed = installed_inventory.FILE.read_text(encoding="utf-8")
    assert installed == inventory.inventory_text(), "run `python tools/inventory.py`"
    page = inventory.SCRIPTS_PAGE.read_text(encoding="utf-8")
    assert page == inventory.scripts_page(), "run `python tools/inventory.py`"
    assert set(inventory.PAY_FLOW) <= set(inventory.scripts())


def test_the_bill_of_materials_is_current():
    text = inventory.SBOM_FILE.read_text(encoding="utf-8")
    assert text == inventory.sbom(), "run `python tools/inventory.py`"


def test_the_bill_of_materials_is_one():
    made = json.loads(inventory.sbom())
    refs = [one["bom-ref"] for one in made["components"]]
    known = {*refs, made["metadata"]["component"]["bom-ref"]}
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert len(set(refs)) == len(refs) > 100
    assert {ref for one in made["dependencies"] for ref in (one["ref"], *one["dependsOn"])} <= known
    used = {one["name"] for one in made["components"] if one["scope"] == "required"}
    assert {"django", "cryptography", "htmx.org"} <= used
    assert not used & {"pytest", "playwright", "schemathesis", "mypy"}
    assert not re.search(r"https?://|index", inventory.sbom())


def test_the_limits_that_are_told_are_those_that_hold():
    page = (FOLDER / "threat-model.md").read_text(encoding="utf-8")
    most = {limit.name: limit.most for limit in LIMITS}
    assert (most["declined"], most["challenge"], most["declined-from"]) == (5, 7, 15)
    assert (most["declined-link"], most["declines"]) == (12, 25)
    assert "The first five declines" in page
    assert "Twelve declines by one link" in page
    assert "Twenty-five declines" in page
