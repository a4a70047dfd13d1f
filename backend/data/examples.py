"""Predicates for a block's `test_output`, where the exact value is not the point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Predicate = Callable[[Any], bool]


def says(*words: str) -> Predicate:
    """A text that contains all of these."""
    return lambda value: isinstance(value, str) and all(word in value for word in words)
