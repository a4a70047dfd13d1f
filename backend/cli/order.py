"""What `blockyard run` is asked to do, read and checked before anything is opened or stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from backend.data.graph import Graph
from backend.data.graph_file import STANDARD_INPUT, read_graph_file, read_limited
from backend.data.model import JsonObject
from backend.data.run import RunOptions
from backend.executor.graph_problems import problems_in_file
from backend.executor.program import FindBlock, build
from backend.util.errors import BadInput, GraphInvalid
from backend.util.json_text import parse_json, refuse_unstorable


@dataclass(frozen=True, slots=True)
class Order:
    """`graph` is set for a file, `graph_id` for a stored graph."""

    graph: Graph | None
    graph_id: str
    inputs: JsonObject
    options: RunOptions


def read_order(
    name: str,
    pairs: list[str],
    inputs_file: str | None,
    options: RunOptions,
    *,
    max_bytes: int,
) -> Order:
    """The order. Of a graph from a file only the structure is checked (see `check`).

    Raises:
        BadInput, GraphInvalid, TooLarge: all problems at once, each with its cure.
    """
    inputs = read_inputs(pairs, inputs_file, max_bytes=max_bytes)
    if not names_file(name):
        return Order(None, name, inputs, options)
    graph = with_id(read_graph_file(name, max_bytes=max_bytes), name)
    return Order(graph, graph.id, inputs, options)


def names_file(name: str) -> bool:
    """Whether a graph is given as a file; anything that does not look like one is the id of a stored graph."""
    return name == STANDARD_INPUT or name.endswith(".json") or "/" in name or Path(name).is_file()


def with_id(graph: Graph, name: str) -> Graph:
    """The graph with an id: its own, or one that follows from the place of its file.

    So a file that is changed and run again becomes the next version of one graph, not a new graph.
    """
    if graph.id:
        return graph
    place = graph.digest() if name == STANDARD_INPUT else Path(name).resolve().as_uri()
    return graph.model_copy(update={"id": str(uuid5(NAMESPACE_URL, place))})


def check(graph: Graph, inputs: JsonObject, options: RunOptions, find_block: FindBlock) -> None:
    """Everything that keeps the graph, a graph that came with it, or this run of it from running.

    Raises:
        GraphInvalid: problems of the graphs.
        BadInput: problems of the inputs, when the graphs have none.
    """
    problems = problems_in_file(graph, find_block, options)
    if problems:
        raise GraphInvalid(tuple(problems))
    build(graph, find_block, options).bind_inputs(inputs)


def read_inputs(pairs: list[str], inputs_file: str | None, *, max_bytes: int) -> JsonObject:
    """The inputs of a file and those given one by one, which win.

    Raises:
        BadInput: a pair without `=`, a file that is no JSON object, a value that nobody can store.
    """
    inputs: JsonObject = {}
    if inputs_file is not None:
        inputs = _object_in(inputs_file, parse_json(read_limited(inputs_file, max_bytes=max_bytes)))
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadInput(f"The input {pair!r} has no name and value. Write it as --input name=value.")
        inputs[name] = read_value(value)
    refuse_unstorable(inputs)
    return inputs


def read_value(text: str) -> Any:
    """What a person means by a value on the command line: JSON where it is JSON, else the text itself."""
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return text


def _object_in(name: str, value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise BadInput(f'The file {name!r} holds no inputs. Write an object: {{"name": value}}.')
    return value  # pyright: ignore[reportUnknownVariableType]  # parsed from JSON, so its keys are texts
