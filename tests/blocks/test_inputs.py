"""Inputs of a graph in a run: what does not fit is refused before the run is there, with the input named."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.blocks.inputs.choice import AgentDropdownInputBlock
from backend.blocks.inputs.moment import AgentDateInputBlock, AgentTimeInputBlock
from backend.blocks.inputs.table import AgentTableInputBlock
from backend.blocks.inputs.toggle import AgentToggleInputBlock
from backend.data.block import Block
from backend.data.graph import Graph
from backend.data.json_types import describe
from backend.data.run_list import list_runs
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.errors import BadInput
from tests.support.engine import execute
from tests.support.graphs import graph, node

OPTIONS: dict[str, Any] = {"options": ["small", "large"]}


def _graph(block: type[Block], **constants: Any) -> Graph:
    return graph(
        [node("in", block, name="it", **constants), node("out", AgentOutputBlock, name="out")],
        ["in.result -> out.value"],
    )


REFUSED: list[tuple[type[Block], dict[str, Any], dict[str, Any], str]] = [
    (AgentDropdownInputBlock, OPTIONS, {"it": "huge"}, "'huge' is not one of 'small', 'large'"),
    (AgentDropdownInputBlock, OPTIONS, {"it": ""}, "'small', 'large'"),
    (AgentDropdownInputBlock, OPTIONS, {"it": ["small", "large"]}, "'small', 'large'"),
    (AgentDropdownInputBlock, OPTIONS, {}, "missing"),
    (AgentDropdownInputBlock, {**OPTIONS, "value": "huge"}, {}, "'huge' is not one of 'small', 'large'"),
    (AgentDropdownInputBlock, {**OPTIONS, "value": ""}, {}, "'small', 'large'"),
    (AgentDropdownInputBlock, {"placeholder_values": ["a"]}, {"it": "b"}, "'a'"),
    (AgentDropdownInputBlock, {"options_$_0": "a"}, {"it": "b"}, "'a'"),
    (AgentDateInputBlock, {}, {"it": "2026-02-30"}, "like 2026-03-09"),
    (AgentDateInputBlock, {}, {"it": {"day": 1}}, "like 2026-03-09"),
    (AgentDateInputBlock, {}, {"it": ""}, "missing"),
    (AgentDateInputBlock, {"value": ""}, {}, "missing"),
    (AgentDateInputBlock, {}, {}, "missing"),
    (AgentTimeInputBlock, {}, {"it": "half past two"}, "like 14:30"),
    (AgentTimeInputBlock, {"value": ""}, {"it": None}, "missing"),
    (AgentToggleInputBlock, {}, {"it": "perhaps"}, "true or false"),
    (AgentTableInputBlock, {}, {"it": [["a"]]}, "object"),
    (AgentInputBlock, {}, {"it": None}, "missing"),
]
TAKEN: list[tuple[type[Block], dict[str, Any], dict[str, Any], Any]] = [
    (AgentDropdownInputBlock, OPTIONS, {"it": "large"}, "large"),
    (AgentDropdownInputBlock, {**OPTIONS, "value": "small"}, {}, "small"),
    (AgentDropdownInputBlock, {**OPTIONS, "value": ""}, {"it": "small"}, "small"),
    (AgentDropdownInputBlock, {"options": [1, 2]}, {"it": 2}, "2"),
    (AgentDropdownInputBlock, {}, {"it": "größe 😀"}, "größe 😀"),
    (AgentDateInputBlock, {"value": ""}, {"it": " 2026-03-09 "}, "2026-03-09"),
    (AgentTimeInputBlock, {"value": "14:30"}, {}, "14:30"),
    (AgentToggleInputBlock, {}, {}, False),
    (AgentToggleInputBlock, {"value": False}, {"it": "yes"}, True),
    (AgentTableInputBlock, {}, {}, []),
    (AgentTableInputBlock, {"value": [{"a": 1}]}, {"it": []}, []),
]


async def test_what_does_not_fit_is_refused_at_the_start_with_the_input_named(worker: Worker) -> None:
    for block, constants, given, said in REFUSED:
        with pytest.raises(BadInput) as refusal:
            await execute(worker, _graph(block, **constants), given)
        (problem,) = refusal.value.problems
        assert (refusal.value.status, problem.path) == (400, "inputs.it"), (block, constants, given)
        assert said in str(problem), (block, constants, given)
    async with worker.database.begin() as connection:
        assert (await list_runs(connection, LOCAL_USER_ID, limit=10)).runs == []


async def test_what_fits_is_given_on(worker: Worker) -> None:
    for block, constants, given, expected in TAKEN:
        run = await execute(worker, _graph(block, **constants), given)
        assert (run.status, run.output) == ("completed", {"out": [expected]}), (block, constants, given)


async def test_a_choice_that_comes_over_a_link_is_checked_when_it_comes(worker: Worker) -> None:
    linked = graph(
        [
            node("value", AgentInputBlock, name="value", value="huge"),
            node("in", AgentDropdownInputBlock, name="it", value="small", **OPTIONS),
        ],
        ["value.result -> in.value"],
    )
    run = await execute(worker, linked, {"it": "large"})
    ((place, code, message),) = run.errors
    assert (run.status, place, code) == ("failed", "in", "block_failed")
    assert message == "There is no option 'huge'. Choose one of: 'small', 'large'."


def test_the_options_are_the_enum_of_the_value() -> None:
    block = AgentDropdownInputBlock()
    schema = block.pins({"options": ["b", "a", "b"]}).inputs["value"].schema
    assert (schema["type"], schema["enum"]) == ("string", ["b", "a"])
    assert schema["description"] == block.pins({}).inputs["value"].schema["description"]
    assert describe(block.pins({"options": []}).inputs["value"].schema) == "text or nothing"
    assert block.pins({"options": [None]}) == block.pins({"options": {"a": 1}, "options_$_0": "a"})
