"""The largest files that a server takes in, each heavy in another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson

from backend.data.autogpt.document import MAX_LINKS as READ_LINKS
from backend.data.autogpt.document import MAX_NODES as READ_NODES
from backend.data.autogpt.known_blocks import id_of
from backend.data.graph import MAX_LINKS, MAX_NODES
from backend.data.import_limits import MAX_VALUES as READ_VALUES
from backend.data.json_types import as_object
from backend.util.settings import Settings

MAX_BYTES: int = Settings.model_fields["max_body_bytes"].default
VALUE = "1ff065e9-88e8-4358-9d82-8dc91f622ba9"
AGENT = "e189baac-8c20-45a1-94a7-55177ea42565"
COMBINE = "e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85"
INPUT = "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b"
DICTIONARY = "b924ddf4-de4f-4b56-9a85-358930dcbc91"
MODEL = "1f292d4a-41a4-4977-9684-7c8d560b9f91"
LIST = id_of("CreateListBlock")
EXTEND = id_of("AddToListBlock")
UNKNOWN = "00000000-1111-4222-8333-444444444444"

Make = Callable[[], bytes]


def giant_files() -> Iterator[tuple[str, bytes]]:
    """Each with a name that says what it is, none longer than a request may be."""
    for name, make in _GIANTS.items():
        raw = make()
        assert len(raw) <= MAX_BYTES, name
        yield name, raw
    for name, filled in _FILLED.items():
        yield f"{name}, all bytes", filled.of(MAX_BYTES)
        yield f"{name}, all values", filled.with_values(READ_VALUES - 100)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A file that is full of one thing."""

    unit: bytes
    before: bytes = b'{"name":"x","links":[],"nodes":['
    after: bytes = b"]}"

    def of(self, size: int) -> bytes:
        """So many bytes, or a few less; the last comma is taken back."""
        times = (size - len(self.before) - len(self.after)) // len(self.unit)
        return self.before + (self.unit * times).removesuffix(b",") + self.after

    def with_values(self, count: int) -> bytes:
        """So many values, as an importer counts them before it parses; or all bytes."""
        return self.of(
            min(MAX_BYTES, count // _values(self.unit) * len(self.unit) + len(self.before) + len(self.after))
        )


def _graph(nodes: Iterable[bytes], links: Iterable[bytes] = (), more: bytes = b"") -> bytes:
    """A graph of the platform, of parts that are JSON already."""
    listed = b'"nodes":[' + b",".join(nodes) + b'],"links":[' + b",".join(links) + b"]"
    return b'{"id":"g","is_active":true,"name":"giant","description":"",' + listed + more + b"}"


def _node(number: int, block: str = VALUE, constants: object = None, **more: object) -> bytes:
    place = {"position": {"x": number, "y": 0}}
    node = {"id": f"n{number}", "block_id": block, "input_default": constants or {}, "metadata": place}
    return orjson.dumps(node | more)


def _link(number: int, source: str, sink: str) -> bytes:
    ends = zip(
        ("source_id", "source_name", "sink_id", "sink_name"),
        (*source.split("."), *sink.split(".")),
        strict=True,
    )
    return orjson.dumps({"id": f"l{number}", **dict(ends), "is_static": False})


def _most(count: int, links: int) -> bytes:
    """So many nodes and links, all of them right."""
    nodes = (_node(k, constants={"input": k}) for k in range(count))
    ends = ((k % (count - 3), k % (count - 3) + 1 + k // count) for k in range(links))
    return _graph(nodes, (_link(k, f"n{a}.output", f"n{b}.data") for k, (a, b) in enumerate(ends)))


def _ours(raw: bytes) -> bytes:
    """As a file of our own, with what only these have."""
    return raw.replace(b'"is_active":true', b'"limits":{}', 1)


def _copies() -> bytes:
    """Each link in its nodes only."""
    links = [_link(k, f"n{k}.output", f"n{k + 1}.data") for k in range(READ_NODES - 1)]
    nodes = [
        _node(k)[:-1] + b',"output_links":[' + links[k] + b'],"input_links":[' + links[k] + b"]}"
        for k in range(READ_NODES - 1)
    ]
    return b'{"name":"copies","nodes":[' + b",".join([*nodes, _node(READ_NODES - 1)]) + b"]}"


def _agents(schema: dict[str, object]) -> bytes:
    """Many nodes that run a graph, and many graphs that each of them may mean."""
    pins = sorted(as_object(schema["properties"]) or {})[:20]
    constants = {
        "graph_id": "gone",
        "graph_version": 1,
        "inputs": {},
        "input_schema": schema,
        "output_schema": {},
    }
    child = _graph([_node(k, INPUT, {"name": name}) for k, name in enumerate(pins)])
    children = [child.replace(b'"g"', b'"c%d"' % k) for k in range(200)]
    left = READ_VALUES - 1_000 - 200 * _values(child)
    calls = min(READ_NODES - 200 * len(pins), left // (_values(_node(0, AGENT, constants)) + 1))
    return _graph(
        [_node(k, AGENT, constants) for k in range(max(calls, 1))],
        more=b',"sub_graphs":[' + b",".join(children) + b"]",
    )


def _unmet(count: int, schema: str, key: str) -> dict[str, object]:
    """The constants of a node that runs a graph which is not in the file."""
    schemas = {"input_schema": {}, "output_schema": {}, schema: _schema(count)}
    return {"graph_id": "gone", "inputs": {}, **schemas, **{key % k: "x" for k in range(count) if key}}


def _loops(constants: object) -> bytes:
    """One list with these constants, with which many loops begin."""
    nodes = [_node(k, EXTEND, {"entry": 1}) for k in range(1, READ_NODES)]
    return _graph([_node(0, LIST, constants), *nodes], _loop_links(READ_NODES - 1, lambda _: 0, 1))


def _loop_links(count: int, source: Callable[[int], int], first: int | None = None) -> Iterator[bytes]:
    """A link from without and one from itself, for so many nodes."""
    for k in range(count):
        sink = f"n{k + (count if first is None else first)}"
        yield _link(2 * k, f"n{source(k)}.list", f"{sink}.list")
        yield _link(2 * k + 1, f"{sink}.updated_list", f"{sink}.list")


def _values(raw: bytes) -> int:
    return sum(raw.count(mark) for mark in (b",", b"[", b"{"))


def _schema(count: int) -> dict[str, object]:
    return {"type": "object", "properties": {f"p{k}": {"title": "é"} for k in range(count)}, "required": []}


def _nested(levels: int) -> bytes:
    """Graphs within graphs, so many levels deep."""
    raw = _graph([_node(0)])
    for _ in range(levels):
        raw = _graph([_node(0)], more=b',"sub_graphs":[' + raw + b"]")
    return raw


def _constants(count: int, key: str, value: object) -> Make:
    """One node with so many constants."""
    return lambda: _graph([_node(0, UNKNOWN, {key % k: value for k in range(count)})])


def _each(block: str, constants: object, count: int = READ_NODES) -> Make:
    """So many nodes of one block with these constants."""
    return lambda: _graph([_node(k, block, constants) for k in range(count)])


def _links_to(source: str, sink: str, count: int = READ_LINKS) -> Make:
    return lambda: _graph(
        [_node(0), _node(1)], (_link(k, source, sink % k if "%" in sink else sink) for k in range(count))
    )


_CREDENTIALS = {"id": "x", "provider": "github", "type": "api_key", "title": "t"}
_IN_NAME = b'{"nodes":[],"links":[],"name":"'
_IN_CONSTANT = b'{"name":"x","links":[],"nodes":[{"id":"a","block_id":"b","input_default":{"v":['
_OF_PLATFORM = (
    b'{"name":"x","links":[],"is_active":true,"nodes":[{"id":"a","block_id":"b","input_default":{"v":['
)

_FILLED: dict[str, _Filled] = {
    "empty lists": _Filled(b"[],"),
    "empty objects": _Filled(b"{},"),
    "small objects": _Filled(b'{"a":1},'),
    "whole numbers": _Filled(b"1,"),
    "fractions": _Filled(b"1.5,"),
    "short texts": _Filled('"é",'.encode()),
    "links that are empty objects": _Filled(b"{},", b'{"name":"x","nodes":[],"links":['),
    "graphs that are empty objects": _Filled(b"{},", b'{"name":"x","nodes":[],"links":[],"sub_graphs":['),
    "a value nobody reads": _Filled(b"[1],", b'{"name":"x","nodes":[],"links":[],"else":['),
    "one key again and again": _Filled(b'"a":[],', b'{"name":"x","nodes":[],"links":[],', b',"b":1}'),
    "lists in a constant": _Filled(b"[0],", _IN_CONSTANT, b"]}}]}"),
    "objects in a constant": _Filled(b'{"":{}},', _IN_CONSTANT, b"]}}]}"),
    "objects in a constant of the platform": _Filled(b'{"":{}},', _OF_PLATFORM, b"]}}]}"),
    "long texts in a constant": _Filled(b'"' + b"x" * 100 + b'",', _OF_PLATFORM, b"]}}]}"),
    "one text of commas": _Filled(b",[{", _IN_NAME, b'"}'),
    "deep lists in many places": _Filled(b"[" * 90 + b"]" * 90 + b","),
    "deep lists in a constant": _Filled(b"[" * 90 + b"]" * 90 + b",", _OF_PLATFORM, b"]}}]}"),
}

_GIANTS: dict[str, Make] = {
    "one text": lambda: _Filled(b"a", _IN_NAME, b'"}').of(MAX_BYTES),
    "escapes": lambda: _Filled(b"\\ud83d\\ude00", _IN_NAME, b'"}').of(MAX_BYTES),
    "half surrogates": lambda: _Filled(b"\\ud83d", _IN_NAME, b'"}').of(MAX_BYTES),
    "wrong bytes": lambda: _Filled(b"\xff", _IN_NAME, b'"}').of(MAX_BYTES),
    "a long number": lambda: _Filled(b"9", _IN_NAME.removesuffix(b'"'), b"}").of(MAX_BYTES),
    "zeros": lambda: b"\x00" * MAX_BYTES,
    "blanks": lambda: b" " * MAX_BYTES,
    "open lists": lambda: b"[" * MAX_BYTES,
    "open objects": lambda: b'{"a":' * (MAX_BYTES // 5),
    "open lists that are few": lambda: b"[" * (READ_VALUES - 100),
    "open objects that are few": lambda: b'{"a":' * (READ_VALUES - 100),
    "the largest graph": lambda: _most(READ_NODES, READ_LINKS),
    "the largest graph of our own": lambda: _ours(_most(MAX_NODES // 2, MAX_LINKS // 2)),
    "the largest graph that can be stored": lambda: _ours(_most(MAX_NODES, MAX_LINKS)),
    "links in their nodes only": _copies,
    "too many nodes": lambda: _graph([_node(k) for k in range(100_000)]),
    "too many small nodes": lambda: _graph([b'{"id":"a","block_id":"b"}'] * 250_000),
    "too many small nodes of our own": lambda: _ours(_graph([b'{"id":"a","block_id":"b"}'] * 250_000)),
    "wrong nodes of our own": lambda: _ours(_graph([b'{"id":"a","block_id":5}'] * READ_NODES)),
    "too many links": _links_to("n0.output", "n1.data", 120_000),
    "nodes of one id": lambda: _graph([_node(0)] * READ_NODES, [_link(0, "n0.output", "n0.data")]),
    "links of one id": lambda: _graph([_node(0), _node(1)], [_link(0, "n0.output", "n1.data")] * READ_LINKS),
    "links into one pin": _links_to("n0.output", "n1.data_#_%d"),
    "links into list places": _links_to("n0.output", "n1.data_$_%d"),
    "links from nowhere": _links_to("gone.output", "n1.data_#_%d"),
    "links to absent pins": _links_to("n0.answer", "n1.absent_#_%d"),
    "unknown blocks": _each(UNKNOWN, {"a": 1, "b_#_c": "x", "api_key": "", "credentials": _CREDENTIALS}),
    "model blocks": _each(MODEL, {"prompt": "p", "model": "gone", "credentials": _CREDENTIALS}),
    "texts to combine": _each(COMBINE, {f"input{k}": "x" for k in range(1, 40)}),
    "one text to combine": lambda: _graph([_node(0, COMBINE, {f"input{k}": "x" for k in range(200_000)})]),
    "choices": _each(
        INPUT, {"name": "x", "value": "1", "placeholder_values": [str(k) for k in range(20)]}, 10_000
    ),
    "one long choice": lambda: _graph(
        [_node(0, INPUT, {"name": "x", "placeholder_values": ["é"] * 300_000})]
    ),
    "far list places": _each(DICTIONARY, {"values_$_9999": 1, "values_$_9999_$_9999": 2}),
    "constants of many names": _constants(200_000, "key %d", None),
    "credentials of many names": _constants(110_000, "k%d_credentials", _CREDENTIALS),
    "credentials in a list": lambda: _graph(
        [_node(0, UNKNOWN, {"v": [{"credentials": _CREDENTIALS}] * 90_000})]
    ),
    "long names of pins": lambda: _graph(
        [_node(0, UNKNOWN, {"a" + "_#_k" * 1_000_000: 1, "b_$_" * 1_000_000: 2})]
    ),
    "graphs to choose from": lambda: _agents(_schema(20)),
    "graphs with few pins to choose from": lambda: _agents(_schema(1)),
    "large schemas": lambda: _agents(_schema(3_000)),
    "one large schema": lambda: _agents(_schema(100_000)),
    "keys of a graph that is not here": lambda: _graph(
        [_node(0, AGENT, _unmet(20_000, "input_schema", "token%d"))]
    ),
    "outputs of a graph that is not here": lambda: _graph(
        [_node(0, AGENT, _unmet(READ_LINKS, "output_schema", "")), _node(1)],
        (_link(k, f"n0.p{k}", f"n1.data_#_{k}") for k in range(READ_LINKS)),
    ),
    "loops that begin alike": lambda: _loops({f"values_$_{k}": k for k in range(9_999)}),
    "loops that begin with one list": lambda: _loops({"values": list(range(400_000))}),
    "loops that begin with far list places": lambda: _graph(
        [_node(k, LIST, {"values_$_9999": 1}) for k in range(READ_NODES // 2)]
        + [_node(k, EXTEND, {"entry": 1}) for k in range(READ_NODES // 2, READ_NODES)],
        _loop_links(READ_NODES // 2, lambda k: k),
    ),
    "one long circle": lambda: _graph(
        (_node(k) for k in range(READ_NODES)),
        (_link(k, f"n{k % READ_NODES}.output", f"n{(k + 1) % READ_NODES}.data") for k in range(READ_NODES)),
    ),
    "graphs in graphs": lambda: _nested(60),
    "graphs in graphs too deep": lambda: _nested(2_000),
    "too many graphs": lambda: _graph(
        [], more=b',"sub_graphs":[' + b",".join([_graph([_node(0)])] * 20_000) + b"]"
    ),
    "graphs of one id": lambda: _graph(
        [], more=b',"sub_graphs":[' + b",".join([_graph([_node(k) for k in range(90)])] * 200) + b"]"
    ),
    "long ids": lambda: _graph([_node(k) for k in range(50)], [_link(0, "n0.output", "n1.data")]).replace(
        b'"n', b'"' + b"n" * 300_000
    ),
}
