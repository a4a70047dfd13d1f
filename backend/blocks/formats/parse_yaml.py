"""YAML text to a value."""

from __future__ import annotations

from typing import Any

from backend.blocks.formats._limits import MIB, InThread, refuse_long
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.bounded.pool import run_bounded

MAX_CHARS = 5 * MIB
"""Measured: 0.4 s for 1 MB of short values."""

_LAUGHS = "a: &a [ha, ha]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


class ParseYamlBlock(InThread, Block):
    """Read YAML text as a value.

    By YAML 1.2: `no` and dates are texts, `true` and `5` are not. Keys are always texts, as they are written.
    """

    id = "530b9b7d-fec7-4b41-9428-b901900e0662"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "list-tree"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(
            description="The YAML text, up to 5 MiB and some 200,000 values", format="long-text"
        )

    class Output(BlockSchema):
        value: Any = SchemaField(description="The first document; null where there is none")
        documents: list[Any] = SchemaField(description="All documents, parted by --- in the text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "order: 17\nitems:\n  - ink\n  - größe 😀\nsent: 2024-05-01\npaid: true\n"},
        {"text": ""},
        {"text": "--- 1\n--- [a, {b: }]\n...\n"},
        {"text": "[no, on, 'true', 0o17, 0x1F, 010, 1_000, 12:30, -1.5e3, ~, .5, '', +7]"},
        {"text": "1: a\ntrue: b\n2024-05-01: c\n~: d"},
        {"text": "base: &b {a: 1, c: 2}\nmade:\n  <<: *b\n  a: 3\ntoo: [*b, &s text, *s]\n*s : key"},
        {"text": "<<: [{a: 1, b: 1}, {b: 2, c: 2}]\nd: 3"},
        {"text": "text: |\n  one\n  two\nfolded: >\n  one\n  two\n"},
        {"text": "a: !!str 5\nb: !!int 5\nc: ! 5\nd: !!timestamp 2024-05-01\ne: !!map {}"},
        {"text": "[12345678901234567890123, 18446744073709551615]"},
        {"text": "x: " + "é" * 100_000},
        {"text": "[" + "1, " * 10_000 + "2]"},
        {"text": "a: 1\nb: [1, 2\nc: 3"},
        {"text": "a: 1\n\tb: 2"},
        {"text": "a: 1\na: 2"},
        {"text": "? [a]\n: 1"},
        {"text": "- &a [*a]"},
        {"text": "<<: 5"},
        {"text": "- *gone"},
        {"text": "a: .inf"},
        {"text": "a: 1" + "0" * 400},
        {"text": "a: !!python/object/apply:os.system [ls]"},
        {"text": "a: !Ref b"},
        {"text": _LAUGHS},
        {"text": "[" * 101},
        {"text": "a: \u0001"},
        {"text": None},
        {"text": {"a": [None]}},
    ]
    test_output = [
        [
            ("value", {"order": 17, "items": ["ink", "größe 😀"], "sent": "2024-05-01", "paid": True}),
            ("documents", [{"order": 17, "items": ["ink", "größe 😀"], "sent": "2024-05-01", "paid": True}]),
        ],
        [("value", None), ("documents", [])],
        [("value", 1), ("documents", [1, ["a", {"b": None}]])],
        [
            (
                "value",
                ["no", "on", "true", 15, 31, 10, "1_000", "12:30", -1500.0, None, 0.5, "", 7],
            ),
            ("documents", list),
        ],
        [("value", {"1": "a", "true": "b", "2024-05-01": "c", "~": "d"}), ("documents", list)],
        [
            (
                "value",
                {
                    "base": {"a": 1, "c": 2},
                    "made": {"a": 3, "c": 2},
                    "too": [{"a": 1, "c": 2}, "text", "text"],
                    "text": "key",
                },
            ),
            ("documents", list),
        ],
        [("value", {"a": 1, "b": 1, "c": 2, "d": 3}), ("documents", list)],
        [("value", {"text": "one\ntwo\n", "folded": "one two\n"}), ("documents", list)],
        [("value", {"a": "5", "b": 5, "c": "5", "d": "2024-05-01", "e": {}}), ("documents", list)],
        [("value", [1.2345678901234568e22, 18446744073709551615]), ("documents", list)],
        [("value", {"x": "é" * 100_000}), ("documents", list)],
        [("value", [1] * 10_000 + [2]), ("documents", list)],
        [("error", says("line 3"))],
        [("error", says("line 2"))],
        [("error", says("'a'", "line 2"))],
        [("error", says("line 1", "key"))],
        [("error", says("*a", "line 1"))],
        [("error", says("<<"))],
        [("error", says("*gone"))],
        [("error", says(".inf", "line 1"))],
        [("error", says("1000", "quotes"))],
        [("error", says("!!python/object/apply:os.system", "line 1"))],
        [("error", says("!Ref"))],
        [("error", says("aliases"))],
        [("error", says("100 deep"))],
        [("error", says("cannot be read"))],
        [("error", says("text"))],
        [("value", {"a": [None]}), ("documents", [{"a": [None]}])],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        refuse_long(input_data.text, "The YAML", most=MAX_CHARS)
        documents: list[Any] = run_bounded(
            "yaml_reading", {"text": input_data.text}, subject="Reading the YAML"
        )
        yield "value", documents[0] if documents else None
        yield "documents", documents
