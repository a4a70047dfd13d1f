"""Every block has a category, and an icon that the front end can draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backend.blocks import catalogue
from backend.data.block import Block
from tools.checks import Finding
from tools.checks.sources import ROOT, place_of

LUCIDE = ROOT / "frontend/node_modules/lucide-react/dist/esm/dynamicIconImports.mjs"
_NAME = re.compile(r'^  "([a-z0-9-]+)": \(', re.MULTILINE)


def check() -> list[Finding]:
    return findings_in(type(block) for block in catalogue())


def findings_in(blocks: Iterable[type[Block]]) -> list[Finding]:
    return findings_for(blocks, frozenset(_NAME.findall(LUCIDE.read_text(encoding="utf-8"))))


def findings_for(blocks: Iterable[type[Block]], icons: frozenset[str]) -> list[Finding]:
    return [Finding(*place_of(block), *problem) for block in blocks for problem in _problems(block, icons)]


def _problems(block: type[Block], icons: frozenset[str]) -> Iterator[tuple[str, str]]:
    if not block.categories:
        yield f"{block.__name__} has no category.", "categories = {BlockCategory.…}"
    if not block.icon:
        yield f"{block.__name__} has no icon.", 'icon = "…", a name of lucide.dev.'
    elif block.icon not in icons:
        yield f"{block.__name__}: Lucide has no icon {block.icon!r}.", "Take a name of lucide.dev."
