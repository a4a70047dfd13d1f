"""Files that somebody might import as a graph: real ones, spoilt in one way after the other, and pure invention.

Each file follows from its number alone, so that one that does harm can be made again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "autogpt"
KEYS = (
    "id", "version", "name", "description", "nodes", "links", "sub_graphs", "subgraphs", "graph",
    "graph_id", "block_id", "input_default", "metadata", "position", "x", "customized_name", "input_links",
    "output_links", "source_id", "sink_id", "source_name", "sink_name", "is_static", "webhook_id",
    "webhook", "placeholder", "inputs", "input_schema", "output_schema", "properties", "required",
    "graph_version", "credentials", "value", "placeholder_values", "options", "input1", "format", "model",
    "api_key", "left_out", "pinned", "policy", "__proto__", "constructor", "__class__", "__dict__", "self",
    "cls", "model_config", "model_fields", "toString",
)  # fmt: skip
TEXTS = (
    "", " ", "a", "0", "true", "null", "größe 😀", "e\u0301", "\u202e", "\ud800", "\x00", "\x1b[31m", "'; DROP",
    "{{ 7 * 7 }}", "{% for %}", "../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1/", "NaN", "1e999",
    "tools", "tools_^_x_~_y", "error", "a_$_0", "a_$_99999999999", "a_$_-1", "a_$_x", "a_#_", "a_@___class__",
    "_$_", "_#_", "_#_" * 30, "a" + "_$_9" * 21, "values_#_" + "k" * 600, "input_$_9999", "$_0",
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**30, 0.5, -0.0, 1e308, float("nan"), float("inf"),
)  # fmt: skip
MOST_BYTES = 1_000_000
SPLICES = (
    b"\xff\xfe", b"\xed\xa0\x80", b"\x00", b"NaN", b"[" * 150, b'"', b"}", b"\\u0000", b"\\ud800", b"1e9999",
)  # fmt: skip

Mutation = Callable[[random.Random, Any], Any]


@cache
def fixtures() -> list[bytes]:
    """The files of the repository, as they are."""
    return [
        path.read_bytes()
        for path in sorted(FIXTURES.glob("*.json"))
        if not path.name.endswith(".expected.json")
    ]


def graph_file(number: int) -> bytes:
    """The file with this number."""
    rng = random.Random(number)
    kind = rng.random()
    if kind < 0.08:
        return _as_bytes(rng, _invented(rng, 0))
    document = orjson.loads(rng.choice(fixtures()))
    for _ in range(min(int(rng.expovariate(0.4)) + 1, 12)):
        document = rng.choice(_MUTATIONS)(rng, document)
        if _size(document) > MOST_BYTES:
            break
    raw = _as_bytes(rng, document)
    return _spliced(rng, raw) if kind < 0.14 else raw


def _as_bytes(rng: random.Random, document: Any) -> bytes:
    try:
        text = json.dumps(document, ensure_ascii=rng.random() < 0.5)
    except RecursionError:
        text = "[" * 2_000
    return text.encode("utf-8", errors="surrogatepass" if rng.random() < 0.5 else "replace")


def _spliced(rng: random.Random, raw: bytes) -> bytes:
    """With bytes cut off, put in, taken out or turned around."""
    start, end = sorted(rng.randrange(len(raw) + 1) for _ in range(2))
    return rng.choice(
        [
            raw[:start],
            raw[start:],
            raw[:start] + rng.choice(SPLICES) + raw[start:],
            raw[:start] + raw[end:],
            raw[:end] + raw[start:],
            raw[:start] + rng.randbytes(rng.randrange(1, 40)) + raw[start:],
            rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"PK\x03\x04"]) + raw,
            raw.decode(errors="replace").encode("utf-16"),
        ]
    )


def _size(value: Any) -> int:
    """How long it is as JSON; a number beyond all bounds where it is too deep to be written."""
    try:
        return len(json.dumps(value))
    except RecursionError:
        return 2 * MOST_BYTES


def _scalar(rng: random.Random) -> Any:
    kind = rng.random()
    if kind < 0.2:
        return rng.choice((None, True, False))
    return rng.choice(NUMBERS) if kind < 0.45 else rng.choice(TEXTS) if kind < 0.9 else rng.choice(KEYS)


def _invented(rng: random.Random, depth: int) -> Any:
    """Any value, of the words that graphs are made of."""
    kind = rng.random()
    if depth > 6 or kind < 0.3:
        return _scalar(rng)
    count = rng.randrange(6)
    if kind < 0.55:
        return [_invented(rng, depth + 1) for _ in range(count)]
    return {rng.choice(KEYS): _invented(rng, depth + 1) for _ in range(count)}


def _holders(rng: random.Random, document: Any) -> list[Any]:
    """A way from the document down to some list or object, each within the one before it."""
    way: list[Any] = []
    value = document
    while isinstance(value, (list, dict)) and value:
        way.append(value)
        value = value[_place(rng, value)]
        if rng.random() < 0.2:
            break
    return way


def _place(rng: random.Random, holder: Any) -> Any:
    return rng.randrange(len(holder)) if isinstance(holder, list) else rng.choice(list(holder))


def _at_random(change: Callable[[random.Random, Any, Any], None]) -> Mutation:
    """The change of one entry of a list or object somewhere in the document."""

    def mutate(rng: random.Random, document: Any) -> Any:
        way = _holders(rng, document)
        if way:
            change(rng, way[-1], _place(rng, way[-1]))
        return document

    return mutate


def _drop(rng: random.Random, holder: Any, place: Any) -> None:
    del holder[place]


def _retype(rng: random.Random, holder: Any, place: Any) -> None:
    holder[place] = _scalar(rng) if rng.random() < 0.6 else _invented(rng, 4)


def _deepen(rng: random.Random, holder: Any, place: Any) -> None:
    for _ in range(rng.choice((1, 2, 10, 60, 99, 101, 300))):
        holder[place] = [holder[place]] if rng.random() < 0.5 else {rng.choice(KEYS): holder[place]}


def _double(rng: random.Random, holder: Any, place: Any) -> None:
    if isinstance(holder, list):
        holder.extend([holder[place]] * min(rng.choice((1, 1, 2, 300)), MOST_BYTES // _size(holder[place])))
    else:
        holder[rng.choice(KEYS)] = holder[place]


def _rename(rng: random.Random, holder: Any, place: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice(KEYS if rng.random() < 0.6 else TEXTS)] = holder.pop(place)


def _enlarge(rng: random.Random, holder: Any, place: Any) -> None:
    value = holder[place]
    times = min(rng.choice((10, 100, 1_000, 50_000)), MOST_BYTES // _size(value))
    if isinstance(value, str):
        holder[place] = (value or "ü") * times
    elif isinstance(value, list):
        holder[place] = value * times
    elif isinstance(value, dict):
        value.update({f"{rng.choice(TEXTS)}{k}": _scalar(rng) for k in range(min(times, 1_000))})


def _empty(rng: random.Random, holder: Any, place: Any) -> None:
    holder[place] = type(holder[place])() if holder[place] is not None else {}


def _objects(document: Any, key: str) -> list[dict[str, Any]]:
    """The objects anywhere in the document that have this key."""
    found: list[dict[str, Any]] = []
    rest = [document]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            if key in value:
                found.append(value)
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)
    return found


def _cross(*keys: str) -> Mutation:
    """Puts what one object has under such a key, or a strange text, under one of another."""

    def mutate(rng: random.Random, document: Any) -> Any:
        key = rng.choice(keys)
        found = _objects(document, key)
        if found:
            others = _objects(document, rng.choice(keys))
            given = rng.choice(others).get(key, "") if others and rng.random() < 0.7 else rng.choice(TEXTS)
            if _size(given) < MOST_BYTES:
                rng.choice(found)[key] = json.loads(json.dumps(given))
        return document

    return mutate


def _other_block(rng: random.Random, document: Any) -> Any:
    """One node gets the block of another file."""
    nodes = _objects(document, "block_id")
    others = _objects(orjson.loads(rng.choice(fixtures())), "block_id")
    if nodes:
        rng.choice(nodes)["block_id"] = rng.choice(others)["block_id"]
    return document


def _constants(rng: random.Random, document: Any) -> Any:
    """Strange constants for one node."""
    nodes = [node for node in _objects(document, "input_default") if isinstance(node["input_default"], dict)]
    if nodes:
        constants = rng.choice(nodes)["input_default"]
        for _ in range(rng.randrange(1, 6)):
            constants[rng.choice(TEXTS if rng.random() < 0.5 else KEYS)] = _invented(rng, 4)
    return document


def _wrap(rng: random.Random, document: Any) -> Any:
    """The whole file within something."""
    key = rng.choice(("graph", "graph", "data", "sub_graphs", "nodes"))
    return rng.choice([{key: document, "source": "upload"}, [document], {key: [document]}])


def _embed(rng: random.Random, document: Any) -> Any:
    """Another file, or the same once more, among the graphs within."""
    other = document if rng.random() < 0.3 else orjson.loads(rng.choice(fixtures()))
    graphs = _objects(document, "nodes")
    if graphs:
        held = rng.choice(graphs)
        if _size(other) < MOST_BYTES // 30:
            held["sub_graphs"] = [json.loads(json.dumps(other))] * rng.choice((1, 1, 2, 30))
    return document


_MUTATIONS: tuple[Mutation, ...] = (
    *map(_at_random, (_drop, _drop, _retype, _retype, _deepen, _double, _rename, _enlarge, _empty)),
    _cross("id"),
    _cross("id", "graph_id", "block_id"),
    _cross("source_id", "sink_id"),
    _cross("source_name", "sink_name"),
    _cross("graph_id", "graph_version", "version"),
    _cross("input_schema", "output_schema", "inputs", "properties", "required"),
    _other_block,
    _constants,
    _wrap,
    _embed,
)
