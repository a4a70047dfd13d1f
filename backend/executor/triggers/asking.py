"""Asks the block of a poll: its constants checked, its credentials fetched, in the time that it has."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from dataclasses import dataclass
from typing import Any, cast

import orjson

from backend.data.block import Block, PollRecord, PollResult
from backend.data.credential_fields import check_fits
from backend.data.graph import Graph
from backend.data.model import JsonObject
from backend.data.poll_store import LeasedPoll, WantedPoll
from backend.data.run import RunOptions
from backend.executor.bound import BoundNode
from backend.executor.program import FindBlock
from backend.executor.worker import Worker
from backend.integrations.secret_values import scrubber_for
from backend.util.errors import BlockError, BlockTimeout, BlockyardError

ANSWER_WITHIN_S = 60.0
SHORTEST_INTERVAL_S = 30.0
LONGEST_INTERVAL_S = 31 * 86_400.0
INTERVAL, EMIT_EXISTING = "interval_s", "emit_existing"
"""Inputs that a poll block may have: how often to ask, and whether what is there at the first time starts runs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service has answered. `inputs` of a run (JSON) by record id, oldest first, each once.

    `is_first`: it has never been asked before, or not the same thing.
    """

    options: RunOptions
    inputs: dict[str, str]
    cursor: JsonObject
    is_first: bool
    emits_existing: bool


def wanted_polls(graph: Graph, find_block: FindBlock) -> list[WantedPoll]:
    """The nodes of a graph that ask for news."""
    return [
        WantedPoll(node.id, block.id, interval_of(block, node.input_default))
        for node in graph.nodes
        if not node.disabled and (block := find_block(node.block_id)) is not None and block.poll_config
    ]


def interval_of(block: Block, constants: JsonObject) -> float:
    """As the node says, else its block's input, else its configuration."""
    assert block.poll_config is not None
    said = block.poll_config.interval_s
    if INTERVAL in block.Input.model_fields:
        default = block.Input.model_fields[INTERVAL].get_default(call_default_factory=True)
        given = constants.get(INTERVAL)
        said = next((one for one in (given, default) if isinstance(one, (int, float))), said)
    return min(max(float(said), SHORTEST_INTERVAL_S), LONGEST_INTERVAL_S)


async def ask(worker: Worker, leased: LeasedPoll) -> Asked:
    """Let the block ask its service.

    Raises:
        NotFound, GraphInvalid: the graph cannot be run.
        CredentialsError: the credentials are gone or refused.
        BlockTimeout: there was no answer in time.
        Exception: whatever the block raises.
    """
    options = RunOptions(trigger_node=leased.node_id)
    program = await worker.programs.get(leased.user_id, leased.graph_id, leased.graph_version, options)
    node = cast("BoundNode", program.trigger)
    program.bind_inputs({"payload": {}})
    data = node.input_model({}, {"payload": {}})
    keywords: dict[str, Any] = {}
    for pin in node.block.Input.credentials_pins():
        if (reference := getattr(data, pin, None)) is not None:
            keywords[pin] = await worker.services.credentials.get(leased.user_id, reference)
            check_fits(node.block.Input, pin, data, keywords[pin])
    about = _digest(node.constants)
    known = leased.cursor if leased.cursor is not None and leased.cursor["about"] == about else None
    scrubber = scrubber_for(keywords.values())
    try:
        result = await _poll(node.block, data, None if known is None else known["cursor"], keywords)
    except BlockyardError as error:
        error.args = (scrubber.text(str(error)), *error.args[1:])
        raise
    records = [PollRecord(record.id, scrubber.value(record.data)) for record in result.records]
    return Asked(
        options,
        _inputs(records),
        {"about": about, "cursor": scrubber.value(result.cursor)},
        known is None,
        bool(getattr(data, EMIT_EXISTING, False)),
    )


def _digest(constants: JsonObject) -> str:
    """By which it is told that a node asks for something else than before: another address, another filter."""
    asked = {name: value for name, value in constants.items() if name not in (INTERVAL, EMIT_EXISTING)}
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def _poll(block: Block, data: Any, cursor: Any, keywords: dict[str, Any]) -> PollResult:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            if inspect.iscoroutinefunction(block.poll):
                result = await block.poll(data, cursor=cursor, **keywords)
            else:
                result = await asyncio.to_thread(cast("Any", block.poll), data, cursor=cursor, **keywords)
    except TimeoutError as error:
        raise BlockTimeout(f"There was no answer within {ANSWER_WITHIN_S:g} s.") from error
    if not isinstance(result, PollResult):
        raise BlockError(f"{block.name}.poll gave {type(result).__name__} and no PollResult.")
    return result


def _inputs(records: list[PollRecord]) -> dict[str, str]:
    """What each record starts its run with.

    Raises:
        BlockError: a record has no id, or is no JSON.
    """
    found: dict[str, str] = {}
    for place, record in enumerate(records):
        if not record.id:
            raise BlockError(f"Record {place + 1} has no id, by which it would be known again.")
        if record.id not in found:
            try:
                found[record.id] = orjson.dumps({"payload": record.data}).decode()
            except TypeError as error:
                raise BlockError(f"The record {record.id[:80]!r} is no JSON: {error}.") from error
    return found
