"""Texts that were made of codes, fit to be kept."""

from __future__ import annotations

from backend.util.errors import BadInput, BlockError
from backend.util.json_text import refuse_unstorable


def storable(text: str) -> str:
    """The text with halves of surrogate pairs put together.

    Raises:
        BlockError: it holds U+0000 or half a pair, which can be stored nowhere.
    """
    joined = (
        text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    )
    try:
        refuse_unstorable(joined)
    except BadInput as error:
        raise BlockError(str(error)) from None
    return joined
