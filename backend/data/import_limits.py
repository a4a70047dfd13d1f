"""How much a file may hold before it is parsed: what is small as text can be large in memory."""

from __future__ import annotations

from backend.util.errors import TooLarge
from backend.util.json_marks import MAX_VALUES, is_crowded

__all__ = ["MAX_VALUES", "refuse_crowded"]


def refuse_crowded(raw: bytes) -> None:
    """Let only a document pass whose values fit into memory, whether it is JSON or not.

    Raises:
        TooLarge: it holds more values than `MAX_VALUES`.
    """
    if is_crowded(raw):
        raise TooLarge(f"The file holds more than {MAX_VALUES:,} values, and was not read. Split it.")
