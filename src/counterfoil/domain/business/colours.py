"""Turns one brand colour into colours that can be read, in light and in dark (pure)."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from counterfoil.kernel.errors import Refused

READABLE = 4.5  # WCAG 2.2, 1.4.3: text against its ground
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})\Z", re.IGNORECASE)
_WHITE, _INK = "#ffffff", "#16211d"
_PAPER, _DESK = "#ffffff", "#f3f5f2"
_PAPER_DARK, _DESK_DARK, _INK_ON_LIGHT_FILL = "#18211d", "#0f1613", "#0f1613"
_WASH_SHARE, _WASH_SHARE_DARK = 0.09, 0.16
_SEARCH_STEPS = 24
_SRGB_KNEE, _LINEAR_KNEE = 0.04045, 0.0031308  # IEC 61966-2-1
_DARK_LIGHTNESS, _DARK_CHROMA_GAIN, _DARK_CHROMA_MAX = 0.76, 1.45, 0.125

Rgb = tuple[float, float, float]


class BadColour(Refused):
    """Not a colour in hexadecimal."""

    code = "bad_colour"
    message = "This is not a colour like #0f5c4c."


@dataclass(frozen=True, slots=True)
class BrandColours:
    """What the pages use; each is a `#rrggbb` that was checked against its ground."""

    accent: str
    fill: str
    on_fill: str
    wash: str
    accent_dark: str
    fill_dark: str
    on_fill_dark: str
    wash_dark: str


def contrast(first: str, second: str) -> float:
    """The WCAG contrast of two colours, from 1 (the same) to 21 (black and white)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def brand_colours(accent_hex: str) -> BrandColours:
    """Keeps the hue and moves the lightness only as far as reading needs; refuses no-colours."""
    brand = _normal(accent_hex)
    accent = _nearest(brand, _reads_on_light, darker=True)
    accent_dark = _nearest(_lifted(brand), _reads_on_dark, darker=False)
    fill, on_fill = _fill(brand)
    return BrandColours(
        accent=accent,
        fill=fill,
        on_fill=on_fill,
        wash=_mix(accent, _PAPER, _WASH_SHARE),
        accent_dark=accent_dark,
        fill_dark=accent_dark,
        on_fill_dark=_INK_ON_LIGHT_FILL,
        wash_dark=_mix(accent_dark, _PAPER_DARK, _WASH_SHARE_DARK),
    )


def _normal(text: str) -> str:
    match = _HEX.match(text.strip())
    if match is None:
        raise BadColour
    digits = match.group(1).lower()
    return "#" + (digits if len(digits) > len("fff") else "".join(one * 2 for one in digits))


def _reads_on_light(colour: str) -> bool:
    wash = _mix(colour, _PAPER, _WASH_SHARE)
    return all(contrast(colour, ground) >= READABLE for ground in (_PAPER, _DESK, wash))


def _reads_on_dark(colour: str) -> bool:
    wash = _mix(colour, _PAPER_DARK, _WASH_SHARE_DARK)
    return all(contrast(colour, ground) >= READABLE for ground in (_PAPER_DARK, _DESK_DARK, wash))


def _fill(brand: str) -> tuple[str, str]:
    """The brand's own colour for buttons, under white or ink; moved only if neither reads."""
    for text in (_WHITE, _INK):
        if contrast(brand, text) >= READABLE:
            return brand, text
    return _nearest(brand, lambda colour: contrast(colour, _WHITE) >= READABLE, darker=True), _WHITE


def _lifted(brand: str) -> str:
    """A brand colour that is too deep for dark pages, as light and as lively as its hue should be.

    The bare minimum of contrast would look dull there; a colour that reads already is kept.
    """
    if _reads_on_dark(brand):
        return brand
    _lightness, green_red, blue_yellow = _to_oklab(brand)
    chroma = math.hypot(green_red, blue_yellow)
    gain = min(_DARK_CHROMA_GAIN, max(_DARK_CHROMA_MAX / chroma, 0.5)) if chroma else 1.0
    return _from_oklab((_DARK_LIGHTNESS, green_red * gain, blue_yellow * gain))


def _nearest(brand: str, is_readable: Callable[[str], bool], *, darker: bool) -> str:
    """The colour of the same hue, nearest in lightness, that can be read."""
    if is_readable(brand):
        return brand
    lightness, green_red, blue_yellow = _to_oklab(brand)
    unread, read = lightness, 0.0 if darker else 1.0
    for _step in range(_SEARCH_STEPS):
        middle = (unread + read) / 2
        if is_readable(_from_oklab((middle, green_red, blue_yellow))):
            read = middle
        else:
            unread = middle
    return _from_oklab((read, green_red, blue_yellow))


def _mix(colour: str, ground: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return _hex([round(255 * (share * top + (1 - share) * under)) for top, under in pairs])


def _channels(colour: str) -> Rgb:
    plain = _normal(colour)
    return (int(plain[1:3], 16) / 255, int(plain[3:5], 16) / 255, int(plain[5:7], 16) / 255)


def _hex(channels: list[int]) -> str:
    return "#" + "".join(f"{min(max(channel, 0), 255):02x}" for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _SRGB_KNEE else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    channel = min(max(channel, 0.0), 1.0)
    return 12.92 * channel if channel <= _LINEAR_KNEE else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklab(colour: str) -> Rgb:
    """Björn Ottosson's OKLab, in which equal steps look equal and the hue stays."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: Rgb) -> str:
    lightness, green_red, blue_yellow = lab
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    medium = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return _hex([round(255 * _gamma(channel)) for channel in channels])
