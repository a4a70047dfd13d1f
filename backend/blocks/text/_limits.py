"""How much text a block that works at once takes and makes."""

from __future__ import annotations

from backend.util.errors import BlockError

MAX_CHARS = 10_000_000
"""Of one text; copying as much takes some milliseconds."""
MAX_WORKED_CHARS = 1_000_000
"""Where each character is looked at one by one."""
QUICK_CHARS = 20_000
"""So many characters are looked at one by one within a few milliseconds."""


def check_length(text: str, most: int = MAX_CHARS) -> None:
    """Refuse a text that is too long to work on.

    Raises:
        BlockError: it is.
    """
    if len(text) > most:
        raise BlockError(f"The text has {len(text):,} characters, and {most:,} are the most. Split it first.")


def check_result(length: int) -> None:
    """Refuse to make a text of so many characters.

    Raises:
        BlockError: they are too many.
    """
    if length > MAX_CHARS:
        raise BlockError(
            f"The result would have {length:,} characters, and {MAX_CHARS:,} are the most. Give it less at once."
        )
