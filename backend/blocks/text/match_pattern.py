"""Go one of two ways by a pattern."""

from __future__ import annotations

from typing import Any

from backend.blocks.text._pattern_inputs import REFUSED, searchable
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.patterns.match import Options, is_match, takes_a_moment


class MatchTextPatternBlock(Block):
    """Look for a pattern (a regular expression) in a text, and give a value to one of two outputs.

    Patterns are Python's, without look-around and back-references.
    """

    id = "3060088f-6ed9-4928-9ba7-9c92823a7ccd"
    categories = {BlockCategory.TEXT, BlockCategory.LOGIC}
    icon = "regex"
    pure = True
    differences = (
        REFUSED,
        "Data that is 0 or false is given as it is; there the text takes its place.",
        "A text of more than 1,000,000 characters fails.",
    )

    class Input(BlockSchema):
        text: Any = SchemaField(description="Where to look; what is no text is looked at as JSON")
        match: str = SchemaField(description="The pattern, which may be anywhere in the text")
        data: Any = SchemaField(description="What to give; empty or nothing: the text")
        case_sensitive: bool = SchemaField(default=True, description="Tell upper and lower case apart")
        dot_all: bool = SchemaField(default=True, description="Let the dot match a new line too")

    class Output(BlockSchema):
        positive: Any = SchemaField(description="The data, if the pattern is found")
        negative: Any = SchemaField(description="The data, if it is not")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "text": "Order 1234 has shipped",
            "match": r"order \d+",
            "data": "shipping",
            "case_sensitive": False,
        },
        {"text": "Order 1234 has shipped", "match": r"order \d+", "data": "shipping"},
        {"text": "größe 😀", "match": r"\bgröße\b", "data": ""},
        {"text": {"ä": [1, None]}, "match": r'"ä": \[1', "data": None},
        {"text": "a", "match": "b", "data": 0},
        {"text": "a\nb", "match": "a.b", "data": []},
        {"text": "a\nb", "match": "a.b", "data": [], "dot_all": False},
        {"text": "", "match": "", "data": 1},
        {"text": None, "match": "null", "data": "found"},
        {"text": "x" * 100_000, "match": "x$", "data": True},
        {"text": "x" * 1_000_001, "match": "x", "data": 1},
        {"text": "a", "match": "(", "data": 1},
        {"text": "a", "match": r"a(?=b)", "data": 1},
        {"text": "a", "match": None, "data": 1},
        {"text": "a", "match": "a", "data": 1, "dot_all": "perhaps"},
    ]
    test_output = [
        [("positive", "shipping")],
        [("negative", "shipping")],
        [("positive", "größe 😀")],
        [("positive", {"ä": [1, None]})],
        [("negative", 0)],
        [("positive", "a\nb")],
        [("negative", "a\nb")],
        [("positive", 1)],
        [("positive", "found")],
        [("positive", True)],
        [("error", says("1,000,001"))],
        [("error", says("character 1", "unterminated"))],
        [("error", says("character 2", "look-ahead"))],
        [("error", says("match"))],
        [("error", says("dot_all"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        """Short texts and small patterns."""
        return takes_a_moment(input_data.match, input_data.text, _options(input_data), find_all=False)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        options = _options(input_data)
        is_found = is_match(input_data.match, searchable(input_data.text), options)
        is_empty = input_data.data is None or input_data.data in ("", [], {})
        yield "positive" if is_found else "negative", input_data.text if is_empty else input_data.data


def _options(given: MatchTextPatternBlock.Input) -> Options:
    return Options(case_sensitive=given.case_sensitive, dot_all=given.dot_all)
