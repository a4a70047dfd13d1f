"""Another text in place of what fits a pattern."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import is_short
from backend.util.patterns.match import Options, replace, takes_a_moment

QUICK_GROUPS = 20_000
"""Characters of the text times groups in the replacement; each may be put in for each."""


class ReplaceByPatternBlock(Block):
    """Replace what fits a pattern (a regular expression), with parts of it if you like.

    Patterns are Python's, without look-around and back-references.
    """

    id = "7ac891ed-ee04-4f52-873f-7ada546178b7"
    categories = {BlockCategory.TEXT}
    icon = "replace-all"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text in which to replace")
        pattern: str = SchemaField(description="What to look for")
        replacement: str = SchemaField(
            default="", description="What to put there; `\\1` and `\\g<name>` are groups of the pattern"
        )
        find_all: bool = SchemaField(default=True, description="Replace every match, not only the first")
        case_sensitive: bool = SchemaField(default=True, description="Tell upper and lower case apart")
        dot_all: bool = SchemaField(
            default=False, description="Let the dot match a new line too", advanced=True
        )
        multi_line: bool = SchemaField(
            default=False, description="Let ^ and $ stand at every line's ends", advanced=True
        )

    class Output(BlockSchema):
        output: str = SchemaField(description="The new text")
        count: int = SchemaField(description="How many places were replaced")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "2024-12-31, 2025-01-01", "pattern": r"(\d+)-(\d+)-(\d+)", "replacement": r"\3.\2.\1"},
        {"text": "Größe 5 kg", "pattern": r"(?<word>\w+) ", "replacement": r"[\g<word>]", "find_all": False},
        {"text": "a\nb", "pattern": "^", "replacement": "> ", "multi_line": True},
        {"text": "a\nb", "pattern": "A.B", "case_sensitive": False, "dot_all": True},
        {"text": "aXb", "pattern": "x|", "replacement": "-", "case_sensitive": False},
        {"text": "", "pattern": "x", "replacement": "y"},
        {"text": "a", "pattern": "(b)?a", "replacement": r"<\1\\\n>"},
        {"text": "😀 " * 10_000, "pattern": r"\s+"},
        {"text": "x" * 2_000, "pattern": "x", "replacement": "y" * 1_000},
        {"text": "a", "pattern": "a", "replacement": r"\1"},
        {"text": "a", "pattern": "a", "replacement": r"\d"},
        {"text": "a", "pattern": "*"},
        {"text": "aa", "pattern": "a++"},
        {"text": None, "pattern": "a"},
    ]
    test_output = [
        [("output", "31.12.2024, 01.01.2025"), ("count", 2)],
        [("output", "[Größe]5 kg"), ("count", 1)],
        [("output", "> a\n> b"), ("count", 2)],
        [("output", ""), ("count", 1)],
        [("output", "-a--b-"), ("count", 4)],
        [("output", ""), ("count", 0)],
        [("output", "<\\\n>"), ("count", 1)],
        [("output", "😀" * 10_000), ("count", 10_000)],
        [("error", says("1,048,576"))],
        [("error", says("no group 1"))],
        [("error", says("\\d", "character 1"))],
        [("error", says("nothing to repeat"))],
        [("error", says("possessive", "character 2"))],
        [("error", says("text"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        """Short texts, small patterns, and few groups to put at the place of each match."""
        text, groups = input_data.text, input_data.replacement.count("\\")
        if not is_short(input_data.replacement) or len(text) * groups > QUICK_GROUPS:
            return False
        return takes_a_moment(input_data.pattern, text, _options(input_data), find_all=input_data.find_all)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        options = _options(input_data)
        text, count = replace(
            input_data.pattern, input_data.text, input_data.replacement, options, find_all=input_data.find_all
        )
        yield "output", text
        yield "count", count


def _options(given: ReplaceByPatternBlock.Input) -> Options:
    return Options(case_sensitive=given.case_sensitive, dot_all=given.dot_all, multi_line=given.multi_line)
