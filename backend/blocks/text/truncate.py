"""The beginning of a text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

from backend.blocks.text._limits import MAX_CHARS, MAX_WORKED_CHARS, QUICK_CHARS, check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

_WORD = re.compile(r"\S+")
_JOINER = "\u200d"
_MOST_JOINED = 20
"""Code points of one visible character; what claims to be longer is cut anywhere."""


class TruncateTextBlock(Block):
    """Keep the beginning of a text that is too long, and say so by an ending such as `…`."""

    id = "803d247e-64f1-4194-b172-3b6cb9181e30"
    categories = {BlockCategory.TEXT}
    icon = "text-cursor"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to shorten")
        length: int = SchemaField(description="How many characters or words to keep at most", ge=0)
        unit: Literal["characters", "words"] = SchemaField(
            default="characters", description="What is counted; characters include the ending, words do not"
        )
        ending: str = SchemaField(default="…", description="What shows that something was cut off")
        whole_words: bool = SchemaField(
            default=True, description="Cut between words where there is one to cut at", advanced=True
        )

    class Output(BlockSchema):
        output: str = SchemaField(description="The text, shortened if it was too long")
        is_truncated: bool = SchemaField(description="Whether something was cut off")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "The quick brown fox jumps", "length": 12},
        {"text": "The quick brown fox jumps", "length": 12, "whole_words": False},
        {"text": "The  quick\nbrown fox", "length": 2, "unit": "words"},
        {"text": "two words ", "length": 2, "unit": "words"},
        {"text": "short", "length": 5},
        {"text": "", "length": 0},
        {"text": "abc", "length": 0, "ending": ""},
        {"text": "Donaudampfschifffahrt", "length": 6, "ending": "..."},
        {"text": "ab👩\u200d👩\u200d👧 c", "length": 6, "ending": ""},
        {"text": "e\u0301e\u0301e\u0301", "length": 3, "ending": ""},
        {"text": "x" * 100_000, "length": 3},
        {"text": "a b", "length": 2, "ending": "..."},
        {"text": "a", "length": -1},
        {"text": None, "length": 5},
        {"text": "a", "length": "many"},
    ]
    test_output = [
        [("output", "The quick…"), ("is_truncated", True)],
        [("output", "The quick b…"), ("is_truncated", True)],
        [("output", "The  quick…"), ("is_truncated", True)],
        [("output", "two words "), ("is_truncated", False)],
        [("output", "short"), ("is_truncated", False)],
        [("output", ""), ("is_truncated", False)],
        [("output", ""), ("is_truncated", True)],
        [("output", "Don..."), ("is_truncated", True)],
        [("output", "ab"), ("is_truncated", True)],
        [("output", "e\u0301"), ("is_truncated", True)],
        [("output", "xx…"), ("is_truncated", True)],
        [("error", says("ending", "2"))],
        [("error", says("length"))],
        [("error", says("text"))],
        [("error", says("length"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return len(input_data.text) <= QUICK_CHARS

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS if input_data.unit == "words" else MAX_CHARS)
        kept = _kept(input_data)
        is_truncated = kept < len(input_data.text)
        ending = input_data.ending if is_truncated else ""
        yield "output", input_data.text[:kept] + ending
        yield "is_truncated", is_truncated


def _kept(given: TruncateTextBlock.Input) -> int:
    """How many characters stay, without the ending."""
    if given.unit == "words":
        return _end_of_word(given.text, given.length)
    if len(given.text) <= given.length:
        return len(given.text)
    room = given.length - len(given.ending)
    if room < 0:
        raise BlockError(
            f"The ending has {len(given.ending)} characters, and the whole may have {given.length}. "
            "Allow more, or use a shorter ending."
        )
    return _end_of_last_word(given.text, room) if given.whole_words else _visible_end(given.text, room)


def _end_of_word(text: str, number: int) -> int:
    """Where the word of that number ends; all of the text when there are no more."""
    end = 0
    for count, word in enumerate(_WORD.finditer(text)):
        if count == number:
            return end
        end = word.end()
    return len(text)


def _end_of_last_word(text: str, room: int) -> int:
    """Where the last word ends that fits; within a word where not even the first does."""
    if text[room : room + 1].isspace():
        return len(text[:room].rstrip())
    words = text[:room].rsplit(None, 1)
    start = room - len(words[-1]) if words and not text[room - 1].isspace() else room
    return len(text[:start].rstrip()) or _visible_end(text, room)


def _visible_end(text: str, room: int) -> int:
    """The same place, or before the visible character that it would cut through."""
    for end in range(room, max(0, room - _MOST_JOINED), -1):
        if not _belongs_to_last(text, end):
            return end
    return room if room > _MOST_JOINED else 0


def _belongs_to_last(text: str, place: int) -> bool:
    if place >= len(text):
        return False
    character = text[place]
    is_mark = (
        unicodedata.category(character) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
    return is_mark or character == _JOINER or text[place - 1 : place] == _JOINER
