"""A text as a part of an address."""

from __future__ import annotations

import re
from typing import Any

from anyascii import anyascii

from backend.blocks.text._limits import check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

MAX_CHARS = 10_000
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_WORD = re.compile(r"[a-z0-9]+")


class MakeSlugBlock(Block):
    """Make a slug of a title, for addresses and file names: `Crème brûlée!` becomes `creme-brulee`."""

    id = "b23d8a03-a4fe-4708-bd93-9013a89d84ab"
    categories = {BlockCategory.TEXT}
    icon = "link"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The title; other scripts are written in Latin letters")
        separator: str = SchemaField(
            default="-", description="What stands between the words", pattern=r"^[-_.~]?$", advanced=True
        )
        max_length: int = SchemaField(
            default=80, description="How long it may be; words that do not fit are left out", ge=1, le=1_000
        )

    class Output(BlockSchema):
        slug: str = SchemaField(description="The words in small letters and digits")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "  Crème brûlée: what's in it? "},
        {"text": "Größe & Gewicht", "separator": "_"},
        {"text": "北京 2024"},
        {"text": "Москва"},
        {"text": "one two three", "max_length": 9},
        {"text": "Donaudampfschiff", "max_length": 5},
        {"text": "a b", "separator": ""},
        {"text": 2024},
        {"text": "word " * 2_000, "max_length": 14},
        {"text": "!?"},
        {"text": ""},
        {"text": None},
        {"text": "a", "separator": "/"},
        {"text": "x" * 10_001},
    ]
    test_output = [
        [("slug", "creme-brulee-whats-in-it")],
        [("slug", "grosse_gewicht")],
        [("slug", "beijing-2024")],
        [("slug", "moskva")],
        [("slug", "one-two")],
        [("slug", "donau")],
        [("slug", "ab")],
        [("slug", "2024")],
        [("slug", "word-word-word")],
        [("error", says("no letter"))],
        [("error", says("no letter"))],
        [("error", says("text"))],
        [("error", says("separator"))],
        [("error", says("10,001"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_CHARS)
        words = _WORD.findall(anyascii(_APOSTROPHE.sub("", input_data.text)).lower())
        if not words:
            raise BlockError(f"{input_data.text[:60]!r} has no letter and no digit. Give another text.")
        yield "slug", _joined(words, input_data.separator, input_data.max_length)


def _joined(words: list[str], separator: str, most: int) -> str:
    """As many words as fit; of a first one that does not, the beginning."""
    slug = words[0][:most]
    for word in words[1:] if len(words[0]) <= most else []:
        if len(slug) + len(separator) + len(word) > most:
            break
        slug += separator + word
    return slug
