"""CSV that is safe to open: a cell never begins like a formula (OWASP, CSV injection)."""

from collections.abc import Iterable, Iterator

from counterfoil.flows.importing.plans import RefusedLine

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: str) -> str:
    """The same text; one that a spreadsheet would run gets an apostrophe in front. Plain negative
    numbers stay numbers."""
    if value.startswith(_FORMULA_STARTS) and not _is_number(value):
        return "'" + value
    return value


def _is_number(value: str) -> bool:
    body = value[1:]
    return value[0] in "+-" and body.replace(".", "", 1).isdigit() and body.isascii()


def refused_rows(refused: Iterable[RefusedLine], *, what: str = "document") -> Iterator[list[str]]:
    """Every line that an import refused, with the reason, to mend the file by; `what` heads the
    column that says of which document or customer each is."""
    yield ["line", what, "field", "value", "reason"]
    for one in refused:
        texts = (one.document, one.field, one.value, one.message)
        yield [str(one.line), *map(harmless, texts)]


class Echo:
    """A file that hands every written line back, for streaming."""

    def write(self, value: str) -> str:
        """The line itself."""
        return value
