"""One tolerant reader of tags for both kinds of OFX; it knows no entities but signs, and no DTD."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

from counterfoil.kernel.ports.banks import StatementRefused
from counterfoil.kernel.statements import decode, plain, shown

_TAGS_MAX = 6_000_000
_DEPTH_MAX = 100
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._-]{0,60})\s{0,9}(/?)>([^<]*(?:<(?![/A-Za-z])[^<]*)*)")
_HEADER = re.compile(
    rb"(?:ENCODING|CHARSET)\s{0,5}[:=]\s{0,5}[\"']?([A-Za-z0-9._-]{1,20})", re.IGNORECASE
)
_CHARSETS = {
    "1252": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
}


@dataclass(slots=True)
class Node:
    """An element: a value, or what is inside of it. `line` is where it begins."""

    name: str
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def first(self, *path: str) -> "Node | None":
        """The first element at the end of the path."""
        node: Node | None = self
        for name in path:
            node = next((one for one in node.children if one.name == name), None) if node else None
        return node

    def value(self, *path: str) -> str:
        """The value at the end of the path; empty where there is none."""
        found = self.first(*path)
        return found.text if found else ""

    def all(self, *names: str) -> Iterator["Node"]:
        """Every element of these names below this one, in the order of the file."""
        rest = list(reversed(self.children))
        while rest:
            node = rest.pop()
            if node.name in names:
                yield node
            rest += reversed(node.children)


def text_of(content: bytes) -> str:
    """The file as text: UTF-8 if it is, else as its header says.

    Refuses (`StatementRefused`) declared document types and entities, and an overblown file.
    """
    head = content[: content.find(b"<OFX") if b"<OFX" in content else 400]
    told = [found.decode("ascii").lower() for found in _HEADER.findall(head)]
    declared = next((_CHARSETS[one] for one in told if one in _CHARSETS), "cp1252")
    text = decode(content, "utf-8", declared, "latin-1")
    text = _replaced(text, "<!--", "-->", _only_breaks)
    text = _replaced(text, "<![CDATA[", "]]>", _escaped)
    unwanted = text.find("<!")
    if unwanted >= 0:
        line = text.count("\n", 0, unwanted) + 1
        words = f"Line {line} declares a document type or entities. A bank's file has none."
        raise StatementRefused(words, line=line)
    if text.count("<") > _TAGS_MAX:
        raise StatementRefused("The file has too many entries: fetch it for a shorter time.")
    return text


def _replaced(text: str, begin: str, end: str, replace: Callable[[str], str]) -> str:
    """The text with what stands between the marks replaced, and without the marks."""
    pieces, position = [], 0
    while (start := text.find(begin, position)) >= 0:
        stop = text.find(end, start + len(begin))
        if stop < 0:
            break
        pieces += [text[position:start], replace(text[start + len(begin) : stop])]
        position = stop + len(end)
    return "".join([*pieces, text[position:]])


def _only_breaks(comment: str) -> str:
    return "\n" * comment.count("\n")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def parse(text: str) -> Node:
    """The tree below `<OFX>`. Values need no closing tag, everything else does.

    Refuses (`StatementRefused`) a tag that closes nothing, and a file that was cut off.
    """
    breaks = [found.start() for found in re.finditer("\n", text)]
    root = Node("", 0)
    stack = [root]
    last = ""
    for found in _TAG.finditer(text):
        closing, name, empty, value = found.groups()
        line = bisect_right(breaks, found.start()) + 1
        name = name.upper()
        if closing:
            if name != last:
                _close(stack, name, line)
            last = ""
            continue
        node = Node(name, line, plain(_unescaped(value, line)))
        stack[-1].children.append(node)
        last = name if node.text or empty else ""
        if not last:
            stack.append(node)
        if len(stack) > _DEPTH_MAX:
            raise StatementRefused(f"Line {line}: elements lie too deep in each other.", line=line)
    if len(stack) > 1 or not root.first("OFX"):
        raise _cut_off(stack, text)
    return root


def _unescaped(value: str, line: int) -> str:
    try:
        return unescape(value)
    except ValueError:  # a number of a sign that no number is as long as
        raise StatementRefused(f"Line {line}: {shown(value)} is no text.", line=line) from None


def _close(stack: list[Node], name: str, line: int) -> None:
    """Closes the last open element of this name; those open above it were values left empty."""
    if all(node.name != name for node in stack):
        raise StatementRefused(f"Line {line}: {shown(f'</{name}>')} closes nothing.", line=line)
    while stack[-1].name != name:
        empty = stack.pop()
        stack[-1].children += empty.children
        empty.children = []
    stack.pop()


def _cut_off(stack: list[Node], text: str) -> StatementRefused:
    line = text.count("\n") + 1
    if len(stack) == 1:
        return StatementRefused("There is no <OFX> in this file: it holds no statement.")
    begins = f"{shown(f'<{stack[-1].name}>')} of line {stack[-1].line}"
    words = f"{begins} is never closed: the file was cut off. Fetch it again."
    return StatementRefused(words, line=line)
