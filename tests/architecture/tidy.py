"""The size law and the banned words, as a checker: give it a file, it gives its complaints."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE_LINES, TEST_FILE_LINES = 500, 600
FUNCTION_LINES = 70
PARAMETERS = 6
NESTING = 3
LINE_LENGTH = 100
FOLDER_ENTRIES = 20
BANNED_FILES = {"utils", "helpers", "common", "misc", "util", "helper", "core", "base_classes"}
BANNED_WORDS = re.compile(r"\b(FIXME|TODO|XXX)\b")
PRAGMA = re.compile(r"\s+# (noqa|type: ignore).*$")
BANNED_NAMES = ("bill", "order", "checkout", "provider", "merchant", "tenant")
FROM_THE_WEB = ("django.http", "django.shortcuts", "django.core.mail")
WRITERS = ("operations", "models", "writing")
MONEY_CODE = ("kernel/money.py", "domain/billing", "domain/receivables", "domain/payments",
              "domain/ledger", "flows")  # fmt: skip
CLOCK_READERS = ("surfaces", "cli", "demo", "kernel/clock.py")
ARGUED = {
    ("counterfoil/domain/identity/sessions.py", "the clock is read below a surface"):
        "Django's session engine: nobody hands it a moment",
    ("counterfoil/domain/identity/sessions.py", "the domain knows no request and sends no mail"):
        "Django's session engine: a user is loaded from a request",
    ("counterfoil/infra/mail.py", "the clock is read below a surface"):
        "Django's mail backend: nobody hands it a moment",
}  # fmt: skip
_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try, ast.Match)  # decisions, not `with`


@dataclass(frozen=True)
class Source:
    """One Python file, by its path inside `src`."""

    path: str
    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The path inside the package, without its name."""
        return Path(self.path).parts[1:]

    def within(self, *places: str) -> bool:
        """Whether the file is one of these places inside the package, or below one."""
        inside = "/".join(self.parts)
        return any(inside == place or inside.startswith(f"{place}/") for place in places)


def complaints(source: Source) -> Iterator[str]:
    """Everything that is wrong with a file, each with its line."""
    tree = ast.parse(source.text)
    yield from _of_the_text(source)
    docstring = ast.get_docstring(tree)
    if not docstring or not docstring.strip().split("\n\n")[0].rstrip().endswith((".", ":")):
        yield "1: the module does not begin with a sentence that says why it exists"
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for complaint in _of_a_node(source, node):
            if (source.path, complaint) in ARGUED:
                continue
            yield f"{line}: {complaint}"


def _of_the_text(source: Source) -> Iterator[str]:
    lines = source.text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"1: {len(lines)} lines"
    if Path(source.path).stem in BANNED_FILES:
        yield "1: a name that says nothing"
    for number, line in enumerate(lines, start=1):
        if len(PRAGMA.sub("", line)) > LINE_LENGTH:
            yield f"{number}: {len(line)} characters"
        if BANNED_WORDS.search(line):
            yield f"{number}: work that is left for later"


def _of_a_node(source: Source, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _of_a_function(source, node)
    elif isinstance(node, ast.ImportFrom | ast.Import):
        yield from _of_an_import(source, node)
    elif isinstance(node, ast.Call):
        yield from _of_a_call(source, node)
    elif isinstance(node, ast.Name) and node.id == "float" and source.within(*MONEY_CODE):
        if not _is_seconds(source, node):
            yield "a float where money is"
    elif isinstance(node, ast.ClassDef) and source.within("domain"):
        words = re.findall(r"[A-Z][a-z]+", node.name)
        if any(word.lower() in BANNED_NAMES for word in words):
            yield f"the class {node.name} is named by another trade's word"
    elif isinstance(node, ast.Name | ast.Attribute):
        word = node.id if isinstance(node, ast.Name) else node.attr
        if word == "GenericForeignKey":
            yield "a reference to anything"
        if word == "atomic" and not source.within("infra/db.py"):
            yield "a bare atomic"


def _is_seconds(source: Source, node: ast.Name) -> bool:
    line = source.text.splitlines()[node.lineno - 1]
    return "seconds" in line


def _of_a_function(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > FUNCTION_LINES:
        yield f"{node.name} has {length} lines"
    arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    count = sum(argument.arg not in ("self", "cls") for argument in arguments)
    if count > PARAMETERS and not _is_argued(source, node.lineno, "PLR0913"):
        yield f"{node.name} has {count} parameters"
    deepest = max((_depth(child) for child in node.body), default=0)
    if deepest > NESTING:
        yield f"{node.name} nests {deepest} deep"


def _is_argued(source: Source, number: int, rule: str) -> bool:
    """A rule is broken on purpose where the line says so and says why."""
    line = source.text.splitlines()[number - 1]
    return bool(re.search(rf"# noqa: {rule}\s+\S+", line))


def _depth(node: ast.AST, *, chained: bool = False) -> int:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return 0
    below = 0
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST):
                is_elif = field == "orelse" and isinstance(node, ast.If)
                chain = is_elif and isinstance(child, ast.If) and len(children) == 1
                below = max(below, _depth(child, chained=chain))
    return below + (isinstance(node, _BLOCKS) and not chained)


def _of_an_import(source: Source, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        names = [alias.name for alias in node.names]
    if source.within("domain") and any(name.startswith(FROM_THE_WEB) for name in names):
        yield "the domain knows no request and sends no mail"
    if any(name.startswith(("django.dispatch", "django.db.models.signals")) for name in names):
        yield "a signal"
    if "random" in names and source.within("kernel", "domain"):
        yield "chance below a flow"


def _of_a_call(source: Source, node: ast.Call) -> Iterator[str]:
    function = node.func
    if isinstance(function, ast.Name):
        if function.id == "print":
            yield "a print"
        return
    if not isinstance(function, ast.Attribute):
        return
    is_writer = source.within("infra", "demo") or any(part in WRITERS for part in (
        part.removesuffix(".py") for part in source.parts))  # fmt: skip
    inner = function.value
    creates = function.attr in ("create", "bulk_create") and (
        isinstance(inner, ast.Attribute) and inner.attr == "objects"
    )
    is_session = isinstance(inner, ast.Name) and inner.id == "session"
    saves = function.attr == "save" and not _saves_a_file(node) and not is_session
    if source.path.startswith("counterfoil/") and (creates or saves) and not is_writer:
        yield "a row is written outside operations"
    reads = isinstance(inner, ast.Name) and inner.id == "clock" and function.attr == "now"
    if source.path.startswith("counterfoil/") and reads and not source.within(*CLOCK_READERS):
        yield "the clock is read below a surface"


def _saves_a_file(node: ast.Call) -> bool:
    """`save` of an image or a workbook has where to save it as its first argument."""
    return bool(node.args)
