"""Keeps a business's accent colour readable as a focus ring, on light and on dark paper."""

import re

LIGHT_PAPER = "#ffffff"
DARK_PAPER = "#18211d"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_CONTRAST_WANTED = 4.5
_STEPS = 20
_LINEAR_LIMIT = 0.04045


def is_hex(text: str) -> bool:
    """Whether this is a colour like #0f5c4c."""
    return bool(_HEX.fullmatch(text))


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [
        share / 12.92 if share <= _LINEAR_LIMIT else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(accent: str, paper: str) -> str:
    """The accent, moved towards black or white until it shows on the paper (4.5:1)."""
    target = 255 if _luminance(paper) < _luminance("#808080") else 0
    for step in range(_STEPS + 1):
        mixed = [channel + (target - channel) * step // _STEPS for channel in _channels(accent)]
        colour = "#" + "".join(f"{channel:02x}" for channel in mixed)
        if contrast(colour, paper) >= _CONTRAST_WANTED:
            return colour
    return "#" + f"{target:02x}" * 3
