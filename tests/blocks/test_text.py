"""Blocks of text: what holds for any text, and where they run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.blocks.testing import checked_input, run_block_directly
from backend.blocks.text.case import ChangeTextCaseBlock
from backend.blocks.text.codes import DecodeTextBlock, EncodeTextBlock
from backend.blocks.text.escapes import TextDecoderBlock, TextEncoderBlock
from backend.blocks.text.extract_code import CodeExtractionBlock
from backend.blocks.text.extract_pattern import ExtractTextInformationBlock
from backend.blocks.text.hash import HashTextBlock
from backend.blocks.text.match_pattern import MatchTextPatternBlock
from backend.blocks.text.replace_pattern import ReplaceByPatternBlock
from backend.blocks.text.slug import MakeSlugBlock
from backend.blocks.text.truncate import TruncateTextBlock
from backend.data.block import Block, TestCase
from backend.data.model import JsonObject

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def given_by(block: Block, **inputs: Any) -> dict[str, Any]:
    """What the block gives on each pin, the last value where there are several."""
    return dict(run_block_directly(block, TestCase(inputs, [])))


@given(texts)
def test_escapes_are_read_as_they_were_written(text: str) -> None:
    encoded = given_by(TextEncoderBlock(), text=text)["encoded_text"]
    assert encoded.isascii()
    assert given_by(TextDecoderBlock(), text=encoded)["decoded_text"] == text


@pytest.mark.parametrize("encoding", ["base64", "base64url", "hex", "url", "html"])
@given(texts)
def test_what_is_encoded_is_decoded_to_the_same(encoding: str, text: str) -> None:
    encoded = given_by(EncodeTextBlock(), text=text, encoding=encoding)["encoded_text"]
    assert given_by(DecodeTextBlock(), text=encoded, encoding=encoding)["decoded_text"] == text


@given(texts, st.integers(0, 20), st.booleans())
def test_a_truncated_text_is_never_too_long_and_begins_as_the_whole(
    text: str, length: int, whole: bool
) -> None:
    made = given_by(TruncateTextBlock(), text=text, length=length, ending="", whole_words=whole)
    assert len(made["output"]) <= length
    assert text.startswith(made["output"])
    assert made["is_truncated"] == (made["output"] != text)


@given(texts, st.integers(1, 20))
def test_a_slug_has_nothing_that_an_address_escapes(text: str, most: int) -> None:
    made = given_by(MakeSlugBlock(), text=text, max_length=most)
    assert "error" in made or (
        len(made["slug"]) <= most and set(made["slug"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    )


@given(
    st.lists(
        st.sampled_from(["```", "~~~", "```js", "~~~~ py", "word", "", "  ```", "```json {}```"]), max_size=8
    )
)
def test_no_word_of_a_text_with_code_is_lost(lines: list[str]) -> None:
    made = given_by(CodeExtractionBlock(), text="\n".join(lines))
    assert "".join(made.values()).count("word") == lines.count("word")


@pytest.mark.parametrize(
    ("block", "short", "long"),
    [
        (
            MatchTextPatternBlock(),
            {"match": "a+", "text": "x" * 5_000},
            {"match": "a+", "text": "x" * 50_000},
        ),
        (
            MatchTextPatternBlock(),
            {"match": "(", "text": "x"},
            {"match": "(a{30}b){5}", "text": "x" * 19_000},
        ),
        (
            ExtractTextInformationBlock(),
            {"pattern": "a", "text": "x" * 9_000},
            {"pattern": "a", "text": "x" * 9_000, "find_all": True},
        ),
        (
            ReplaceByPatternBlock(),
            {"pattern": "a", "text": "x" * 2_000, "replacement": "b"},
            {"pattern": "a", "text": "x" * 2_001, "replacement": "b"},
        ),
        (
            ReplaceByPatternBlock(),
            {"pattern": "(a)", "text": "x" * 2_000, "replacement": r"\1" * 10},
            {"pattern": "(a)", "text": "x" * 2_000, "replacement": r"\1" * 11},
        ),
        (MatchTextPatternBlock(), {"match": "1", "text": "1"}, {"match": "1", "text": [1]}),
        (ExtractTextInformationBlock(), {"pattern": "1", "text": "1"}, {"pattern": "1", "text": {"a": 1}}),
        (EncodeTextBlock(), {"text": "x" * 20_000}, {"text": "x" * 20_001}),
        (
            ChangeTextCaseBlock(),
            {"case": "title", "text": "x" * 20_000},
            {"case": "title", "text": "x" * 20_001},
        ),
        (
            ChangeTextCaseBlock(),
            {"case": "upper", "text": "x" * 50_000},
            {"case": "upper", "text": "x" * 50_001},
        ),
        (ChangeTextCaseBlock(), {"case": "snake", "text": "x" * 99_000}, None),
        (TextDecoderBlock(), {"text": "x" * 20_000}, {"text": "x" * 20_001}),
        (CodeExtractionBlock(), {"text": "x" * 20_000}, {"text": "x" * 20_001}),
    ],
)
def test_long_texts_are_worked_on_beside_the_event_loop(
    block: Block, short: JsonObject, long: JsonObject | None
) -> None:
    for inputs, is_quick in ((short, True), (long, False)):
        if inputs is not None:
            assert block.is_quick(checked_input(block, {"data": 1, **inputs})) is is_quick


def test_the_key_of_a_hash_is_a_secret() -> None:
    assert HashTextBlock.Input.pin_schema("key")["secret"] is True
