"""Parts of a text that fit a pattern."""

from __future__ import annotations

from typing import Any

from backend.blocks.text._pattern_inputs import REFUSED, searchable
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.patterns.match import Options, find, takes_a_moment


class ExtractTextInformationBlock(Block):
    """Find what fits a pattern (a regular expression) in a text: the first, or all of it.

    Patterns are Python's, without look-around and back-references.
    """

    id = "3146e4fe-2cdd-4f29-bd12-0c9d5bb4deb0"
    categories = {BlockCategory.TEXT}
    icon = "text-search"
    pure = True
    differences = (
        REFUSED,
        "A value that is no text and has no match is given to `negative` as JSON; there it fails.",
        "More than 1,000,000 characters, 1,000 matches or 10,000 characters in one fail; nothing is cut off in silence.",
    )

    class Input(BlockSchema):
        text: Any = SchemaField(description="Where to look; what is no text is looked at as JSON")
        pattern: str = SchemaField(description="The pattern")
        group: int = SchemaField(
            default=0, description="Which group of the pattern to give; 0: all that it matched"
        )
        case_sensitive: bool = SchemaField(default=True, description="Tell upper and lower case apart")
        dot_all: bool = SchemaField(default=True, description="Let the dot match a new line too")
        find_all: bool = SchemaField(default=False, description="Give every match, not only the first")

    class Output(BlockSchema):
        positive: str = SchemaField(description="What was found, once for each match")
        negative: str = SchemaField(description="The text, if nothing was found")
        matched_results: list[str] = SchemaField(description="All that was found, as a list")
        matched_count: int = SchemaField(description="How many there are")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "text": "Ada <ada@example.com>, Bob <bob@example.org>",
            "pattern": r"<([^>]+)>",
            "group": 1,
            "find_all": True,
        },
        {"text": "Ada <ada@example.com>", "pattern": r"[\w.]+@[\w.]+"},
        {"text": "größe: 5 kg", "pattern": r"\w+Ö\w+", "case_sensitive": False},
        {"text": "nothing here", "pattern": r"\d+"},
        {"text": {"a": ["é"]}, "pattern": "é", "find_all": True},
        {"text": None, "pattern": "x"},
        {"text": "", "pattern": "x*"},
        {"text": "a\nb", "pattern": "a.b", "dot_all": False},
        {"text": "ab", "pattern": "(x)?b", "group": 1},
        {"text": "x" * 10_000, "pattern": "x+"},
        {"text": "x" * 10_001, "pattern": "x+"},
        {"text": "x" * 1_001, "pattern": "x", "find_all": True},
        {"text": "x" * 1_000_001, "pattern": "x"},
        {"text": "a", "pattern": "a", "group": 2},
        {"text": "a", "pattern": "a)"},
        {"text": "abab", "pattern": r"(ab)\1"},
        {"text": "a", "pattern": "a", "group": "first"},
        {"text": "a", "pattern": None},
    ]
    test_output = [
        [
            ("positive", "ada@example.com"),
            ("positive", "bob@example.org"),
            ("matched_results", ["ada@example.com", "bob@example.org"]),
            ("matched_count", 2),
        ],
        [("positive", "ada@example.com"), ("matched_results", ["ada@example.com"]), ("matched_count", 1)],
        [("positive", "größe"), ("matched_results", ["größe"]), ("matched_count", 1)],
        [("negative", "nothing here"), ("matched_results", []), ("matched_count", 0)],
        [("positive", "é"), ("matched_results", ["é"]), ("matched_count", 1)],
        [("negative", "null"), ("matched_results", []), ("matched_count", 0)],
        [("positive", ""), ("matched_results", [""]), ("matched_count", 1)],
        [("negative", "a\nb"), ("matched_results", []), ("matched_count", 0)],
        [("positive", ""), ("matched_results", [""]), ("matched_count", 1)],
        [("positive", "x" * 10_000), ("matched_results", ["x" * 10_000]), ("matched_count", 1)],
        [("error", says("10,001"))],
        [("error", says("1,000 matches"))],
        [("error", says("1,000,001"))],
        [("error", says("no group 2"))],
        [("error", says("character 2"))],
        [("error", says("back-reference", "character 5"))],
        [("error", says("group"))],
        [("error", says("pattern"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        """Short texts and small patterns."""
        return takes_a_moment(
            input_data.pattern, input_data.text, _options(input_data), find_all=input_data.find_all
        )

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        text = searchable(input_data.text)
        options = _options(input_data)
        found = find(input_data.pattern, text, options, group=input_data.group, find_all=input_data.find_all)
        for one in found:
            yield "positive", one
        if not found:
            yield "negative", text
        yield "matched_results", found
        yield "matched_count", len(found)


def _options(given: ExtractTextInformationBlock.Input) -> Options:
    return Options(case_sensitive=given.case_sensitive, dot_all=given.dot_all)
