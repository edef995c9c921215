"""Prints the tree of the source with the sentence that says why each part exists.

`make map` prints it down to every module; `python tools/map.py --write` puts the packages into
ARCHITECTURE.md, between its marks.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
SKIPPED = {"migrations", "__pycache__", "sql"}
DEPTH = 3
BEGIN, END = "<!-- tree -->", "<!-- /tree -->"


def sentence(module: Path) -> str:
    """Gives the first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n", 1)[0].replace("\n", " ")


def lines(folder: Path, depth: int = 0, *, modules: bool = True) -> Iterator[str]:
    """Gives the lines of one package, its modules before the packages below it."""
    indent = "  " * depth
    package = folder / "__init__.py"
    why = sentence(package) if package.is_file() else ""
    yield f"{indent}{folder.name}/".ljust(26 if not modules else 44) + why
    for module in sorted(folder.glob("*.py")) if modules else ():
        if module.name != "__init__.py":
            yield f"{indent}  {module.name}".ljust(44) + sentence(module)
    if not modules and depth + 1 >= DEPTH:
        return
    for below in sorted(folder.iterdir()):
        if below.is_dir() and below.name not in SKIPPED and (below / "__init__.py").is_file():
            yield from lines(below, depth + 1, modules=modules)


def tree(*, modules: bool) -> str:
    """Gives both packages as text."""
    packages = [one for one in sorted(SOURCE.iterdir()) if (one / "__init__.py").is_file()]
    found = [line for package in packages for line in lines(package, modules=modules)]
    return "".join(f"{line.rstrip()}\n" for line in found)


def with_tree(page: str) -> str:
    """Gives ARCHITECTURE.md with the tree as it is now."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n```\n{tree(modules=False)}```\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Prints the tree, or writes it into its page."""
    if "--write" not in sys.argv:
        sys.stdout.write(tree(modules=True))
        return
    page = ROOT / "ARCHITECTURE.md"
    page.write_text(with_tree(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
