"""Prints the tree of the source with the sentence that says why each module exists."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
SKIPPED = {"migrations", "__pycache__"}


def sentence(module: Path) -> str:
    """Gives the first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n", 1)[0].replace("\n", " ")


def lines(folder: Path, depth: int) -> Iterator[str]:
    """Gives the lines of one package, its modules before the packages below it."""
    indent = "  " * depth
    package = folder / "__init__.py"
    yield f"{indent}{folder.name}/".ljust(44) + (sentence(package) if package.is_file() else "")
    for module in sorted(folder.glob("*.py")):
        if module.name != "__init__.py":
            yield f"{indent}  {module.name}".ljust(44) + sentence(module)
    for below in sorted(folder.iterdir()):
        if below.is_dir() and below.name not in SKIPPED and any(below.rglob("*.py")):
            yield from lines(below, depth + 1)


def main() -> None:
    """Prints both packages."""
    for package in sorted(SOURCE.iterdir()):
        if package.is_dir() and (package / "__init__.py").is_file():
            sys.stdout.writelines(f"{line.rstrip()}\n" for line in lines(package, 0))


if __name__ == "__main__":
    main()
