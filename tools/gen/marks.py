"""What pictures take from the page as it draws them: the shapes of pins, and the logos of providers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

_SOURCES = Path(__file__).resolve().parents[2] / "frontend/src"
_INTEGRATIONS = _SOURCES / "components/integrations"
_PIN = re.compile(r"^  (\w+): (<.+/>),$", re.MULTILINE)
_FILE = re.compile(r'^import (\w+) from "@/(assets/[\w/-]+\.svg)";$', re.MULTILINE)
_LOGO = re.compile(r"^export const (\w+): Logo = \{ url: (\w+), isInk: (true|false) \};$", re.MULTILINE)
_ICON_OF = re.compile(r'^  "?([\w-]+)"?: (\w+),$', re.MULTILINE)
_SVG = re.compile(r'<svg [^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', re.DOTALL)
_FILL = re.compile(r' fill="#\w+"')


class Logo(NamedTuple):
    """A provider's logo: what is in its SVG. One in ink is to be filled with the colour of the text."""

    view_box: str
    shapes: str
    is_ink: bool


@cache
def pin_shapes() -> Mapping[str, str]:
    """The shape of each kind of pin, 12 by 12."""
    text = (_SOURCES / "components/canvas/pin-shape.tsx").read_text(encoding="utf-8")
    return dict(_PIN.findall(text))


@cache
def logos() -> Mapping[str, Logo]:
    """By the provider's key; those whose mark is an icon are not among them."""
    text = (_INTEGRATIONS / "provider-logos.ts").read_text(encoding="utf-8")
    files = dict(_FILE.findall(text))
    drawn = {name: _read(files[file], is_ink == "true") for name, file, is_ink in _LOGO.findall(text)}
    marks = _ICON_OF.findall((_INTEGRATIONS / "credentials-input.tsx").read_text(encoding="utf-8"))
    return {provider: drawn[mark] for provider, mark in marks if mark in drawn}


def _read(file: str, is_ink: bool) -> Logo:
    text = (_SOURCES / file).read_text(encoding="utf-8")
    found = _SVG.search(text)
    assert found is not None, f"{file} has no viewBox"
    return Logo(found[1], _FILL.sub("", found[2]) if is_ink else found[2], is_ink)
