"""The colours of the page's tokens as pictures need them: hexadecimal, one for the light and one for the dark.

Source of the numbers: https://bottosson.github.io/posts/oklab/ (OKLab to linear sRGB) and IEC 61966-2-1 (sRGB).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

TOKENS = Path(__file__).resolve().parents[2] / "frontend/src/styles/tokens.css"
_OKLCH = r"oklch\(([\d. ]+)\)"
_TOKEN = re.compile(rf"--([\w-]+):\s*light-dark\(\s*{_OKLCH},\s*{_OKLCH}\s*\)")
_LMS = ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


class Pair(NamedTuple):
    """A colour in both themes: `#1c1b18`."""

    light: str
    dark: str


@cache
def palette() -> Mapping[str, Pair]:
    """Every token that has one plain colour for each theme, by its name without the dashes."""
    found = _TOKEN.findall(TOKENS.read_text(encoding="utf-8"))
    return {name: Pair(_hexadecimal(light), _hexadecimal(dark)) for name, light, dark in found}


def hexadecimal(lightness: float, chroma: float, hue_degrees: float) -> str:
    """An OKLCH colour in sRGB; what sRGB does not have is clipped."""
    hue = math.radians(hue_degrees)
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    lms = [(lightness + of_a * a + of_b * b) ** 3 for of_a, of_b in _LMS]
    linear = (sum(part * one for part, one in zip(row, lms, strict=True)) for row in _RGB)
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, one)))):02x}" for one in linear)


def _hexadecimal(numbers: str) -> str:
    lightness, chroma, hue = map(float, numbers.split())
    return hexadecimal(lightness, chroma, hue)


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
