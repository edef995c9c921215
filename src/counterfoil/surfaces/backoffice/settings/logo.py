"""Takes an uploaded logo apart and paints it anew, so that nothing but a picture is kept."""

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from counterfoil.kernel.errors import FieldProblem

BYTES_MAX = 2_000_000
PIXELS_MAX = 12_000_000
SIDE_MIN = 32
KEPT_WIDTH, KEPT_HEIGHT = 800, 320
FORMATS = ("PNG", "JPEG")
MEDIA_TYPE = "image/png"


def repainted(content: bytes, name: str = "") -> bytes:
    """The logo as a PNG of our own making, small enough for every page.

    Refuses what is too large, too small, no PNG or JPEG, or broken; SVG with words of its own,
    because it can carry scripts.
    """
    if len(content) > BYTES_MAX:
        raise FieldProblem("logo", "too large", code="logo_too_large")
    head = content[:1000].lstrip().lower()
    if name.lower().endswith((".svg", ".svgz")) or head.startswith(b"<svg") or b"<svg" in head:
        raise FieldProblem("logo", "svg", code="logo_svg")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _painted(content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise FieldProblem("logo", "not a picture", code="logo_not_a_picture") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FieldProblem("logo", "too many pixels", code="logo_too_large") from None


def _painted(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > PIXELS_MAX:
            raise FieldProblem("logo", "too many pixels", code="logo_too_large")
        if min(width, height) < SIDE_MIN:
            raise FieldProblem("logo", "too small", code="logo_too_small")
        clear = "A" in picture.getbands() or "transparency" in picture.info
        kept = picture.convert("RGBA" if clear else "RGB")
    kept.thumbnail((KEPT_WIDTH, KEPT_HEIGHT))
    fresh = Image.new(kept.mode, kept.size)
    fresh.paste(kept)
    out = BytesIO()
    fresh.save(out, format="PNG", optimize=True)
    return out.getvalue()
