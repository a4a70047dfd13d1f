"""Loops that begin with a value from outside: here a loop begins with a constant of the pin it comes back to.

There the queue of such a pin holds the first value, then what comes back. Here a value from outside serves
every item, so each turn of the loop would begin anew.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from backend.data.autogpt.elements import FileGraph, FileLink, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.data.pins import base_name, fold

_MOST_LOOPS = 50
"""Of one graph; each is a walk through all of it."""
_MADE_CONSTANT = "The loop begins with this value, which came over a link: it is a constant of the pin now."


def begin_with_constants(graph: FileGraph, findings: Findings) -> None:
    """Where the first value is known, put it into the pin and take the link off."""
    sinks: dict[str, list[str]] = defaultdict(list)
    for link in graph.links:
        sinks[link.source.id].append(link.sink.id)
    gone: set[int] = set()
    for first, rest in islice(_begun(graph.links), _MOST_LOOPS):
        behind = _reachable(first.sink.id, sinks)
        if all(link.source.id in behind for link in rest):
            first.sink.constants[first.sink_name] = copy.deepcopy(_first_value(first))
            gone.add(id(first))
            findings.change(graph, first.sink, first.sink_name, _MADE_CONSTANT)
    if gone:
        graph.links = [link for link in graph.links if id(link) not in gone]


def _begun(links: list[FileLink]) -> Iterator[tuple[FileLink, list[FileLink]]]:
    """Pins with one link whose value is known beforehand: that one, and the others, which may be a loop's."""
    arriving: dict[tuple[str, str], list[FileLink]] = defaultdict(list)
    for link in links:
        arriving[link.sink.id, link.sink_name].append(link)
    fed = {sink_id for sink_id, _ in arriving}
    for (_, pin), found in arriving.items():
        if len(found) < 2 or base_name(pin) != pin:
            continue
        known = [link for link in found if link.source.id not in fed and _first_value(link) is not None]
        rest = [link for link in found if link not in known]
        if len(known) == 1 and not any(link.is_static for link in rest):
            yield known[0], rest


def _reachable(start: str, sinks: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    rest = [start]
    while rest:
        for sink in sinks.get(rest.pop(), ()):
            if sink not in found:
                found.add(sink)
                rest.append(sink)
    return found


def _first_value(link: FileLink) -> Any:
    """What the source gives without having been given anything; None when that cannot be read off it."""
    source = link.source
    if source.block is None or source.disabled:
        return None
    read = _READERS.get((source.block.name, link.source_name))
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
