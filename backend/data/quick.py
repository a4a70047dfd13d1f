"""Which inputs are so few that the work on them may keep the event loop waiting: some milliseconds at most."""

from __future__ import annotations

from typing import Any

from backend.data.model import BlockSchema

QUICK_VALUES, QUICK_CHARS = 1_000, 100_000
"""However deep within each other. Measured: 4 ms at most, where each value is written as JSON and compared."""
QUICK_LENGTH = 50_000
"""Of lists, objects and texts that are copied or searched once: 5 ms at most."""


class QuickWhenSmall:
    """For a pure block that works on each value that it is given, however deep."""

    def is_quick(self, input_data: BlockSchema) -> bool:
        """See `Block.is_quick`."""
        return is_small(*vars(input_data).values())


class QuickWhenShort:
    """For a pure block that copies what it is given, or goes through it once, and does not look into it."""

    def is_quick(self, input_data: BlockSchema) -> bool:
        """See `Block.is_quick`."""
        return is_short(*vars(input_data).values())


def is_small(*given: Any) -> bool:
    """Whether there are few values and characters in them; stops as soon as there are too many."""
    pile, values, chars = [*given], len(given), 0
    while pile:
        one = pile.pop()
        kind = one.__class__
        if kind is str:
            chars += len(one)
        elif kind is list:
            values += len(one)
        elif kind is dict:
            values += len(one)
            chars += sum(map(len, one)) if values <= QUICK_VALUES else 0
        if values > QUICK_VALUES or chars > QUICK_CHARS:
            return False
        if kind is list:
            pile += one
        elif kind is dict:
            pile += one.values()
    return True


def is_short(*given: Any) -> bool:
    """Whether the lists, objects and texts are short, whatever is in them."""
    return sum(len(one) for one in given if one.__class__ in (str, list, dict)) <= QUICK_LENGTH
