"""Text that any hand may have typed, made safe to set: every character left has a glyph.

An archival PDF refuses a character without a glyph, and one odd letter must not stop an invoice.
So what no bundled font covers becomes a visible box, and nobody takes it for what was written.
"""

import re
import struct
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

FONT_FOLDER = Path(__file__).parent / "fonts"
BOX = "\u25a1"
WORD_MAX = 36
ADDRESS_PART_MAX = 22
FIGURE_MAX = 15

_BREAK = "\u200b"
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_JOINERS = frozenset("\u200c\u200d")
_VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_LINE_ENDS = frozenset("\n\u0085\u2028\u2029")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_WINDOWS_UNICODE = {(3, 10), (0, 4), (0, 6)}
_BASIC_UNICODE = {(3, 1), (0, 3)}


def legible(
    text: str, *, rtl: bool = False, limit: int | None = None, word_max: int = WORD_MAX
) -> str:
    """The text as one line: composed, cleaned, breakable, and isolated from the page's direction.

    Removed: controls, bidi overrides and invisible marks. Boxed: what has no glyph. At most
    `limit` characters are kept, then an ellipsis. Words over `word_max` may break anywhere.
    """
    line = _shortened(_on_one_line(_cleaned(text)), limit)
    return _isolated(_breakable(line, word_max), rtl=rtl)


def legible_address(url: str, *, rtl: bool = False) -> str:
    """A web address without its scheme, which may break after a slash, and in a long part."""
    parts = re.findall(r"[^/]+/*", _on_one_line(_cleaned(url.rpartition("://")[2])))
    return _isolated(_BREAK.join(_breakable(part, ADDRESS_PART_MAX) for part in parts), rtl=rtl)


def breakable_figure(figure: str) -> str:
    """A formatted number, which may break after a separator if it is wider than its column."""
    if len(figure) <= FIGURE_MAX:
        return figure
    return re.sub(r"(?<=[.,\u2019\u00a0])(?=\d)", _BREAK, figure)


def legible_lines(text: str, *, rtl: bool = False) -> list[str]:
    """The text line by line, each made legible; lines left empty are dropped."""
    lines = (_on_one_line(line) for line in _cleaned(text).split("\n"))
    return [_isolated(_breakable(line, WORD_MAX), rtl=rtl) for line in lines if line]


def legible_name(text: str, *, limit: int = 200) -> str:
    """The text for the file's own title and author: cleaned, and with no invisible helpers."""
    return _shortened(_on_one_line(_cleaned(text)), limit)


@cache
def families() -> tuple[frozenset[int], ...]:
    """For each bundled family, the code points that all of its weights have a glyph for."""
    points: dict[str, frozenset[int]] = {}
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        family = path.name.split("-")[0]
        own = _code_points(path.read_bytes())
        points[family] = points.get(family, own) & own
    return tuple(points.values())


@cache
def covered() -> frozenset[int]:
    """The code points that at least one bundled family has a glyph for."""
    return frozenset().union(*families())


def _cleaned(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if composed.isascii() and composed.isprintable():
        return composed
    return _marks_with_letters("".join(map(_clean_character, composed)))


def _marks_with_letters(text: str) -> str:
    """A mark stays only where one font has both it and its letter: they are drawn as one."""
    kept: list[str] = []
    cluster: set[int] = set()
    for each in text:
        if each in _JOINERS:
            kept += each if kept and kept[-1] != BOX else ""
            continue
        point = ord(each)
        if not unicodedata.category(each).startswith("M"):
            cluster = {point}
        elif any(cluster | {point} <= family for family in families()):
            cluster.add(point)
        else:
            kept.append(BOX)
            cluster = {ord(BOX)}
            continue
        kept.append(each)
    return "".join(kept)


@lru_cache(maxsize=8192)
def _clean_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace():
        return "\u00a0" if character in "\u00a0\u202f\u2007" else " "
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category in {"Cc", "Cf"} or character in _VARIATIONS:
        return ""
    if category in {"Co", "Cs", "Cn"} or ord(character) not in covered():
        return BOX
    return character


def _on_one_line(text: str) -> str:
    """Runs of blanks become one; a non-breaking space stays."""
    return " ".join(word for word in text.replace("\n", " ").split(" ") if word)


def _shortened(text: str, limit: int | None) -> str:
    if limit is None or len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "\u2026"


def _breakable(text: str, word_max: int) -> str:
    """Let a word that is longer than a line break anywhere, so nothing runs off the page."""
    if len(text) <= word_max:
        return text
    words = text.split(" ")
    return " ".join(_spread(word) if len(word) > word_max else word for word in words)


def _spread(word: str) -> str:
    """Break points between the characters, none before a mark that belongs to its letter."""
    parts = [word[0]]
    for before, each in pairwise(word):
        tied = unicodedata.category(each).startswith("M") or _JOINERS & {before, each}
        parts.append(each if tied else _BREAK + each)
    return "".join(parts)


def _isolated(text: str, *, rtl: bool) -> str:
    """Keep the text's own direction apart from that of the page around it."""
    if not text or (not rtl and text.isascii()):
        return text
    if rtl or any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text):
        return f"{_ISOLATE}{text}{_END_ISOLATE}"
    return text


def _code_points(font: bytes) -> frozenset[int]:
    """Read the code points of a TrueType file's best `cmap` subtable (formats 4 and 12)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    start = next(
        struct.unpack_from(">4sIII", font, 12 + 16 * index)[2]
        for index in range(tables)
        if font[12 + 16 * index : 16 + 16 * index] == b"cmap"
    )
    subtables = {
        struct.unpack_from(">HH", font, start + 4 + 8 * index): start
        + struct.unpack_from(">I", font, start + 8 + 8 * index)[0]
        for index in range(struct.unpack_from(">H", font, start + 2)[0])
    }
    full = [at for key, at in subtables.items() if key in _WINDOWS_UNICODE]
    if full:
        return _groups(font, full[0])
    return _segments(font, next(at for key, at in subtables.items() if key in _BASIC_UNICODE))


def _groups(font: bytes, at: int) -> frozenset[int]:
    count = struct.unpack_from(">I", font, at + 12)[0]
    points: set[int] = set()
    for index in range(count):
        first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * index)
        points.update(range(first, last + 1))
    return frozenset(points)


def _segments(font: bytes, at: int) -> frozenset[int]:
    half = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{half}H", font, at + 14)
    starts = struct.unpack_from(f">{half}H", font, at + 16 + 2 * half)
    points: set[int] = set()
    for first, last in zip(starts, ends, strict=True):
        points.update(range(first, last + 1))
    return frozenset(points - {0xFFFF})
