"""One text from several."""

from __future__ import annotations

from typing import Any

from backend.blocks.text._limits import check_result
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall


class CombineTextsBlock(QuickWhenSmall, Block):
    """Join texts to one, with something between them if you like."""

    id = "e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85"
    categories = {BlockCategory.TEXT}
    icon = "combine"
    pure = True

    class Input(BlockSchema):
        input: list[str] = SchemaField(description="The texts, in the order in which they are joined")
        delimiter: str = SchemaField(default="", description="What stands between two of them")

    class Output(BlockSchema):
        output: str = SchemaField(description="The joined text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"input": ["Dear Ada", "thank you for the letter."], "delimiter": ", "},
        {"input": ["größe ", "😀"]},
        {"input_$_0": "a", "input_$_1": "b", "delimiter": "-"},
        {"input": []},
        {"input": ["", ""], "delimiter": "/"},
        {"input": [1, True, {"a": "é"}], "delimiter": "\n"},
        {"input": "one"},
        {"input": ["x" * 1_000] * 1_000, "delimiter": "y" * 10_000},
        {"input": ["a", None]},
        {"input": None},
    ]
    test_output = [
        [("output", "Dear Ada, thank you for the letter.")],
        [("output", "größe 😀")],
        [("output", "a-b")],
        [("output", "")],
        [("output", "/")],
        [("output", '1\ntrue\n{"a": "é"}')],
        [("output", "one")],
        [("error", says("10,990,000", "10,000,000"))],
        [("error", says("input"))],
        [("error", says("input"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        texts, delimiter = input_data.input, input_data.delimiter
        check_result(sum(map(len, texts)) + len(delimiter) * max(0, len(texts) - 1))
        yield "output", delimiter.join(texts)
