"""Writes the stylesheet of one brand colour."""

from counterfoil.domain.business.colours import brand_colours


def brand_css(accent_hex: str) -> str:
    """The whole stylesheet of one brand colour: custom properties only."""
    colours = brand_colours(accent_hex)
    return (
        ":root{"
        f"--brand-accent:{colours.accent};--brand-fill:{colours.fill};"
        f"--brand-on-fill:{colours.on_fill};--brand-wash:{colours.wash};"
        f"--brand-accent-dark:{colours.accent_dark};--brand-fill-dark:{colours.fill_dark};"
        f"--brand-on-fill-dark:{colours.on_fill_dark};--brand-wash-dark:{colours.wash_dark}"
        "}\n"
    )
