"""Upper and lower case, and names as programs write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from backend.blocks.text._limits import MAX_WORKED_CHARS, QUICK_CHARS, check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QUICK_LENGTH

MAX_NAME_CHARS = 10_000
_NAMES = frozenset({"camel", "snake", "kebab"})
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_START = re.compile(r"(^|[.!?…]\s|\n)([\s\"'“‘(¿¡]*)([^\W\d_])")
_PART = re.compile(r"[^\W_]+")


def _title(text: str) -> str:
    return _WORD.sub(lambda word: word[0][0].title() + word[0][1:].lower(), text)


def _sentence(text: str) -> str:
    return _SENTENCE_START.sub(lambda start: start[1] + start[2] + start[3].title(), text.lower())


def _camel(text: str) -> str:
    first, *others = _parts(text) or [""]
    return first + "".join(part[0].title() + part[1:] for part in others)


def _parts(text: str) -> list[str]:
    """The words of a name or a text, in lower case: `HTTPServer-name` has three."""
    return [hump for part in _PART.findall(text) for hump in _humps(part)]


def _humps(part: str) -> list[str]:
    """Cut where a capital begins a word: after a small letter, or before one."""
    cuts = [0]
    for place in range(1, len(part)):
        is_after_small = not part[place - 1].isupper()
        is_before_small = place + 1 < len(part) and part[place + 1].islower()
        if part[place].isupper() and (is_after_small or is_before_small):
            cuts.append(place)
    return [part[start:end].lower() for start, end in zip(cuts, [*cuts[1:], None], strict=True)]


_CHANGES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": _title,
    "sentence": _sentence,
    "camel": _camel,
    "snake": lambda text: "_".join(_parts(text)),
    "kebab": lambda text: "-".join(_parts(text)),
}


class ChangeTextCaseBlock(Block):
    """Write a text in capitals, in small letters, as a title, or as a name in a program."""

    id = "1fe53da7-38bd-4e57-8522-b1756e474441"
    categories = {BlockCategory.TEXT}
    icon = "case-sensitive"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to write in another way")
        case: Literal["upper", "lower", "title", "sentence", "camel", "snake", "kebab"] = SchemaField(
            description="UPPER, lower, Each Word, First of a sentence, camelCase, snake_case or kebab-case"
        )

    class Output(BlockSchema):
        output: str = SchemaField(description="The text in that case")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "the order's LAST line", "case": "title"},
        {"text": "Straße 😀", "case": "upper"},
        {"text": "ÄÖ", "case": "lower"},
        {"text": "HELLO THERE. how ARE you? (ÜBER all)\nfine", "case": "sentence"},
        {"text": "parse HTTPServer-name, 2nd", "case": "camel"},
        {"text": "parseHTTPServer name2Go", "case": "snake"},
        {"text": "  Größe & Gewicht_kg ", "case": "kebab"},
        {"text": "", "case": "camel"},
        {"text": "!?", "case": "snake"},
        {"text": "aB" * 50_000, "case": "upper"},
        {"text": None, "case": "upper"},
        {"text": "a", "case": "bold"},
        {"text": "x" * 1_000_001, "case": "lower"},
        {"text": "x" * 10_001, "case": "snake"},
    ]
    test_output = [
        [("output", "The Order's Last Line")],
        [("output", "STRASSE 😀")],
        [("output", "äö")],
        [("output", "Hello there. How are you? (Über all)\nFine")],
        [("output", "parseHttpServerName2nd")],
        [("output", "parse_http_server_name2_go")],
        [("output", "größe-gewicht-kg")],
        [("output", "")],
        [("output", "")],
        [("output", "AB" * 50_000)],
        [("error", says("text"))],
        [("error", says("case"))],
        [("error", says("1,000,001"))],
        [("error", says("10,001"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        most = QUICK_LENGTH if input_data.case in ("upper", "lower") else QUICK_CHARS
        return input_data.case in _NAMES or len(input_data.text) <= most

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_NAME_CHARS if input_data.case in _NAMES else MAX_WORKED_CHARS)
        yield "output", _CHANGES[input_data.case](input_data.text)
