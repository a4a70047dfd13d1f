"""Blocks that decide, fail on purpose, count and draw lots."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.blocks import Catalogue, catalogue
from backend.blocks.basic.log import MAX_SHOWN_CHARS, PrintToConsoleBlock
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.basic.values import StoreValueBlock
from backend.blocks.logic._matching import matches
from backend.blocks.logic.branch import BranchBlock
from backend.blocks.logic.if_matches import IfInputMatchesBlock
from backend.blocks.logic.raise_error import RaiseErrorBlock
from backend.blocks.logic.switch import SwitchByValueBlock, pin_of
from backend.blocks.numbers.random_choice import RandomChoiceBlock
from backend.blocks.numbers.random_number import RandomNumberBlock
from backend.blocks.numbers.round import RoundNumberBlock
from backend.blocks.numbers.statistics import StatisticsBlock
from backend.blocks.numbers.uuid import GenerateUuidBlock
from backend.blocks.testing import DirectContext, run_block_directly
from backend.data.block import Block, BlockData, TestCase
from backend.data.pins import base_name
from backend.executor.worker import Worker
from tests.support.engine import execute
from tests.support.graphs import graph, node, retries


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue()


def outputs(block: Block, **given: Any) -> list[BlockData]:
    return run_block_directly(block, TestCase(given, []))


# -- matching --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1, 1), (1, "1"), (1, " 1.0 "), (1, 1.0), (1, True), (1.5, "1.5"), ("1", 1), ("5", 5.0), (True, "yes"),
        (False, 0), ([1], 1), (["a"], '["a"]'), ({"a": 1}, '{"a": 1}'), (None, None), ("", ""), ("[1]", [1]),
    ],
)  # fmt: skip
def test_a_value_matches_what_becomes_it(value: Any, wanted: Any) -> None:
    assert matches(value, wanted)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1, "one"), (1, 1.5), (1, [1]), ("a", "A"), ("a", " a"), (None, 0), (None, ""), ("", None), (0, None),
        (True, "maybe"), ({"a": 1}, [1]), ([1], "[2]"), ({}, "{"), ("null", None),
    ],
)  # fmt: skip
def test_other_values_do_not_match(value: Any, wanted: Any) -> None:
    assert not matches(value, wanted)


@pytest.mark.parametrize(("condition", "pin"), [(None, "no"), (False, "no"), ("FALSE\n", "no"), (-1, "yes")])
def test_a_condition_of_nothing_means_no(condition: Any, pin: str) -> None:
    assert outputs(BranchBlock(), value=None, condition=condition) == [(pin, None)]


def test_nothing_matches_nothing_only() -> None:
    block = IfInputMatchesBlock()
    given = {"input": None, "yes_value": 1, "no_value": 2}
    assert outputs(block, value=None, **given) == [("result", True), ("yes_output", 1)]
    assert outputs(block, value="", **given) == [("result", False), ("no_output", 2)]


# -- one of many ways ------------------------------------------------------------------------------------


def test_a_switch_has_an_output_for_each_case() -> None:
    block = SwitchByValueBlock()
    cases = {"a": 1, "b_#_c": 2, "error": 3, "default": 4, "tools": 5, "": 6}
    assert list(block.pins({"cases": cases}).outputs) == [
        "a", "b-#-c", "case error", "case default", "case tools", "case without a name", "default", "error",
    ]  # fmt: skip
    assert list(block.pins({"cases_#_x y": 1, "cases_#_z": 2}).outputs) == ["x y", "z", "default", "error"]


@pytest.mark.parametrize("constants", [{}, {"cases": None}, {"cases": [1]}, {"cases": 5, "cases_#_a": 1}])
def test_a_switch_without_cases_has_the_usual_outputs(constants: dict[str, Any]) -> None:
    assert list(SwitchByValueBlock().pins(constants).outputs) == ["default", "error"]


@given(st.text(alphabet="_#$@a", max_size=12))
def test_the_output_of_a_case_is_one_name(case: str) -> None:
    assert base_name(pin_of(case)) == pin_of(case)


@pytest.mark.parametrize(
    ("value", "way"),
    [(1, "a_#_b"), ("two", "größe 😀"), ("error", "error"), ("other", "default"), (None, "default")],
)
async def test_a_value_leaves_a_switch_at_its_case(worker: Worker, value: Any, way: str) -> None:
    cases = {"a_#_b": 1, "größe 😀": ["zwei", "two"], "error": None}
    ways = {case: pin_of(case) for case in cases} | {"default": "default"}
    made = graph(
        [
            node("value", StoreValueBlock, input=[value]),
            node("switch", SwitchByValueBlock, cases=cases),
            *(node(f"out{place}", AgentOutputBlock, name=name) for place, name in enumerate(ways)),
        ],
        [
            "value.output_$_0 -> switch.value",
            *(f"switch.{pin} -> out{place}.value" for place, pin in enumerate(ways.values())),
        ],
    )
    run = await execute(worker, made)
    assert (run.status, run.output) == ("completed", {way: [value]})


# -- failing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["block_failed", "invalid_input", "limit_reached"])
async def test_a_raised_error_fails_the_run_with_its_kind(worker: Worker, kind: str) -> None:
    made = graph([node("fail", RaiseErrorBlock, message="Zu groß 😀", kind=kind)])
    run = await execute(worker, made)
    assert (run.status, run.errors) == ("failed", [("fail", kind, "Zu groß 😀")])


async def test_a_raised_error_is_retried_by_its_kind(worker: Worker) -> None:
    for kind, attempts in (("block_failed", 2), ("limit_reached", 1)):
        made = graph([node("fail", RaiseErrorBlock, message="m", kind=kind, policy=retries(1))])
        run = await execute(worker, made)
        assert sum(event.kind == "retried" for event in run.events) == attempts - 1


async def test_a_raised_error_can_be_handled(worker: Worker) -> None:
    made = graph(
        [node("fail", RaiseErrorBlock, message="handled"), node("out", AgentOutputBlock, name="out")],
        ["fail.error -> out.value"],
    )
    run = await execute(worker, made)
    assert (run.status, run.output) == ("completed", {"out": ["handled"]})


# -- numbers ---------------------------------------------------------------------------------------------

NUMBERS = st.lists(st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6), min_size=2, max_size=50)


@given(NUMBERS)
def test_statistics_agree_with_those_of_python(numbers: list[int | float]) -> None:
    found = dict(outputs(StatisticsBlock(), numbers=numbers, percentiles=[0, 25, 50, 75, 100]))
    assert found["count"] == len(numbers)
    assert found["sum"] == pytest.approx(float(sum(map(Fraction, numbers))), rel=1e-9, abs=1e-9)
    assert found["mean"] == pytest.approx(statistics.fmean(numbers), rel=1e-9, abs=1e-9)
    assert found["median"] == pytest.approx(statistics.median(numbers))
    assert (found["min"], found["max"]) == (min(numbers), max(numbers))
    assert found["stdev"] == pytest.approx(statistics.stdev(numbers), rel=1e-6, abs=1e-6)
    quartiles = statistics.quantiles(numbers, n=4, method="inclusive")
    expected = [min(numbers), *quartiles, max(numbers)]
    assert list(found["percentiles"].values()) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-20, 20))
def test_a_rounded_number_is_near_and_stays_as_it_is(number: float, decimals: int) -> None:
    [(pin, rounded)] = outputs(RoundNumberBlock(), number=number, decimals=decimals)
    assert pin == "result"
    assert (
        abs(Fraction(rounded) - Fraction(number))
        <= Fraction(10) ** -decimals / 2 + abs(Fraction(number)) / 2**52
    )
    assert outputs(RoundNumberBlock(), number=rounded, decimals=decimals) == [("result", rounded)]


@given(st.floats(-1e12, 1e12), st.integers(0, 12))
def test_up_and_down_enclose_the_number(number: float, decimals: int) -> None:
    block = RoundNumberBlock()
    [(_, up)] = outputs(block, number=number, decimals=decimals, mode="up")
    [(_, down)] = outputs(block, number=number, decimals=decimals, mode="down")
    assert down <= number <= up


# -- chance ----------------------------------------------------------------------------------------------


class Recording(DirectContext):
    """A context that keeps what steps gave, as a run does over a crash, and what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[str, Any] = {}
        self.logged: list[str] = []

    async def step(self, key: str, fn: Any) -> Any:
        if key not in self.steps:
            self.steps[key] = await fn()
        return self.steps[key]

    def log(self, text: str) -> None:
        self.logged.append(text)


