"""The direct runner: what it calls different, and what no pin can carry."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks import catalogue
from backend.blocks.basic.values import StoreValueBlock
from backend.blocks.http.send_request import SendWebRequestBlock
from backend.blocks.testing import compare, is_json, misfits, run_block_directly
from backend.data.block import Block, BlockData, BlockOutput, TestCase
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class _FailingBlock(Block):
    """Yields, then fails."""

    id = "5b1a9c1e-0f60-4c8e-9b53-1f4f5d1c8a11"

    class Input(BlockSchema):
        values: list[int] = SchemaField(description="Numbers")

    class Output(BlockSchema):
        number: int = SchemaField(description="One number")
        error: str = SchemaField(description="Why it failed")

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        for value in input_data.values:
            yield "number", 10 // value


@pytest.mark.parametrize(
    ("expected", "actual", "difference"),
    [
        ([("a", 1)], [("a", 1)], None),
        ([("a", int)], [("a", 1)], None),
        ([("a", dict[str, Any])], [("a", {})], None),
        ([("a", says("x", "y"))], [("a", "y x")], None),
        ([("a", None)], [("a", None)], None),
        ([("a", 1)], [("a", 2)], "expected 1 on 'a', got 2"),
        ([("a", 1)], [("a", True)], "got True"),
        ([("a", 1)], [("b", 1)], "on 'b'"),
        ([("a", str)], [("a", 1)], "got 1"),
        ([("a", says("x"))], [("a", "y")], "a value that fits"),
        ([("a", 1), ("b", 2)], [("a", 1)], "missing: 2 on 'b'"),
        ([], [("a", 1)], "too many: 1 on 'a'"),
        ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)], "1. expected 1 on 'a'"),
    ],
)
def test_expected_and_actual_are_compared_in_order(
    expected: list[BlockData], actual: list[BlockData], difference: str | None
) -> None:
    found = compare(expected, actual)
    assert (found == []) if difference is None else (difference in found[0])


def test_a_raise_becomes_the_error_after_what_was_yielded() -> None:
    yielded = run_block_directly(_FailingBlock(), TestCase({"values": "[5, 0]"}, []))
    assert yielded == [("number", 2), ("error", "integer division or modulo by zero")]


def test_dynamic_pins_are_folded_and_converted() -> None:
    given = {"values_$_1": "2", "values_$_0": 5.0}
    assert run_block_directly(_FailingBlock(), TestCase(given, [])) == [("number", 2), ("number", 5)]


def test_an_input_that_does_not_fit_is_named() -> None:
    ((pin, text),) = run_block_directly(_FailingBlock(), TestCase({"values": ["x"]}, []))
    assert pin == "error"
    assert text == "values: The text 'x' cannot be used as whole number."


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        (("number", 1), None),
        (("number", "1"), "takes whole number"),
        (("numbers", 1), "'numbers' is no output; there are number, error"),
        (("number", (1,)), "no JSON value"),
        (("number", float("nan")), "no JSON value"),
    ],
)
def test_what_no_pin_can_carry_is_found(pair: BlockData, problem: str | None) -> None:
    found = misfits(_FailingBlock(), {}, [pair])
    assert (found == []) if problem is None else (problem in found[0])


@pytest.mark.parametrize("value", [(1,), {1}, {"a": (1,)}, [float("inf")], {1: 2}, b"x", object()])
def test_only_json_is_json(value: Any) -> None:
    assert not is_json(value)


def test_the_catalogue_keeps_its_methods_when_a_mock_is_used() -> None:
    block = next(block for block in catalogue() if isinstance(block, SendWebRequestBlock))
    before = dict(vars(block))
    run_block_directly(block, block.test_cases()[0])
    assert {name: value for name, value in vars(block).items() if name == "send"} == {}
    assert before.keys() <= vars(block).keys()


def test_the_catalogue_finds_blocks_by_the_ids_of_imported_graphs() -> None:
    assert isinstance(catalogue().find("1ff065e9-88e8-4358-9d82-8dc91f622ba9"), StoreValueBlock)
