"""Writes the front end's block-icons.ts: the Lucide icons that blocks name, so that no other comes into the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from backend.blocks import catalogue

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "frontend/src/components/block-icons.ts"
_HEADER = "// Written by `make gen` from the icons that blocks name.\n\n"


def icons_of(names: Iterable[str]) -> str:
    """The text of block-icons.ts for names as Lucide writes them: `git-branch`."""
    known = sorted(set(names))
    imported = sorted([*(component(name) for name in known), "LucideIcon"], key=_natural)
    imports = "".join(f"  {'type ' if one == 'LucideIcon' else ''}{one},\n" for one in imported)
    entries = "".join(f"  {_key(name)}: {component(name)},\n" for name in known)
    return (
        f'{_HEADER}import {{\n{imports}}} from "lucide-react";\n\n'
        f"export const BLOCK_ICONS: Readonly<Record<string, LucideIcon>> = {{\n{entries}}};\n"
    )


def component(name: str) -> str:
    """What lucide-react calls an icon: GitBranch for `git-branch`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def fresh() -> str:
    """The text for the blocks of now."""
    return icons_of(block.icon for block in catalogue())


def write() -> None:
    """Renew block-icons.ts; a fresh file is left alone."""
    text = fresh()
    if not ICONS.is_file() or ICONS.read_text(encoding="utf-8") != text:
        ICONS.write_text(text, encoding="utf-8")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[a-z]+", name) else f'"{name}"'


def _natural(name: str) -> list[tuple[int, str, str]]:
    """The order of Biome's imports: by letter, the large one of a letter first; figures by their value."""
    parts = re.findall(r"\d+|\D", name)
    return [(int(part), "", "") if part.isdigit() else (0, part.lower(), part) for part in parts]
