"""Every block has an id of its own that never changes and is never given to another block.

`block_ids.txt` remembers each id that was ever used, with its block: saved graphs refer to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from backend.blocks import catalogue
from backend.data.block import Block
from backend.util.errors import SetupProblem
from tools.checks import Finding
from tools.checks.sources import ROOT, place_of

REGISTRY = Path(__file__).with_name("block_ids.txt")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def check() -> list[Finding]:
    registry = str(REGISTRY.relative_to(ROOT))
    try:
        blocks = [type(block) for block in catalogue()]
    except SetupProblem as problem:
        return [Finding("backend/blocks/__init__.py", 1, str(problem), "Give the newer one a fresh id.")]
    remembered = read_registry(REGISTRY.read_text(encoding="utf-8"))
    return [*repeated(registry, remembered), *findings_for(blocks, dict(remembered))]


def read_registry(text: str) -> list[tuple[str, str]]:
    """(id, block name) of each line; lines with `#` are remarks."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line[0], line[-1]) for line in lines]


def repeated(file: str, remembered: Iterable[tuple[str, str]]) -> list[Finding]:
    """Ids that stand in the registry twice."""
    ids = [block_id for block_id, _ in remembered]
    return [
        Finding(
            file,
            1,
            f"{block_id} stands here twice.",
            "An id is never reused: give the newer block a fresh one.",
        )
        for block_id in dict.fromkeys(ids)
        if ids.count(block_id) > 1
    ]


def findings_for(blocks: Iterable[type[Block]], remembered: Mapping[str, str]) -> list[Finding]:
    """`remembered`: block name by id."""
    return [
        Finding(*place_of(block), *problem) for block in blocks if (problem := _problem(block, remembered))
    ]


def _problem(block: type[Block], remembered: Mapping[str, str]) -> tuple[str, str] | None:
    """What is wrong with the id and what to do; None when it is right."""
    name = block.__name__
    if not block.has_own_id:
        return f"{name} has no id; graphs that use it cannot be published.", f'Paste: id = "{block.id}"'
    if not _UUID.fullmatch(block.id):
        return f"{name}: {block.id!r} is no UUID in small letters.", "Take a fresh one: uuid.uuid4()."
    known = remembered.get(block.id)
    if known is None:
        return f"{name} is not in {REGISTRY.name}.", f"Add this line there: {block.id} {name}"
    if known != name:
        return (
            f"{name} has the id that {REGISTRY.name} remembers for {known}.",
            f"Renamed? Then change that line to {block.id} {name}. A new block? Then give it a fresh id.",
        )
    return None
