"""A value to YAML text."""

from __future__ import annotations

from typing import Any

import orjson

from backend.blocks.formats._limits import InThread, refuse_deep
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.errors import BlockError
from backend.util.json_marks import marks_in

MAX_MARKS = 200_000


class WriteYamlBlock(InThread, Block):
    """Write a value as YAML text. Texts that some program may take for something else stand in quotes."""

    id = "55666bcb-857b-479c-ae3c-a8576163a609"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "file-code-corner"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(default=None, description="The value; none is written as null")
        sort_keys: bool = SchemaField(
            default=False, description="Mappings by key instead of in their own order"
        )
        indent: int = SchemaField(default=2, ge=2, le=9, description="Spaces for each level", advanced=True)

    class Output(BlockSchema):
        text: str = SchemaField(description="The YAML text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": {"items": ["ink", "größe 😀"], "order": 17, "paid": True, "sent": "2024-05-01"}},
        {"value": {"b": {"c": None}, "a": [], "d": {}}, "sort_keys": True, "indent": 4},
        {},
        {
            "value": [
                "no",
                "On",
                "5",
                "1e3",
                "0o17",
                "~",
                "",
                "a: b",
                "# x",
                " x ",
                "12:30",
                "1_0",
                "<<",
                "null",
            ]
        },
        {"value": [1e300, 1e-7, -0.5, 18446744073709551615]},
        {"value": "one\ntwo\n"},
        {"value": {"1": "tab\t", "ü": "a\u0000b\r"}},
        {"value": ["x"] * 10_000},
        {"value": "word " * 100},
        {"value": 1, "indent": 1},
        {"value": 1, "sort_keys": "maybe"},
    ]
    test_output = [
        [("text", "items:\n- ink\n- größe 😀\norder: 17\npaid: true\nsent: '2024-05-01'\n")],
        [("text", "a: []\nb:\n    c: null\nd: {}\n")],
        [("text", "null\n")],
        [
            (
                "text",
                (
                    "- 'no'\n- 'On'\n- '5'\n- '1e3'\n- '0o17'\n- '~'\n- ''\n- 'a: b'\n- '# x'\n- ' x '\n"
                    "- '12:30'\n- '1_0'\n- '<<'\n- 'null'\n"
                ),
            )
        ],
        [("text", "- 1.0e+300\n- 1.0e-07\n- -0.5\n- 18446744073709551615\n")],
        [("text", "|\n  one\n  two\n")],
        [("text", '\'1\': "tab\\t"\nü: "a\\0b\\r"\n')],
        [("text", "- x\n" * 10_000)],
        [("text", "'" + "word " * 100 + "'\n")],
        [("error", says("indent"))],
        [("error", says("sort_keys"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        refuse_deep(input_data.value)
        _refuse_many(input_data.value)
        yield "text", run_bounded("yaml_writing", input_data.model_dump(), subject="Writing the YAML")


def _refuse_many(value: Any) -> None:
    if marks_in(orjson.dumps(value)) > MAX_MARKS:
        raise BlockError(f"The value may hold more than {MAX_MARKS:,} values. Write it in parts, or as JSON.")
