"""Words of one direction inside of a text of the other."""

_RIGHT_TO_LEFT, _LEFT_TO_RIGHT = "\u200f", "\u200e"


def symbol_in_order(text: str, symbol: str) -> str:
    """An amount that is read from right to left, with its symbol kept apart and in its own order
    if it has Latin letters: `US$` would be drawn as `$US`."""
    if not any(letter.isascii() and letter.isalpha() for letter in symbol):
        return text
    kept = f"{_RIGHT_TO_LEFT}{_LEFT_TO_RIGHT}{symbol}{_LEFT_TO_RIGHT}"
    return text.replace(symbol, kept)
