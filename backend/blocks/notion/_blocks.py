"""Blocks of Notion: how they are built and looked into, and how they are cut into requests. Pure.

Source: https://developers.notion.com/reference/block, https://developers.notion.com/reference/request-limits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.model import JsonObject

MAX_CHILDREN = 100
"""In one list of one request."""
MAX_BLOCKS = 1_000
"""In one request, nested ones included."""
MAX_BYTES = 450_000
"""Of one request; Notion's limit is 500 KB."""
MAX_NESTED = 2
"""Levels below the blocks of a request."""


@dataclass(slots=True)
class Batch:
    """Blocks of one request, and what goes into some of them once they are there: place -> blocks."""

    blocks: list[JsonObject] = field(default_factory=list[JsonObject])
    later: dict[int, list[JsonObject]] = field(default_factory=dict[int, list[JsonObject]])


def block(kind: str, **inner: object) -> JsonObject:
    """A block to send."""
    return {"object": "block", "type": kind, kind: inner}


def kind_of(one: JsonObject) -> str:
    return text_at(one, "type")


def inner_of(one: JsonObject) -> JsonObject:
    """What a block says of its own kind."""
    return object_at(one, kind_of(one))


def children_of(one: JsonObject) -> list[JsonObject]:
    return objects_at(inner_of(one), "children")


def with_children(one: JsonObject, children: Sequence[JsonObject]) -> JsonObject:
    """The block with these and no others."""
    inner = {name: value for name, value in inner_of(one).items() if name != "children"}
    return {**one, kind_of(one): {**inner, "children": list(children)} if children else inner}


def batches(blocks: Sequence[JsonObject]) -> list[Batch]:
    """The requests in which blocks go, in order; what is too deep or too much for one comes in `later`."""
    found: list[Batch] = []
    count = size = 0
    for one in blocks:
        sent, later = _portion(one)
        weight, length = _weight(sent), _size(sent)
        is_full = bool(found) and len(found[-1].blocks) == MAX_CHILDREN
        if not found or is_full or count + weight > MAX_BLOCKS or size + length > MAX_BYTES:
            found.append(Batch())
            count = size = 0
        batch = found[-1]
        if later:
            batch.later[len(batch.blocks)] = later
        batch.blocks.append(sent)
        count, size = count + weight, size + length
    return found


def _portion(one: JsonObject) -> tuple[JsonObject, list[JsonObject]]:
    """What goes at once, and what goes into it afterwards. A table has to come with rows."""
    children = children_of(one)
    if _fits(one, MAX_NESTED) and _weight(one) <= MAX_BLOCKS and _size(one) <= MAX_BYTES:
        return one, []
    first = _first_rows(children) if kind_of(one) == "table" else 0
    return with_children(one, children[:first]), children[first:]


def _first_rows(rows: Sequence[JsonObject]) -> int:
    """How many rows of a table go with it: at least one."""
    size = 0
    for count, row in enumerate(rows[:MAX_CHILDREN]):
        size += _size(row)
        if size > MAX_BYTES // 2:
            return max(1, count)
    return min(len(rows), MAX_CHILDREN)


def _fits(one: JsonObject, levels: int) -> bool:
    children = children_of(one)
    if not children:
        return True
    return (
        levels > 0 and len(children) <= MAX_CHILDREN and all(_fits(child, levels - 1) for child in children)
    )


def _weight(one: JsonObject) -> int:
    return 1 + sum(map(_weight, children_of(one)))


def _size(one: JsonObject) -> int:
    return len(json.dumps(one, ensure_ascii=False).encode(errors="replace"))
