"""The examples of a block are tests that can fail: they expect something, and replace what calls out, not the block."""

from __future__ import annotations

from collections.abc import Iterator

from backend.data.block import Block, BlockKind
from tools.checks import Finding
from tools.checks.sources import place_of
from tools.provider.facts import Facts
from tools.provider.rules._blocks import blocks_of

_LOOSE = (object, dict, list, str, int, float, bool)


def check(facts: Facts) -> Iterator[Finding]:
    for block in blocks_of(facts):
        if (
            block.kind is not BlockKind.NOTE
            and block.test_input is not None
            and block.test_output is not None
        ):
            for message, cure in _problems(block):
                yield Finding(*place_of(type(block)), message, cure)


def _problems(block: Block) -> Iterator[tuple[str, str]]:
    cases = block.test_cases()
    if "run" in {name for case in cases for name in case.mock}:
        yield (
            f"{block.name}: its examples replace `run`, so they test nothing.",
            "Let test_mock replace the method that calls the service.",
        )
    expected = [(pin, value) for case in cases for pin, value in case.output]
    if not expected:
        yield f"{block.name}: its examples expect nothing.", 'test_output = [("pin", value), …]'
    elif all(isinstance(value, type) and value in _LOOSE for _, value in expected):
        yield (
            f"{block.name}: its examples take any value of a type.",
            "Expect at least one value itself: the one that the test data make.",
        )
