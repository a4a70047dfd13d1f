"""Text written in Base64, hexadecimal digits, URLs or HTML, and read again."""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import quote, unquote_to_bytes

from backend.blocks.text._limits import MAX_WORKED_CHARS, QUICK_CHARS, check_length
from backend.blocks.text._storable import storable
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

Code = Literal["base64", "base64url", "hex", "url", "html"]

_ENCODERS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "hex": lambda text: text.encode().hex(),
    "url": lambda text: quote(text, safe=""),
    "html": html.escape,
}


def _decode_base64(text: str) -> str:
    """Either alphabet, white space anywhere, padding or none."""
    digits = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True).decode()


_DECODERS: dict[str, Callable[[str], str]] = {
    "base64": _decode_base64,
    "base64url": _decode_base64,
    "hex": lambda text: bytes.fromhex(text).decode(),
    "url": lambda text: unquote_to_bytes(text).decode(),
    "html": html.unescape,
}


class EncodeTextBlock(Block):
    """Write a text in a code that passes where any text would not: Base64, hexadecimal, URL, HTML."""

    id = "d2426f3b-f336-40b6-96cd-6a16aab6c327"
    categories = {BlockCategory.TEXT}
    icon = "binary"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to encode, as UTF-8")
        encoding: Code = SchemaField(
            default="base64", description="The code; base64url has no padding, url writes a space as %20"
        )

    class Output(BlockSchema):
        encoded_text: str = SchemaField(description="The text in that code")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "Grüße & more", "encoding": "url"},
        {"text": "größe 😀"},
        {"text": "größe 😀?>", "encoding": "base64url"},
        {"text": "é", "encoding": "hex"},
        {"text": "<a href=\"x\">'é'</a>", "encoding": "html"},
        {"text": ""},
        {"text": "x" * 100_000, "encoding": "hex"},
        {"text": {"a": None}},
        {"text": None},
        {"text": "a", "encoding": "rot13"},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("encoded_text", "Gr%C3%BC%C3%9Fe%20%26%20more")],
        [("encoded_text", "Z3LDtsOfZSDwn5iA")],
        [("encoded_text", "Z3LDtsOfZSDwn5iAPz4")],
        [("encoded_text", "c3a9")],
        [("encoded_text", "&lt;a href=&quot;x&quot;&gt;&#x27;é&#x27;&lt;/a&gt;")],
        [("encoded_text", "")],
        [("encoded_text", "78" * 100_000)],
        [("encoded_text", "eyJhIjogbnVsbH0=")],
        [("error", says("text"))],
        [("error", says("encoding"))],
        [("error", says("1,000,001"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return len(input_data.text) <= QUICK_CHARS

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        yield "encoded_text", _ENCODERS[input_data.encoding](input_data.text)


class DecodeTextBlock(Block):
    """Read a text that is written in Base64, hexadecimal digits, as in a URL, or as in HTML."""

    id = "93abbfaa-0b03-4331-8928-2e900e4dccb5"
    categories = {BlockCategory.TEXT}
    icon = "scan-text"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The encoded text")
        encoding: Code = SchemaField(
            default="base64", description="The code; Base64 may lack its padding and hold white space"
        )

    class Output(BlockSchema):
        decoded_text: str = SchemaField(description="The text itself")
        error: str = SchemaField(description="Why it failed, also when it is no text in UTF-8")

    test_input = [
        {"text": "Z3LDtsOfZSDwn5iA"},
        {"text": " Z3LDtsOf\nZSDwn5iAPz4 "},
        {"text": "Z3LDtsOfZSDwn5iAPz4=", "encoding": "base64url"},
        {"text": "C3 A9", "encoding": "hex"},
        {"text": "Gr%C3%BC%C3%9Fe+%26%20more ü", "encoding": "url"},
        {"text": "&lt;b&gt; &eacute;&#128512; &unknown;", "encoding": "html"},
        {"text": ""},
        {"text": "78" * 100_000, "encoding": "hex"},
        {"text": "no base64!"},
        {"text": "abcde"},
        {"text": "abc", "encoding": "hex"},
        {"text": "/////w=="},
        {"text": "AA=="},
        {"text": None},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("decoded_text", "größe 😀")],
        [("decoded_text", "größe 😀?>")],
        [("decoded_text", "größe 😀?>")],
        [("decoded_text", "é")],
        [("decoded_text", "Grüße+& more ü")],
        [("decoded_text", "<b> é😀 &unknown;")],
        [("decoded_text", "")],
        [("decoded_text", "x" * 100_000)],
        [("error", says("base64"))],
        [("error", says("base64"))],
        [("error", says("hex"))],
        [("error", says("UTF-8"))],
        [("error", says("U+0000"))],
        [("error", says("text"))],
        [("error", says("1,000,001"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return len(input_data.text) <= QUICK_CHARS

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        yield "decoded_text", storable(_decoded(input_data.text, input_data.encoding))


def _decoded(text: str, encoding: str) -> str:
    try:
        return _DECODERS[encoding](text)
    except UnicodeDecodeError:
        raise BlockError(
            "What is encoded is no text in UTF-8, perhaps a file. Store it with a block for files."
        ) from None
    except (binascii.Error, ValueError):
        raise BlockError(f"{text[:60]!r} is not written in {encoding}. Choose the right encoding.") from None
