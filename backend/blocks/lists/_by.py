"""The value of an item that a block goes by: the item itself, or what a path leads to."""

from __future__ import annotations

from typing import Any

from backend.data.pins import MISSING
from backend.data.value_path import find_at, parse_path
from backend.util.errors import BlockError

BY = "a path like price, address.city or tags[0] leads to it in each item; empty: the item itself"
"""The end of the description of such a pin."""


def values_by(by: str, items: list[Any]) -> list[Any]:
    """One for each item; None where it is null or missing.

    Raises:
        BlockError: `by` is no path.
    """
    try:
        path = parse_path(by.strip())
    except ValueError as error:
        raise BlockError(str(error)) from error
    if not path:
        return items
    found = (find_at(item, path) for item in items)
    return [None if value is MISSING else value for value in found]
