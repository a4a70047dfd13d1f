"""The style of a picture: the classes that it uses, in the light and in the dark."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tools.gen.colours import Pair, palette
from tools.gen.svg_text import FONTS

_USED = re.compile(r'class="([^"]+)"')
_ALWAYS = ("ground", "dot")
_FORMS = {
    "text": f"font:12px {FONTS}",
    ".title": "font-weight:600;font-size:13px;letter-spacing:-.005em",
    ".sub": "font-size:11px",
    ".foottext": "font-size:11px;font-weight:500",
    ".note": "font-size:13px",
    ".end": "text-anchor:end",
    ".icon": "fill:none;stroke-linecap:round;stroke-linejoin:round",
    ".pin": "stroke-width:1.75",
    ".bar": "stroke-width:2",
}
_COLOURS: tuple[tuple[str, str, str], ...] = (
    ("ground", "fill", "ground"),
    ("dot", "fill", "mat-dot"),
    ("edge", "fill", "edge"),
    ("face", "fill", "surface"),
    ("face", "stroke", "line-block"),
    ("foot", "fill", "inset"),
    ("frame", "stroke", "line-block"),
    ("line", "stroke", "line"),
    ("field", "fill", "surface"),
    ("field", "stroke", "line-field"),
    ("bar", "stroke", "line-field"),
    ("icon", "stroke", "text-2"),
    ("title", "fill", "text"),
    ("words", "fill", "text-2"),
    ("note", "fill", "text-2"),
    ("foottext", "fill", "text-2"),
    ("sub", "fill", "text-3"),
    ("pin", "fill", "surface"),
    *((kind, "stroke", f"t-{kind}") for kind in ("text", "number", "bool", "object", "list", "file", "any")),
)


def style(body: str) -> str:
    """The rules for the classes of `body`."""
    used: set[str] = {*_ALWAYS, *(name for found in _USED.findall(body) for name in found.split())}
    rules: dict[tuple[str, str], list[str]] = {}
    for name, said, token in _COLOURS:
        if name in used:
            rules.setdefault((said, token), []).append(f".{name}")
    forms = "".join(f"{selector}{{{said}}}" for selector, said in _FORMS.items() if _is_used(selector, used))
    light, dark = (_themed(rules, theme) for theme in Pair._fields)
    return f"{forms}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _themed(rules: Mapping[tuple[str, str], list[str]], theme: str) -> str:
    return "".join(
        f"{','.join(selectors)}{{{said}:{getattr(palette()[token], theme)}}}"
        for (said, token), selectors in rules.items()
    )


def _is_used(selector: str, used: set[str]) -> bool:
    return not selector.startswith(".") or selector[1:] in used
