"""Constants as the platform takes them: null is the default, and what is of another type counts as something."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from backend.data.autogpt.elements import FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.block import Block
from backend.data.convert import Converter, converter, read_number
from backend.data.json_types import alternatives, as_list, as_object, definitions
from backend.data.model import JsonObject

_BOOLEAN = frozenset({"boolean"})
_NUMBERS = frozenset({"integer", "number"})
_TRUE = frozenset({"true", "1"})
_LONGEST_SHOWN = 40


def tidy_constants(graph: FileGraph, node: FileNode, findings: Findings) -> None:
    """Drop nulls, and turn what our own conversion refuses into what it counted as there.

    A node whose block is not here keeps its constants as they are.
    """
    if node.block is None:
        return
    node.constants = {pin: value for pin, value in node.constants.items() if value is not None}
    declared = node.block.pins({}).inputs
    for pin, value in node.constants.items():
        after = _counted_as(node.block, pin, value) if pin in declared else value
        if after is not value:
            node.constants[pin] = after
            findings.change(graph, node, pin, _said(value, after))


def _counted_as(block: Block, pin: str, value: Any) -> Any:
    """The value itself where our own conversion takes it for the same."""
    kinds = _kinds(block, pin)
    if kinds == _BOOLEAN and isinstance(value, str):
        is_true = value.strip().lower() in _TRUE
        return value if _taken(block, pin, value) is is_true else is_true
    if not kinds or not kinds <= _NUMBERS or _taken(block, pin, value) is not None:
        return value
    if isinstance(value, str):
        return value if read_number(value) is not None else 0
    held = as_list(value) if as_list(value) is not None else as_object(value)
    return value if held is None else len(held)


def _taken(block: Block, pin: str, value: Any) -> Any:
    """What our own conversion makes of it; None when it refuses."""
    try:
        return _converter(block, pin)(value)
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def _kinds(block: Block, pin: str) -> frozenset[str]:
    """The types that the pin takes beside null; none where it is not declared, or takes one of a list."""
    schema = _schema(block, pin)
    if schema is None:
        return frozenset()
    found = alternatives(schema, definitions(schema))
    is_listed = any("enum" in one for one in found)
    return frozenset() if is_listed else frozenset(str(one.get("type", "any")) for one in found) - {"null"}


@lru_cache(maxsize=4_096)
def _converter(block: Block, pin: str) -> Converter:
    return converter(_schema(block, pin) or {})


def _schema(block: Block, pin: str) -> JsonObject | None:
    declared = block.pins({}).inputs.get(pin)
    return declared.schema if declared else None


def _said(before: Any, after: Any) -> str:
    kind = "true or false" if isinstance(after, bool) else "a number"
    shown = before if isinstance(before, str) else "list" if as_list(before) is not None else "object"
    shown = repr(shown[:_LONGEST_SHOWN]) if isinstance(before, str) else f"This {shown}"
    return f"{shown} is not {kind}; there it counted as {after!r}, and so it is written now."
