"""Numbers as pins carry them."""

from __future__ import annotations

from backend.data.convert import MAX_WHOLE, MIN_WHOLE


def fit_json(number: int | float) -> int | float:
    """The same number; a whole one beyond 64 bits as a fractional one of its size.

    Raises:
        OverflowError: it is too large for either.
    """
    return number if isinstance(number, float) or MIN_WHOLE <= number <= MAX_WHOLE else float(number)
