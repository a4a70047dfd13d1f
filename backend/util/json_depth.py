"""How deep lists and objects of a JSON value stand within each other, found without recursion."""

from __future__ import annotations

from typing import Any, cast


def depth_of(value: Any, *, most: int) -> int:
    """0 for a text or a number, 1 for a list of such; `most + 1` for whatever is deeper than `most`."""
    level: list[Any] = [value] if isinstance(value, (list, dict)) else []
    depth = 0
    while level and depth <= most:
        depth += 1
        level = [inner for outer in level for inner in _members(outer) if isinstance(inner, (list, dict))]
    return depth


def _members(container: Any) -> Any:
    return cast("dict[str, Any]", container).values() if isinstance(container, dict) else container
