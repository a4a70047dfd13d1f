"""Filters and sorts of the local Notion: those conditions that the tests use.

Source: https://developers.notion.com/reference/filter-data-source-entries,
https://developers.notion.com/reference/sort-data-source-entries (2025-09-03).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.notion_state import Json, invalid

_CONDITIONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "does_not_equal": lambda value, wanted: value != wanted,
    "contains": lambda value, wanted: wanted in (value or ""),
    "greater_than": lambda value, wanted: value is not None and value > wanted,
    "less_than": lambda value, wanted: value is not None and value < wanted,
    "is_empty": lambda value, wanted: value in (None, "", []),
}


def keeps(page: Json, condition: Json | None) -> bool:
    """Whether a row passes; without a filter all do."""
    if condition is None:
        return True
    if "and" in condition:
        return all(keeps(page, one) for one in condition["and"])
    if "or" in condition:
        return any(keeps(page, one) for one in condition["or"])
    found = page["properties"].get(condition.get("property"))
    if found is None:
        raise invalid(f"Could not find property with name or id: {condition.get('property')}")
    kind = found["type"]
    if kind not in condition:
        raise invalid(f"database property {kind} does not match filter")
    ((name, wanted),) = condition[kind].items()
    return _CONDITIONS[name](_value(found), wanted)


def order_of(sort: Json) -> Callable[[Json], Any]:
    """A key to sort rows by; empty ones come first."""
    if "timestamp" in sort:
        return lambda page: page[sort["timestamp"]]

    def key(page: Json) -> Any:
        value = _value(page["properties"][sort["property"]])
        return (value is not None, value)

    return key


def _value(found: Json) -> Any:
    value = found[found["type"]]
    if found["type"] in ("title", "rich_text"):
        return "".join(part["plain_text"] for part in value)
    if found["type"] in ("select", "status"):
        return value["name"] if value else None
    return value
