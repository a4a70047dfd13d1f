"""Loops that begin with a value from outside: here a loop begins with a constant of the pin it comes back to.

There the queue of such a pin holds the first value, then what comes back. Here a value from outside serves
every item, so each turn of the loop would begin anew.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from backend.data.autogpt.circles import circles
from backend.data.autogpt.elements import FileGraph, FileLink, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.sub_agents import is_agent, is_input
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.data.pins import base_name, fold

_MOST_BYTES = 1_048_576
"""Of the first values of a file's loops, which stand in each of the pins then."""
_MOST_READ = 500
"""Outputs of a file that are asked for their first value."""
_MOST_CONSTANTS = 1_000
_MADE_CONSTANT = "The loop begins with this value, which came over a link: it is a constant of the pin now."


class Loops:
    """The loops of a file. Each output is read once, and what all of them hold is bounded."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._values: dict[tuple[str, str], tuple[Any, int]] = {}
        self._left = _MOST_BYTES

    def begin_with_constants(self, graph: FileGraph) -> None:
        """Where the first value is known, put it into the pin and take the link off."""
        gone: set[int] = set()
        for first in list(self._begun(graph.links)):
            value, size = self._first_value(first)
            if size <= self._left:
                self._left -= size
                _put(first.sink, first.sink_name, copy.deepcopy(value))
                gone.add(id(first))
                self._findings.change(graph, first.sink, first.sink_name, _MADE_CONSTANT)
        if gone:
            graph.links = [link for link in graph.links if id(link) not in gone]

    def _begun(self, links: list[FileLink]) -> Iterator[FileLink]:
        """Links that bring a value known beforehand to a pin at which else only a loop comes back."""
        arriving: dict[tuple[str, str], list[FileLink]] = defaultdict(list)
        for link in links:
            arriving[link.sink.id, link.sink_name].append(link)
        fed, numbers = {sink_id for sink_id, _ in arriving}, circles(links)
        for found in arriving.values():
            outside = [link for link in found if numbers[link.source.id] != numbers[link.sink.id]]
            back = len(found) - len(outside)
            if len(outside) != 1 or not back or not _may_begin(outside[0].sink, outside[0].sink_name):
                continue
            is_kept = any(link.is_static for link in found if link is not outside[0])
            if (
                not is_kept
                and outside[0].source.id not in fed
                and self._first_value(outside[0])[0] is not None
            ):
                yield outside[0]

    def _first_value(self, link: FileLink) -> tuple[Any, int]:
        """What the source gives without having been given anything, and its bytes; None: nobody can tell."""
        place = link.source.id, link.source_name
        if place not in self._values:
            is_read = len(self._values) < _MOST_READ and len(link.source.constants) <= _MOST_CONSTANTS
            value = _read(link.source, link.source_name) if is_read else None
            size = 0 if value is None else len(orjson.dumps(value))
            self._values[place] = (value, size) if size <= self._left else (None, 0)
        return self._values[place]


def _may_begin(sink: FileNode, pin: str) -> bool:
    """Whether a constant of the pin counts: its block is here, and it is no part of a value."""
    if sink.block is None or base_name(pin) != pin:
        return False
    return not is_agent(sink) or is_input(sink, pin)


def _put(sink: FileNode, pin: str, value: Any) -> None:
    """Nodes that run a graph keep the values of its inputs together."""
    if is_agent(sink):
        sink.constants["inputs"][pin] = value
    else:
        sink.constants[pin] = value


def _read(source: FileNode, pin: str) -> Any:
    if source.block is None or source.disabled:
        return None
    read = _READERS.get((source.block.name, pin))
    return None if read is None else read(_constants(source))


def _constants(node: FileNode) -> JsonObject:
    try:
        return fold(node.constants)
    except ValueError:
        return {}


def _list_made(given: JsonObject) -> Any:
    is_whole = given.get("max_size") is None and given.get("max_tokens") is None
    return as_list(given.get("values")) if is_whole else None


def _list_extended(given: JsonObject) -> Any:
    first, more, entry = as_list(given.get("list", [])), as_list(given.get("entries", [])), given.get("entry")
    if first is None or more is None or given.get("position") is not None:
        return None
    return [*first, *more, *([] if entry is None else [entry])]


def _object_made(given: JsonObject) -> Any:
    return as_object(given.get("values"))


def _value_stored(given: JsonObject) -> Any:
    return given.get("data") or given.get("input")


_READERS: Mapping[tuple[str, str], Callable[[JsonObject], Any]] = {
    ("CreateListBlock", "list"): _list_made,
    ("AddToListBlock", "updated_list"): _list_extended,
    ("CreateDictionaryBlock", "dictionary"): _object_made,
    ("StoreValueBlock", "output"): _value_stored,
}
