"""How much the blocks of this folder take in and give out, and where they work."""

from __future__ import annotations

from typing import Any

from backend.data.block import Execution
from backend.data.model import JsonObject
from backend.util.bounded.pool import TIMEOUT_S
from backend.util.errors import BlockError
from backend.util.json_depth import depth_of
from backend.util.json_text import MAX_DEPTH

MIB = 1_048_576
MAX_CHARS = 20 * MIB
SMALL_CHARS = 65_536
"""What is read here and now, where the work grows no faster than the text."""
LARGE_BYTES = MIB
"""From here on more time is given: what is so long is no bomb but much to read."""
LARGE_TIMEOUT_S = 5.0


class InThread:
    """For deterministic blocks whose work may take longer than the loop of the runs can wait."""

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        return Execution.THREAD


def refuse_long(text: str, what: str, *, most: int = MAX_CHARS) -> None:
    """
    Raises:
        BlockError: the text has more than `most` characters.
    """
    if len(text) > most:
        raise BlockError(f"{what} has {len(text):,} characters, and {most:,} are the most. Read it in parts.")


def refuse_deep(value: Any) -> int:
    """How deep the value is.

    Raises:
        BlockError: deeper than anything here reads.
    """
    depth = depth_of(value, most=MAX_DEPTH)
    if depth > MAX_DEPTH:
        raise BlockError(f"Lists and objects are nested more than {MAX_DEPTH} deep. Make the value flatter.")
    return depth


def patience_s(size: int, *, large: int = LARGE_BYTES) -> float:
    """How long the work on so much may take, in seconds."""
    return LARGE_TIMEOUT_S if size > large else TIMEOUT_S
