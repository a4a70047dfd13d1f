"""How blocks are cut into requests: never more, larger or deeper than Notion takes, and nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.blocks.notion._blocks import MAX_BYTES, Batch, batches, block, children_of, with_children
from backend.blocks.notion._markdown_in import blocks_of
from backend.data.model import JsonObject
from tests.support.notion_state import check_blocks


def paragraph(content: str, *children: JsonObject) -> JsonObject:
    made = block("paragraph", rich_text=[{"type": "text", "text": {"content": content}}])
    return with_children(made, children)


def whole(found: list[Batch]) -> list[JsonObject]:
    """The blocks as they would be in the end; each request is checked as Notion checks it."""
    made: list[JsonObject] = []
    for batch in found:
        check_blocks(batch.blocks, "body.children")
        assert len(json.dumps(batch.blocks, ensure_ascii=False).encode()) < 500_000
        for place, one in enumerate(batch.blocks):
            later = whole(batches(batch.later.get(place, [])))
            made.append(with_children(one, [*children_of(one), *later]) if later else one)
    return made


def deep(levels: int) -> JsonObject:
    return paragraph(f"{levels}", *([deep(levels - 1)] if levels else []))


CASES: dict[str, Any] = {
    "nothing": [],
    "few": [paragraph("a"), paragraph("b")],
    "a hundred": [paragraph("a")] * 100,
    "one more": [paragraph("a")] * 101,
    "many": [paragraph(f"{number}") for number in range(1_234)],
    "as deep as it may be": [deep(2)],
    "deeper": [deep(3), paragraph("a"), deep(7)],
    "wide within": [paragraph("a", *[paragraph(f"{number}") for number in range(250)]), paragraph("b")],
    "many within many": [paragraph("a", *[paragraph("b", *[paragraph("c")] * 20)] * 40)] * 30,
    "large": [paragraph("ü" * 2_000)] * 300,
    "a long table": blocks_of("|a|b|\n|-|-|\n" + "|c|d|\n" * 350),
    "a table of long cells": blocks_of("|a|b|\n|-|-|\n" + f"|{'c' * 9_000}|d|\n" * 90),
}


@pytest.mark.parametrize("name", CASES)
def test_every_request_is_one_that_notion_takes_and_all_blocks_are_there(name: str) -> None:
    assert whole(batches(CASES[name])) == CASES[name]


def test_what_fits_into_one_request_is_one() -> None:
    (batch,) = batches([deep(2)] * 100)
    assert batch.later == {}


def test_a_request_is_filled() -> None:
    assert [len(batch.blocks) for batch in batches([paragraph("a")] * 250)] == [100, 100, 50]
    assert MAX_BYTES < 500_000
