"""XML in pieces: what is finished can be let go; nothing is expanded, nothing is ever fetched."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from counterfoil.kernel.ports.banks import StatementRefused
from counterfoil.kernel.statements import decode

ENCODINGS = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
}
_TAGS_MAX = 6_000_000
_DEPTH_MAX = 5_000  # counted by signs, so roughly: no bank's file comes near
_PIECE_CHARACTERS = 16_384
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")


def decoded(content: bytes) -> str:
    """The text of an XML file, in the encoding that it declares.

    Refuses (`StatementRefused`) other encodings than banks use, every declaration of a document
    type or of entities (so there is nothing to expand or to fetch), and an overblown file.
    """
    found = _DECLARED.match(content.lstrip())
    declared = found.group(1).decode("ascii").lower() if found else "utf-8"
    if declared not in ENCODINGS:
        raise StatementRefused(f"The encoding {declared} is not one that bank files use.")
    text = decode(content, ENCODINGS[declared])
    unwanted = _DECLARATION.search(text)
    if unwanted:
        line = text.count("\n", 0, unwanted.start()) + 1
        words = f"Line {line} declares a document type or entities. A bank's file has none."
        raise StatementRefused(words, line=line)
    if text.count("<") > _TAGS_MAX:
        raise StatementRefused("The file has too many entries: fetch it for a shorter time.")
    return text


def growing(text: str) -> Iterator[tuple[Element, bool]]:
    """The root, again and again while the tree grows, and at last with True once it is whole.

    What is finished may be taken out of it in between, so a large file needs little memory. No
    element costs a call of ours. Refuses (`StatementRefused`) what is not well-formed, above all
    a file that was cut off, and elements nested deeper than any bank's.
    """
    builder = TreeBuilder()
    parser = XMLParser(target=builder)  # noqa: S314  decoded() left nothing to expand or to fetch
    depth = 0
    try:
        for start in range(0, len(text), _PIECE_CHARACTERS):
            piece = text[start : start + _PIECE_CHARACTERS]
            depth += piece.count("<") - sum(map(piece.count, ("</", "</", "<!", "<?", "/>")))
            if depth > _DEPTH_MAX:
                raise StatementRefused("The elements of this file lie too deep in each other.")
            parser.feed(piece)
            root: Element | None = builder.close()  # what there is of it up to here
            if root is not None:
                yield root, False
        yield parser.close(), True
    except ParseError as error:
        line, column = error.position
        where = f"Line {line}, column {column + 1}"
        words = f"{where}: the XML is damaged or cut off there. Fetch the file again."
        raise StatementRefused(words, line=line) from None


def text_in(element: Element | None) -> str:
    """The text of an element, without blanks around it; empty where there is none."""
    text = element.text if element is not None else None
    return text.strip() if text else ""


class Inside:
    """The children of one element by their short names, looked up once."""

    __slots__ = ("_children", "_names")

    def __init__(self, names: "Names", element: Element) -> None:
        self._names = names
        self._children = {child.tag: child for child in element}

    def __getitem__(self, name: str) -> Element | None:
        return self._children.get(self._names[name])

    def text(self, name: str) -> str:
        """The text of a child, empty where there is none."""
        return text_in(self._children.get(self._names[name]))


class Names(dict[str, str]):
    """Reaches into elements of one namespace by short names; knows the whole tag of each."""

    def __init__(self, namespace: str) -> None:
        super().__init__()
        self._before = f"{{{namespace}}}"

    def __missing__(self, name: str) -> str:
        tag = self[name] = self._before + name
        return tag

    def child(self, element: Element | None, *path: str) -> Element | None:
        """The element at the end of the path, if it is there."""
        for name in path:
            if element is None:
                return None
            element = element.find(self[name])
        return element

    def children(self, element: Element, name: str) -> list[Element]:
        """All children of this name."""
        return element.findall(self[name])

    def text(self, element: Element | None, *path: str) -> str:
        """The text at the end of the path, without blanks around it; empty where there is none."""
        for name in path:
            if element is None:
                return ""
            element = element.find(self[name])
        return text_in(element)

    def first(self, element: Element | None, *paths: tuple[str, ...]) -> str:
        """The first text that is there of several paths: versions name the same thing anew."""
        if element is None:
            return ""
        for path in paths:
            found = self.text(element, *path)
            if found:
                return found
        return ""