async def run_in(context: DirectContext, block: Any, **given: Any) -> list[BlockData]:
    return [pair async for pair in block.run(block.Input.model_validate(given), context=context)]


CHANCES = [
    (RandomNumberBlock(), {"maximum": 10**15}),
    (RandomNumberBlock(), {"whole": False}),
    (RandomChoiceBlock(), {"items": [*range(100)], "shuffle": True}),
    (RandomChoiceBlock(), {"items": [*range(100)], "count": 50, "allow_repeats": True}),
]


@pytest.mark.parametrize(
    ("block", "given"), [*CHANCES, (GenerateUuidBlock(), {}), (GenerateUuidBlock(), {"version": 7})]
)
async def test_a_repeated_firing_gives_what_it_gave_and_another_one_does_not(
    block: Block, given: dict[str, Any]
) -> None:
    context = Recording()
    first = await run_in(context, block, **given)
    assert await run_in(context, block, **given) == first
    assert await run_in(Recording(), block, **given) != first


@pytest.mark.parametrize(("block", "given"), CHANCES)
async def test_a_seed_decides(block: Block, given: dict[str, Any]) -> None:
    context = Recording()
    first = await run_in(context, block, **given, seed="7")
    assert context.steps == {}
    assert await run_in(Recording(), block, **given, seed=7) == first
    assert await run_in(Recording(), block, **given, seed=8) != first


async def test_every_number_comes_and_no_other() -> None:
    thrown = [(await run_in(Recording(), RandomNumberBlock(), seed=seed))[0][1] for seed in range(600)]
    assert set(thrown) == {1, 2, 3, 4, 5, 6}
    assert all(60 <= thrown.count(side) <= 145 for side in range(1, 7))
    assert math.isclose(sum(thrown) / 600, 3.5, abs_tol=0.3)


# -- the log ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("größe", "größe"),
        (None, "null"),
        ({"a": [1, True]}, '{"a":[1,true]}'),
        ("x" * 20_000, "x" * MAX_SHOWN_CHARS + "…"),
    ],
)
async def test_the_log_shows_the_value(value: Any, shown: str) -> None:
    context = Recording()
    assert await run_in(context, PrintToConsoleBlock(), text=value) == [
        ("output", value),
        ("status", "printed"),
    ]
    assert context.logged == [shown]
