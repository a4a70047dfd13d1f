"""Every block of the catalogue, run from its own test data."""

from __future__ import annotations

import inspect

import pytest

from backend.blocks import catalogue
from backend.blocks.testing import compare, misfits, run_block_directly
from backend.data.block import Block, BlockKind, TestCase, schema_pins

BLOCKS = list(catalogue())
CASES = [
    pytest.param(block, case, id=f"{block.name}-{place}")
    for block in BLOCKS
    for place, case in enumerate(block.test_cases())
]
every_block = pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)


@every_block
def test_a_block_brings_its_own_examples(block: Block) -> None:
    assert block.test_cases(), f"{block.name} has no test_input and test_output."


@every_block
def test_a_block_has_an_id_a_description_and_a_category(block: Block) -> None:
    assert block.has_own_id
    assert len(block.id) == 36
    assert block.description
    assert block.categories


@every_block
def test_every_pin_is_described(block: Block) -> None:
    pins = [*schema_pins(block.Input).values(), *schema_pins(block.Output).values()]
    assert [pin.name for pin in pins if not pin.schema.get("description")] == []


@every_block
def test_a_block_has_an_error_pin_unless_it_is_an_end_of_the_graph(block: Block) -> None:
    is_end = block.kind in (BlockKind.INPUT, BlockKind.OUTPUT)
    assert ("error" in block.Output.model_fields) or is_end


@every_block
def test_an_inline_block_is_written_as_a_plain_generator(block: Block) -> None:
    assert inspect.isgeneratorfunction(block.run) or not block.pure


@pytest.mark.parametrize(("block", "case"), CASES)
def test_a_block_gives_what_its_example_says(block: Block, case: TestCase) -> None:
    actual = run_block_directly(block, case)
    assert compare(case.output, actual) == []
    assert misfits(block, case.input, [pair for pair in actual if pair[0] != "error"]) == []
