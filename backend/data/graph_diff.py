"""What changed from one graph to another: nodes, links and what is said of the whole, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from backend.data.graph import Graph
from backend.data.json_types import as_object
from backend.data.model import JsonObject

Path = tuple[str, ...]
Key = tuple[str, int]
"""An element's id, and which of several with this id: 0 in every graph that can run."""

_POSITION = ("metadata", "position")
_ELEMENTS = frozenset({"id", "version", "nodes", "links"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field; lists are compared as a whole. `before` of an added one and `after` of a removed one is None."""

    path: Path
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class ElementChange:
    """A node or a link that is in both; `nth` tells elements with the same id apart."""

    id: str
    label: str
    fields: list[FieldChange]
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """A node that stands elsewhere on the canvas."""

    id: str
    label: str
    before: JsonObject
    after: JsonObject
    nth: int = 0


@dataclass(frozen=True, slots=True)
class ElementsDiff:
    """Of nodes or of links. `order` has the ids as they stand after it, None where nothing was reordered."""

    added: list[JsonObject]
    removed: list[JsonObject]
    changed: list[ElementChange]
    order: list[str] | None


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """`fields` are those of the graph itself: name, description, limits."""

    fields: list[FieldChange]
    nodes: ElementsDiff
    moved: list[Move]
    links: ElementsDiff

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        parts = [self.fields, self.moved]
        for elements in (self.nodes, self.links):
            parts += [elements.added, elements.removed, elements.changed, elements.order or []]
        return not any(parts)


def diff(before: Graph, after: Graph) -> GraphDiff:
    """From one to the other. Ids and numbers of the graphs themselves are not compared."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    old_nodes, new_nodes = _by_key(old["nodes"]), _by_key(new["nodes"])
    return GraphDiff(
        fields=list(_changes(_whole(old), _whole(new))),
        nodes=_elements(old_nodes, new_nodes),
        moved=list(_moves(old_nodes, new_nodes)),
        links=_elements(_by_key(old["links"]), _by_key(new["links"])),
    )


def _whole(graph: JsonObject) -> JsonObject:
    return {name: value for name, value in graph.items() if name not in _ELEMENTS}


def _by_key(elements: Iterable[JsonObject]) -> dict[Key, JsonObject]:
    seen: Counter[str] = Counter()
    found: dict[Key, JsonObject] = {}
    for element in elements:
        found[element["id"], seen[element["id"]]] = element
        seen[element["id"]] += 1
    return found


def _elements(old: Mapping[Key, JsonObject], new: Mapping[Key, JsonObject]) -> ElementsDiff:
    added = [key for key in new if key not in old]
    kept = [key for key in old if key in new]
    changed = [
        ElementChange(key[0], _label(new[key]), fields, key[1])
        for key in kept
        if (fields := [one for one in _changes(old[key], new[key]) if one.path[:2] != _POSITION])
    ]
    return ElementsDiff(
        added=[new[key] for key in added],
        removed=[element for key, element in old.items() if key not in new],
        changed=changed,
        order=None if [*kept, *added] == list(new) else [key[0] for key in new],
    )


def _moves(old: Mapping[Key, JsonObject], new: Mapping[Key, JsonObject]) -> Iterator[Move]:
    for key, node in new.items():
        if key in old:
            before, after = old[key]["metadata"]["position"], node["metadata"]["position"]
            if before != after:
                yield Move(key[0], _label(node), before, after, key[1])


def _label(element: JsonObject) -> str:
    """What people call a node; of a link its id."""
    metadata = as_object(element.get("metadata")) or {}
    return str(metadata.get("customized_name") or element["id"])


def _changes(old: JsonObject, new: JsonObject, path: Path = ()) -> Iterator[FieldChange]:
    for name, before in old.items():
        if name not in new:
            yield FieldChange((*path, name), "removed", before=before)
    for name, after in new.items():
        here = (*path, name)
        if name not in old:
            yield FieldChange(here, "added", after=after)
            continue
        before, inner = as_object(old[name]), as_object(after)
        if before is not None and inner is not None:
            yield from _changes(before, inner, here)
        elif _written(old[name]) != _written(after):
            yield FieldChange(here, "changed", before=old[name], after=after)


def _written(value: Any) -> bytes:
    """By this two values are compared: for Python 1, 1.0 and true are equal."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
