"""Nothing is kept that nobody calls: the old way goes with the change that replaces it."""

import ast
import re
from collections import Counter
from pathlib import Path

import counterfoil

ROOT = Path(counterfoil.__file__).parent
FOUND_BY_NAME = ("Config",)  # Django's apps


def test_every_name_of_a_module_is_used():
    files = [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]
    templates = [path for path in ROOT.rglob("*") if path.suffix in (".html", ".mjml", ".txt")]
    words = Counter(
        word
        for path in [*files, *templates, ROOT.parents[1] / "pyproject.toml"]
        for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    )
    unused = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and words[node.name] < 2
        and not node.decorator_list
        and path.name != "models.py"
        and not node.name.endswith(FOUND_BY_NAME)
    ]
    assert unused == []
