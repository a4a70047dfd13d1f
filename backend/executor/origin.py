"""Runs that begin where another one has ended: what of it can be taken over."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import NoReturn

import orjson

from backend.data import graph_store, run_store
from backend.data.db import Database
from backend.data.model import JsonObject
from backend.data.run import RunOptions
from backend.executor.journal_reader import read_segments
from backend.executor.program import Program
from backend.executor.reuse import Recording, Reuse, usable_nodes
from backend.util.errors import BadInput, Conflict, NotFound, Problem


async def load_reuse(
    database: Database, user_id: str, program: Program, inputs: JsonObject, options: RunOptions
) -> Reuse | None:
    """What a run with these inputs and options takes over; None when it names no other run.

    Nothing is taken over from one that is gone.
    """
    if options.from_run is None:
        return None
    try:
        async with database.begin() as connection:
            origin = await run_store.load_origin(connection, user_id, options.from_run)
            before = await graph_store.load_graph(
                connection, user_id, origin.graph_id, origin.graph_version, is_deleted_too=True
            )
    except NotFound:
        return Reuse(options.from_run, Recording([]), ())
    async with database.raw() as raw:
        segments = await read_segments(raw, options.from_run)
    recording = Recording([node.id for node in before.nodes]).read(segments)
    changed = _changed_inputs(program, orjson.loads(origin.inputs), inputs)
    options_then = RunOptions.model_validate_json(origin.options)
    usable = usable_nodes(program, before, options_then, changed, options)
    return Reuse(options.from_run, recording, usable)


def _changed_inputs(program: Program, before: JsonObject, now: JsonObject) -> Collection[int]:
    """The input nodes whose value is not what it was."""
    overrides = program.bind_inputs(now)
    then: dict[int, JsonObject] | None = None
    with suppress(BadInput):  # the graph had other inputs
        then = program.bind_inputs(before)
    entries = [node.index for nodes in program.inputs.values() for node in nodes]
    entries += [] if program.trigger is None else [program.trigger.index]
    return {index for index in entries if then is None or overrides.get(index) != then.get(index)}


def bind_edits(program: Program, options: RunOptions) -> dict[int, JsonObject]:
    """The edits of the options: node index -> pin -> value.

    Raises:
        BadInput: there is no such node, or no such pin; all of them are named.
    """
    if options.from_node is None and not options.edits:
        return {}
    nodes = {node.id: node for node in program.by_plan}
    problems = [
        Problem("The graph has no such node that runs.", "Choose one of its nodes.", path=path)
        for node_id, path in [
            *((node_id, f"edits.{node_id}") for node_id in options.edits),
            *([(options.from_node, "from_node")] if options.from_node is not None else []),
        ]
        if node_id not in nodes
    ]
    problems += [
        Problem(
            f"The node {nodes[node_id].label!r} has no input {pin!r}.",
            f"It has: {', '.join(map(repr, nodes[node_id].pins.inputs))}.",
            node_id,
            path=f"edits.{node_id}.{pin}",
        )
        for node_id, edits in options.edits.items()
        for pin in edits
        if node_id in nodes and pin not in nodes[node_id].pins.inputs
    ]
    if problems:
        _refuse(*problems)
    return {nodes[node_id].index: edits for node_id, edits in options.edits.items()}


async def check_origin(database: Database, user_id: str, graph_id: str, options: RunOptions) -> None:
    """Refuse what cannot be gone on from.

    Raises:
        NotFound: there is no such run, or it is another user's.
        BadInput, Conflict: it is of another graph, a part of another run, or not over.
    """
    if options.from_run is None:
        if options.from_node is not None:
            _refuse(
                Problem("from_node says where in a run.", "Say which run with from_run.", path="from_node")
            )
        return
    async with database.begin() as connection:
        origin = await run_store.load_origin(connection, user_id, options.from_run)
    if origin.graph_id != graph_id:
        _refuse(Problem("This is a run of another graph.", "Choose one of this graph.", path="from_run"))
    if origin.parent_run_id is not None:
        _refuse(
            Problem(
                "This run is a part of another one.", f"Choose that: {origin.root_run_id!r}.", path="from_run"
            )
        )
    if not origin.status.is_final:
        raise Conflict(f"The run is still {origin.status.value}. Wait for its end, or cancel it first.")


def _refuse(*problems: Problem) -> NoReturn:
    raise BadInput("; ".join(map(str, problems)), problems=problems)
