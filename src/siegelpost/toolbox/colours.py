"""The office's colour as an accent that can be read: in light and dark, at least 4.5 : 1 (WCAG 2.2, 1.4.3)."""

import colorsys
from dataclasses import dataclass

LEAST_CONTRAST = 4.5
# The lightest and darkest grounds of siegelpost.css on which accent text stands.
LIGHT_GROUND, DARK_GROUND = "#eaeeec", "#202825"
WHITE, BLACK = "#ffffff", "#0f1412"
# How much of the accent is in its wash.
WASH = 0.09


@dataclass(frozen=True, slots=True)
class Accent:
    """What the office's colour becomes on one ground."""

    fill: str  # of buttons
    ink: str  # on that fill
    text: str  # of links on the ground
    wash: str  # a breath of it behind a selected line


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on_light(colour: str) -> Accent:
    """The accent on light ground: the colour itself, darkened until it can be read."""
    return _readable(colour, ink=WHITE, ground=LIGHT_GROUND, under_wash="#f3f5f4", towards=0.0)


def on_dark(colour: str) -> Accent:
    """The accent on dark ground: the colour lightened until it can be read."""
    return _readable(colour, ink=BLACK, ground=DARK_GROUND, under_wash="#181f1c", towards=1.0)


def stylesheet(colour: str) -> str:
    """The custom properties that override those of siegelpost.css."""
    return (
        f":root{{{_properties(on_light(colour))}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{_properties(on_dark(colour))}}}}}"
    )


def _properties(accent: Accent) -> str:
    return f"--accent:{accent.fill};--accent-ink:{accent.ink};--accent-text:{accent.text};--accent-wash:{accent.wash}"


def _readable(colour: str, *, ink: str, ground: str, under_wash: str, towards: float) -> Accent:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    for step in range(101):
        nearer = lightness + (towards - lightness) * step / 100
        shifted = _hex(colorsys.hls_to_rgb(hue, nearer, saturation))
        wash = _mix(shifted, under_wash, WASH)
        if min(contrast(shifted, ground), contrast(shifted, wash), contrast(shifted, ink)) >= LEAST_CONTRAST:
            break
    return Accent(shifted, ink, shifted, wash)


def _mix(colour: str, ground: str, share: float) -> str:
    pairs = zip(_rgb(colour), _rgb(ground), strict=True)
    red, green, blue = (share * one + (1 - share) * other for one, other in pairs)
    return _hex((red, green, blue))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(colour: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
