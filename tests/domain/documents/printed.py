"""What stands on a page of a PDF, and where: texts and shapes in millimetres from its top left."""

import re
from dataclasses import dataclass
from io import BytesIO

import pikepdf

MM = 72 / 25.4
START = (1, 0, 0, 1, 0, 0)
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@dataclass(frozen=True)
class Text:
    """A run of letters: where its line begins, how large it is, in which font."""

    words: str
    x: float
    y: float
    size: float
    font: str


@dataclass(frozen=True)
class Shape:
    """A shape that is filled or drawn, by the box around it."""

    x: float
    y: float
    width: float
    height: float
    is_line: bool


@dataclass
class Sheet:
    """One page."""

    width: float
    height: float
    texts: list[Text]
    shapes: list[Shape]

    def at(self, words: str, *, right_of: float = -1e9, left_of: float = 1e9) -> Text:
        """The run that says this, in a part of the page."""
        found = [one for one in self.texts if one.words == words and right_of < one.x < left_of]
        assert len(found) == 1, (words, found, sorted({one.words for one in self.texts}))
        return found[0]


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a file."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [_sheet(page) for page in opened.pages]


def _sheet(page: pikepdf.Page) -> Sheet:
    width, height = float(page.MediaBox[2]), float(page.MediaBox[3])
    sheet = Sheet(width / MM, height / MM, [], [])
    reader = _Reader(page, sheet, height)
    for operands, operator in pikepdf.parse_content_stream(page):
        reader.take(str(operator), operands)
    return sheet


class _Reader:
    """Follows the operators of a page (ISO 32000-1, annex A)."""

    def __init__(self, page, sheet, height):
        fonts = page.Resources.get("/Font", {})
        self.fonts = {name: _font(one) for name, one in fonts.items()}
        self.sheet, self.height = sheet, height
        self.now, self.kept, self.points = START, [], []
        self.line, self.font, self.size = START, None, 0.0

    def take(self, name, operands):
        if name == "q":
            self.kept.append(self.now)
        elif name == "Q":
            self.now = self.kept.pop()
        elif name == "cm":
            self.now = _times([float(one) for one in operands], self.now)
        elif name in ("f", "f*", "S", "s", "n"):
            self._paint(name)
        elif name in ("m", "l", "c", "re"):
            self._draw(name, [float(one) for one in operands])
        else:
            self._write(name, operands)

    def _write(self, name, operands):
        if name == "BT":
            self.line = START
        elif name == "Tf":
            self.font, self.size = self.fonts[str(operands[0])], float(operands[1])
        elif name == "Tm":
            self.line = tuple(float(one) for one in operands)
        elif name == "Td":
            x, y = (float(one) for one in operands)
            self.line = _times((1, 0, 0, 1, x, y), self.line)
        elif name in ("Tj", "TJ"):
            family, letters = self.font
            parts = operands[0] if name == "TJ" else [operands[0]]
            codes = b"".join(bytes(one) for one in parts if isinstance(one, pikepdf.String))
            words = "".join(letters.get(codes[at : at + 2], "?") for at in range(0, len(codes), 2))
            place = _times(self.line, self.now)
            x, y = place[4] / MM, (self.height - place[5]) / MM
            size = round(self.size * abs(place[3]), 2)
            self.sheet.texts.append(
                Text(words.replace("\u00a0", " ").replace("\u200b", ""), x, y, size, family)
            )

    def _draw(self, name, numbers):
        if name == "re":
            x, y, width, height = numbers
            numbers = [x, y, x + width, y + height]
        for at in range(0, len(numbers), 2):
            place = _times((1, 0, 0, 1, *numbers[at : at + 2]), self.now)
            self.points.append((place[4], place[5]))

    def _paint(self, name):
        if self.points and name != "n":
            self.sheet.shapes.append(_around(self.points, self.height, is_line=name in "Ss"))
        self.points = []


def _around(points, height, *, is_line):
    xs, ys = [x for x, _ in points], [height - y for _, y in points]
    sides = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return Shape(*(one / MM for one in sides), is_line)


def _font(font):
    """Its name, and the letters that its codes mean."""
    text = font.ToUnicode.read_bytes()
    letters = {}
    for kind, body in re.findall(rb"begin(bfchar|bfrange)(.*?)end", text, re.DOTALL):
        if kind == b"bfchar":
            for code, letter in _PAIR.findall(body):
                letters[bytes.fromhex(code.decode())] = _letters(letter)
            continue
        for first, last, letter in _RANGE.findall(body):
            for code in range(int(first, 16), int(last, 16) + 1):
                more = code - int(first, 16)
                letters[code.to_bytes(2)] = chr(ord(_letters(letter)) + more)
    return str(font.DescendantFonts[0].BaseFont).partition("+")[2], letters


def _letters(hexes):
    return bytes.fromhex(hexes.decode()).decode("utf-16-be")


def _times(one, other):
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip
