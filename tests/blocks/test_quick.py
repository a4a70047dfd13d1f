"""Pure blocks leave the event loop alone: with a megabyte they are not quick, or they are."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.blocks import catalogue
from backend.blocks.testing import checked_input
from backend.data.block import Block, Execution
from backend.data.model import JsonObject
from backend.data.quick import QUICK_CHARS, QUICK_LENGTH, QUICK_VALUES, is_short, is_small
from backend.executor.inline import LONGEST
from backend.util.errors import BlockError

FOLDERS = ("lists", "dictionaries", "numbers", "text", "logic", "time")
MOST_S = 0.05
PURE = [
    block
    for block in catalogue()
    if block.execution is Execution.INLINE and type(block).__module__.split(".")[2] in FOLDERS
]
LARGE: list[Any] = [
    [*range(150_000)],
    [number + 0.5 for number in range(100_000)],
    [[] for _ in range(300_000)],
    [{"a": number} for number in range(90_000)],
    [{"a": [*range(150_000)]}],
    ["a b" * 350_000],
    [[*range(75_000)], [*range(75_000)]],
    [{str(number): number for number in range(70_000)}],
    {str(number): number for number in range(70_000)},
    {"a": [*range(150_000)]},
    "a b" * 350_000,
    "é" * 500_000,
    "\n" * 1_000_000,
    "1" * 1_000_000,
    "```\n" * 250_000,
    "\\n%41&lt;" * 120_000,
    f"[{'[],' * 300_000}[]]",
]


def simple_inputs(block: Block) -> JsonObject:
    """Of the first example that does not fail and runs within the loop; of the first, where all fail."""
    cases = block.test_cases()
    good = (
        case.input
        for case in cases
        if "error" not in dict(case.output)
        and block.execution_for(case.input, frozenset()) is Execution.INLINE
    )
    return next(good, cases[0].input)


def large_inputs(block: Block) -> list[Any]:
    """Valid inputs with something large on one pin, and on every pin that takes it."""
    small = simple_inputs(block)
    checked = vars(checked_input(block, small))
    made: list[Any] = []
    for value in LARGE:
        everywhere = dict(checked)
        for pin in checked:
            with suppress(ValidationError):
                made.append(block.Input.model_validate({**checked, pin: value}))
                everywhere[pin] = value
        with suppress(ValidationError):
            made.append(block.Input.model_validate(everywhere))
    return made


def seconds(block: Block, given: Any) -> float:
    """Of this thread's work; the better of two, as the first may compile what is kept."""
    taken = []
    for _ in range(2):
        started = time.thread_time()
        with suppress(BlockError):
            list(islice(block.run(given), LONGEST))  # type: ignore[arg-type]  # a pure block's run is sync
        taken.append(time.thread_time() - started)
        if taken[-1] < MOST_S:
            break
    return min(taken)


@pytest.mark.parametrize("block", PURE, ids=lambda block: block.name)
def test_a_pure_block_that_is_quick_is_quick_with_a_megabyte_too(block: Block) -> None:
    slow = {
        round(taken, 3): repr(given)[:200]
        for given in large_inputs(block)
        if block.is_quick(given) and (taken := seconds(block, given)) > MOST_S
    }
    assert slow == {}


def test_there_are_many_of_them_and_small_inputs_are_always_quick() -> None:
    assert len(PURE) > 40
    assert [one.name for one in PURE if not one.is_quick(checked_input(one, simple_inputs(one)))] == []


def size_of(value: Any) -> tuple[int, int]:
    """How many values are in a value, and how many characters, spelled out."""
    if isinstance(value, str):
        return 0, len(value)
    inner = [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    sizes = [size_of(one) for one in inner]
    keys = sum(map(len, value)) if isinstance(value, dict) else 0
    return len(inner) + sum(size[0] for size in sizes), keys + sum(size[1] for size in sizes)


parts = st.recursive(
    st.one_of(st.none(), st.integers(), st.sampled_from(["", "é", "x" * 200])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "k" * 200]), inner)
    ),
    max_leaves=6,
)
times = st.integers(0, 40)


@given(parts, times, times)
def test_small_is_what_has_few_values_and_characters_however_deep(part: Any, many: int, more: int) -> None:
    value = [[part] * many] * more
    values, chars = size_of(value)
    assert is_small(value) is (1 + values <= QUICK_VALUES and chars <= QUICK_CHARS)


def test_short_is_what_is_not_long_itself() -> None:
    assert is_short("x" * QUICK_LENGTH, 5, None)
    assert is_short([[0] * 2 * QUICK_LENGTH])
    assert not is_short("x", [0] * QUICK_LENGTH)
    assert not is_short({str(number): number for number in range(QUICK_LENGTH + 1)})
