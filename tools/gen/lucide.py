"""Icons of Lucide as SVG, read from the package that the front end draws them with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2] / "frontend/node_modules/lucide-react/dist/esm"
_FILE = re.compile(r'^  "([a-z0-9-]+)": \(\) => import\(\'\./(icons/[a-z0-9-]+\.mjs)\'\)', re.MULTILINE)
_SHAPE = re.compile(r'\[\s*"([a-z]+)",\s*\{([^}]*)\}\s*\]')
_ATTRIBUTE = re.compile(r'"?([\w-]+)"?: "([^"]*)"')
_KEY = "key"


@cache
def icon(name: str) -> str:
    """The shapes of an icon, 24 by 24, to be stroked.

    Raises:
        KeyError: Lucide has no icon of this name.
    """
    text = (_PACKAGE / _files()[name]).read_text(encoding="utf-8")
    shapes = _SHAPE.findall(text.partition("node: [")[2].partition("\n};")[0])
    return "".join(f"<{tag} {_attributes(said)}/>" for tag, said in shapes)


def _attributes(said: str) -> str:
    found = _ATTRIBUTE.findall(said)
    return " ".join(f'{name}="{value}"' for name, value in found if name != _KEY)


@cache
def _files() -> Mapping[str, str]:
    return dict(_FILE.findall((_PACKAGE / "dynamicIconImports.mjs").read_text(encoding="utf-8")))
