"""Blocks that ask something of the platform: review, wait, run a graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.blocks.agent.review import AUTO_APPROVED, HumanInTheLoopBlock
from backend.blocks.agent.run_graph import AgentExecutorBlock
from backend.blocks.testing import DirectContext, checked_input
from backend.blocks.time.countdown import CountdownTimerBlock
from backend.data.block import BlockData, Decision, GraphResult
from backend.data.model import JsonObject
from backend.util.errors import InvalidInput


class Platform(DirectContext):
    """A context that answers as it is told, and keeps what it was asked."""

    def __init__(self, decision: Decision | None = None, is_safe_mode: bool = True) -> None:
        super().__init__()
        self.decision = decision
        self.is_safe_mode = is_safe_mode
        self.asked: list[Any] = []

    async def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision:
        self.asked.append((name, data, is_editable))
        assert self.decision is not None
        return self.decision

    async def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult:
        self.asked.append((graph_id, version, inputs))
        return GraphResult("run", [("b", 1), ("a", None), ("b", 2)])


async def run(
    block: Any, given: JsonObject, context: Platform, constants: JsonObject | None = None
) -> list[BlockData]:
    model = block.input_model(given if constants is None else constants)
    return [pair async for pair in block.run(model.model_validate(given), context=context)]


REVIEW = {"name": "Post?", "data": {"text": "draft"}}


@pytest.mark.parametrize(
    ("decision", "outputs"),
    [
        (Decision(True, {"text": "better"}), [("approved_data", {"text": "better"})]),
        (Decision(True, 1, "fine"), [("approved_data", 1), ("review_message", "fine")]),
        (Decision(False, None, "no"), [("rejected_data", None), ("review_message", "no")]),
        (Decision(False, {}), [("rejected_data", {})]),
    ],
)
async def test_a_review_gives_what_the_person_left(decision: Decision, outputs: list[BlockData]) -> None:
    context = Platform(decision)
    assert await run(HumanInTheLoopBlock(), {**REVIEW, "editable": False}, context) == outputs
    assert context.asked == [("Post?", {"text": "draft"}, False)]


async def test_without_safe_mode_nobody_is_asked() -> None:
    context = Platform(is_safe_mode=False)
    outputs = await run(HumanInTheLoopBlock(), REVIEW, context)
    assert outputs == [("approved_data", {"text": "draft"}), ("review_message", AUTO_APPROVED)]
    assert context.asked == []


async def test_each_turn_of_a_timer_ends_one_pause_after_the_one_before() -> None:
    context = Platform()
    began = datetime.now(UTC)
    given = {"seconds": "30", "minutes": 1, "hours": 0, "repeat": 3}
    assert await run(CountdownTimerBlock(), given, context) == [("output_message", "timer finished")] * 3
    first, second, third = context.waited
    assert timedelta(seconds=90) <= first - began < timedelta(seconds=100)
    assert (second - first, third - second) == (timedelta(seconds=90), timedelta(seconds=90))


async def test_a_timer_started_anew_waits_for_the_same_moment() -> None:
    moments: list[datetime] = []
    recorded = {"start": "2030-01-01T00:00:00+00:00"}

    class Again(Platform):
        async def step(self, key: str, fn: Any) -> Any:
            return recorded[key]

    for _ in range(2):
        context = Again()
        await run(CountdownTimerBlock(), {"days": 1}, context)
        moments += context.waited
    assert moments == [datetime(2030, 1, 2, tzinfo=UTC)] * 2


async def test_a_timer_of_nothing_does_not_wait() -> None:
    context = Platform()
    await run(CountdownTimerBlock(), {}, context)
    assert context.waited == []


CHILD: JsonObject = {
    "graph_id": "child",
    "graph_version": 2,
    "user_id": "the author's",
    "inputs": {"topic": "constant", "n": 1},
    "input_schema": {
        "properties": {"topic": {"type": "string"}, "n": {"$ref": "#/$defs/N"}, "must": {}},
        "required": ["topic", "must"],
        "$defs": {"N": {"type": "integer"}},
    },
    "output_schema": {"properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]},
}


async def test_a_graph_gets_constants_and_what_flows_and_its_outputs_come_in_order() -> None:
    context = Platform()
    outputs = await run(AgentExecutorBlock(), {**CHILD, "topic": "linked", "must": [1]}, context, CHILD)
    assert context.asked == [("child", 2, {"topic": "linked", "n": 1, "must": [1]})]
    assert outputs == [("b", 1), ("a", None), ("b", 2)]


async def test_no_value_that_flows_decides_which_graph_runs() -> None:
    constants = {**CHILD, "input_schema": {"properties": {"graph_id": {}, "inputs": {}}}}
    context = Platform()
    await run(
        AgentExecutorBlock(), {**constants, "graph_id": "other", "inputs": {"x": 1}}, context, constants
    )
    flowing = {"graph_id": "other", "inputs": {"x": 1}}
    assert context.asked == [("child", 2, {**CHILD["inputs"], **flowing})]


def test_the_pins_of_a_graph_are_its_inputs_and_outputs() -> None:
    pins = AgentExecutorBlock().pins(CHILD)
    shown = {name: pin.is_required for name, pin in pins.inputs.items() if not pin.is_hidden}
    assert shown == {"graph_id": True, "topic": False, "n": False, "must": True}
    assert pins.inputs["n"].schema == {"$ref": "#/$defs/N", "$defs": {"N": {"type": "integer"}}}
    assert list(pins.outputs) == ["error", "a", "b"]
    assert pins.outputs["a"].schema == {"type": "string"}


@pytest.mark.parametrize(
    "schema", [None, [], "x", {"properties": []}, {"properties": {"a": True}, "required": 5}]
)
def test_a_broken_schema_makes_no_pins_and_no_failure(schema: Any) -> None:
    pins = AgentExecutorBlock().pins({"graph_id": "child", "input_schema": schema, "output_schema": schema})
    assert set(pins.outputs) <= {"error", "a"}


def test_a_graph_to_run_has_to_be_named() -> None:
    with pytest.raises(InvalidInput, match="graph_id"):
        checked_input(AgentExecutorBlock(), {"inputs": {}})
