"""Places in lists, as people give them: from 0, or negative from the end."""

from __future__ import annotations

from typing import Any

from backend.util.errors import BlockError


def check_place(items: list[Any], index: int) -> int:
    """The place itself.

    Raises:
        BlockError: the list has no such place.
    """
    count = len(items)
    if -count <= index < count:
        return index
    if not count:
        raise BlockError(f"There is no item {index}: the list is empty. Check that first.")
    found = "1 item" if count == 1 else f"{count:,} items"
    raise BlockError(
        f"There is no item {index}: the list has {found}. Choose 0 to {count - 1}, or {-count} to -1."
    )
