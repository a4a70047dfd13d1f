"""Reads the shapes that the platform's files have had: wrapped or bare, links beside or within the nodes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from backend.data.autogpt.elements import Ends, FileGraph, FileNode
from backend.data.graph import MAX_ID_LENGTH
from backend.data.graph_file import MAX_NAMED
from backend.data.graph_ids import MAX_SUB_GRAPHS, new_graph_id
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.util.errors import BadInput, GraphInvalid, Problem

MAX_NODES = 5_000
MAX_LINKS = 15_000
"""In all graphs of a file: what is read in well under a second. The largest known file has some hundred."""
_LONGEST = {"name": 500, "description": 100_000, "block_id": 200, "source_name": 500, "sink_name": 500}
_LONGEST_CUSTOM = 200
_MAX_VERSION = 2**31 - 1
_GRAPH_LISTS = ("sub_graphs", "subgraphs")
_LINK_LISTS = ("input_links", "output_links")

_OWN_MARKS = frozenset({"limits", "left_out"})
_OWN_NODE_MARKS = frozenset({"policy", "disabled"})
_MARKS = frozenset(
    {
        "graph_id", "is_active", "is_template", "subgraphs", "user_id", "created_at", "instructions",
        "recommended_schedule_cron", "forked_from_id", "forked_from_version", "input_schema", "output_schema",
        "credentials_input_schema", "has_external_trigger", "has_webhook_trigger", "has_human_in_the_loop",
        "has_sensitive_action", "trigger_setup_info",
    }
)  # fmt: skip
_NODE_MARKS = frozenset({*_LINK_LISTS, "graph_id", "graph_version", "webhook_id", "webhook"})


def unwrapped(value: Any) -> Any:
    """The graph itself where it comes as the body of a request: `{"graph": {…}, "source": …}`."""
    whole = as_object(value)
    inner = as_object((whole or {}).get("graph"))
    if whole is None or inner is None or "nodes" in whole:
        return value
    return {"graph_id": whole.get("graph_id"), **inner} if whole.get("graph_id") else inner


def is_from_autogpt(value: Any, retired_ids: frozenset[str]) -> bool:
    """Whether the document has what only files of the platform have; what the root says goes before the nodes.

    A document without any mark is one of our own, written by hand.
    """
    whole = as_object(unwrapped(value)) or {}
    if whole.keys() & _OWN_MARKS:
        return False
    if whole is not value or whole.keys() & _MARKS:
        return as_object(value) is not None
    nodes = [as_object(node) or {} for node in as_list(whole.get("nodes")) or []]
    if any(node.keys() & _OWN_NODE_MARKS for node in nodes):
        return False
    return any(node.keys() & _NODE_MARKS or _text_of(node, "block_id") in retired_ids for node in nodes)


def _text_of(whole: JsonObject, name: str) -> str:
    value = whole.get(name)
    return value if isinstance(value, str) else ""


def read_document(value: Any, user_id: str, key: str | None) -> list[FileGraph]:
    """The graphs of a file, the one that is imported first; all under new ids, the same for the same `key`.

    Raises:
        GraphInvalid: something is missing or of a wrong type; all problems, each with its path.
        BadInput: there is more in it than is read.
    """
    return _Reader(user_id, key).read(as_object(unwrapped(value)) or {})


class _Reader:
    def __init__(self, user_id: str, key: str | None) -> None:
        self.user_id = user_id
        self.key = key
        self.problems: list[Problem] = []
        self.nodes = self.links = 0

    def read(self, whole: JsonObject) -> list[FileGraph]:
        graphs: list[FileGraph] = []
        seen: dict[tuple[str, int], JsonObject] = {}
        for place, (path, one) in enumerate(_within(whole)):
            if place > MAX_SUB_GRAPHS:
                raise _too_many("graphs", MAX_SUB_GRAPHS + 1)
            graph = self._graph(path, one, new_graph_id(self.user_id, self.key, place))
            first = seen.setdefault((graph.file_id, graph.version), one) if graph.file_id else one
            if first is one or _by_itself(first) != _by_itself(one):
                graphs.append(graph)  # else it is nested and in the list as well
        if self.problems:
            raise GraphInvalid(tuple(self.problems))
        return graphs

    def _graph(self, path: str, whole: JsonObject, new_id: str) -> FileGraph:
        version, file_id = whole.get("version"), whole.get("id") or whole.get("graph_id")
        cron = whole.get("recommended_schedule_cron")
        graph = FileGraph(
            id=new_id,
            file_id=file_id[:MAX_ID_LENGTH] if isinstance(file_id, str) else "",
            version=version if type(version) is int and 0 < version <= _MAX_VERSION else 1,
            name=self._text(whole, "name", path) or "",
            description=self._text(whole, "description", path, is_required=False) or "",
            cron=cron.strip()[:100] or None if isinstance(cron, str) else None,
        )
        ids = _element_ids(new_id)
        listed = self._list(whole, "nodes", path)
        self._count(len(listed), 0)
        graph.nodes = [self._node(f"{path}nodes[{k}]", one, next(ids)) for k, one in enumerate(listed)]
        rows = self._rows(whole, listed, path)
        graph.ends = list(dict.fromkeys(self._ends(place, one) for place, one in rows))
        graph.link_ids = [next(ids) for _ in graph.ends]
        return graph

    def _count(self, nodes: int, links: int) -> None:
        self.nodes, self.links = self.nodes + nodes, self.links + links
        if self.nodes > MAX_NODES:
            raise _too_many("nodes", MAX_NODES)
        if self.links > MAX_LINKS:
            raise _too_many("links", MAX_LINKS)

    def _rows(self, whole: JsonObject, nodes: list[Any], path: str) -> Iterator[tuple[str, Any]]:
        """The links of a graph; where it lists none, those that its nodes list, which are there twice."""
        within = [
            (f"{path}nodes[{k}].{name}[{n}]", one)
            for k, node in enumerate(nodes)
            for name in (_LINK_LISTS if not whole.get("links") else ())
            for n, one in enumerate(as_list((as_object(node) or {}).get(name)) or [])
        ]
        listed = within or self._list(whole, "links", path)
        self._count(0, len(listed))
        return iter(within or [(f"{path}links[{k}]", one) for k, one in enumerate(listed)])

    def _node(self, path: str, value: Any, new_id: str) -> FileNode:
        whole = self._object(value, path)
        constants = whole.get("input_default")
        file_id = whole.get("id")
        return FileNode(
            id=new_id,
            file_id=file_id if isinstance(file_id, str) else "",
            block_id=self._text(whole, "block_id", f"{path}.") or "",
            constants=dict(self._object({} if constants is None else constants, f"{path}.input_default")),
            metadata=_metadata(as_object(whole.get("metadata")) or {}),
            has_webhook=bool(whole.get("webhook_id") or whole.get("webhook")),
        )

    def _ends(self, path: str, value: Any) -> Ends:
        whole = self._object(value, path)

        def text(name: str) -> str:
            return self._text(whole, name, f"{path}.", is_required=name.endswith("name")) or ""

        is_static = whole.get("is_static") is True
        return Ends(text("source_id"), text("source_name"), text("sink_id"), text("sink_name"), is_static)

    def _text(self, whole: JsonObject, name: str, path: str, *, is_required: bool = True) -> str | None:
        value = whole.get(name)
        if isinstance(value, str) and (value or not is_required):
            longest = _LONGEST.get(name)
            if longest is not None and len(value) > longest:
                self._problem(f"It has more than {longest:,} characters.", "Shorten it.", path + name)
                return None
            return value
        if value is not None and not isinstance(value, str):
            self._problem("It should be a text.", "Correct it.", path + name)
        elif is_required:
            said = "It is missing." if value is None else "It is empty."
            self._problem(said, "Add it.", path + name)
        return None

    def _list(self, whole: JsonObject, name: str, path: str) -> list[Any]:
        found = as_list(whole.get(name))
        if found is None:
            said = "It is missing." if whole.get(name) is None else "It should be a list."
            self._problem(said, "Add it.", path + name)
        return found or []

    def _object(self, value: Any, path: str) -> JsonObject:
        found = as_object(value)
        if found is None:
            self._problem("It should be an object.", "Correct it.", path)
        return found or {}

    def _problem(self, message: str, cure: str, path: str) -> None:
        self.problems.append(Problem(message, cure, path=path))
        if len(self.problems) >= MAX_NAMED:
            raise GraphInvalid(tuple(self.problems))


def _by_itself(whole: JsonObject) -> JsonObject:
    """Without the graphs in it, which one copy may have and another not."""
    return {name: value for name, value in whole.items() if name not in _GRAPH_LISTS}


def _within(whole: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The graph and those in its file at any depth, each with the path to it."""
    rest: list[tuple[str, JsonObject]] = [("", whole)]
    while rest:
        path, one = rest.pop(0)
        yield path, one
        for name in _GRAPH_LISTS:
            held = one.get(name)
            listed = list((as_object(held) or {}).values()) if as_list(held) is None else as_list(held) or []
            rest += [
                (f"{path}{name}[{k}].", inner)
                for k, inner in enumerate(map(as_object, listed[: MAX_SUB_GRAPHS + 1]))
                if inner is not None
            ]


def _element_ids(graph_id: str) -> Iterator[str]:
    """Ids for the nodes and links of a graph: its own, with a number in the place of the last digits."""
    return (f"{graph_id[:24]}{number:012x}" for number in count(1))


def _metadata(whole: JsonObject) -> JsonObject:
    """Where the node stands and what it is called; the rest is no business of ours."""
    place = as_object(whole.get("position")) or {}
    kept: JsonObject = {"position": {axis: _number(place.get(axis)) for axis in ("x", "y")}}
    name = whole.get("customized_name")
    if isinstance(name, str) and name.strip():
        kept["customized_name"] = name[:_LONGEST_CUSTOM]
    if whole.get("credentials_optional") is True:
        kept["credentials_optional"] = True
    return kept


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else 0.0


def _too_many(what: str, most: int) -> BadInput:
    problem = Problem(f"The file has more than {most:,} {what}.", "Import a part of it.")
    return BadInput(str(problem), problems=(problem,))
