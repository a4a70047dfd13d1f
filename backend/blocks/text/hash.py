"""Fingerprints of texts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Literal

from backend.blocks.text._limits import MAX_WORKED_CHARS, check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort


class HashTextBlock(QuickWhenShort, Block):
    """Make a hash of a text: the same for the same text, and of one length. With a key it is an HMAC."""

    id = "9bcf2361-15dc-43f8-8331-1177b936b856"
    categories = {BlockCategory.TEXT}
    icon = "fingerprint"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to hash, as UTF-8")
        algorithm: Literal["sha256", "sha512", "sha1", "md5"] = SchemaField(
            default="sha256", description="How to hash; sha1 and md5 are broken and not for security"
        )
        key: str = SchemaField(
            default="",
            description="A secret shared with whoever checks the hash (HMAC); none: a plain hash",
            secret=True,
            advanced=True,
        )
        written_as: Literal["hex", "base64"] = SchemaField(
            default="hex", description="How the hash is written", advanced=True
        )

    class Output(BlockSchema):
        hash: str = SchemaField(description="The hash")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "hello"},
        {"text": "hello", "algorithm": "md5"},
        {"text": "hello", "algorithm": "sha1"},
        {"text": "größe 😀", "algorithm": "sha512", "written_as": "base64"},
        {"text": "what do ya want for nothing?", "key": "Jefe"},
        {"text": ""},
        {"text": "a" * 1_000_000},
        {"text": None},
        {"text": "a", "algorithm": "crc32"},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("hash", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")],
        [("hash", "5d41402abc4b2a76b9719d911017c592")],
        [("hash", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d")],
        [
            (
                "hash",
                "fmz3qmQuo6nFTEpHVd36SyVlCYfvuFy0l1xALHFq93peJIs1p13ltEqvyQFDLtvfReW7E+01psP6TPg522/dCA==",
            )
        ],
        [("hash", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")],
        [("hash", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")],
        [("hash", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")],
        [("error", says("text"))],
        [("error", says("algorithm"))],
        [("error", says("1,000,001"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        digest = _digest(input_data.text.encode(), input_data.algorithm, input_data.key.encode())
        yield "hash", digest.hex() if input_data.written_as == "hex" else base64.b64encode(digest).decode()


def _digest(data: bytes, algorithm: str, key: bytes) -> bytes:
    if key:
        return hmac.digest(key, data, algorithm)
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()
