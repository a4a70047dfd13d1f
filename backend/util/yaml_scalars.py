"""What a plain scalar of YAML means by the core schema of YAML 1.2: `no` is a text, `0o17` is fifteen.

Source: https://yaml.org/spec/1.2.2/#103-core-schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

_MIN_WHOLE, _MAX_WHOLE = -(2**63), 2**64 - 1
_LONGEST_NUMBER = 400
_CONSTANTS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE: tuple[tuple[re.Pattern[str], Callable[[str], int]], ...] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
)
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MAY_BE_NUMBER = frozenset("+-.0123456789")

_OLD_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_OLD_NUMBER = re.compile(
    r"[-+]?(0b[01_]+|[0-9][0-9_,]*(:[0-5]?[0-9])*(\.[0-9_]*)?|\.[0-9_]+)([eE][-+]?[0-9]+)?"
)
_OLD_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*", re.DOTALL)
"""What YAML 1.1 takes for something else than a text, roughly, and rather too much."""


class NoJsonNumber(ValueError):
    """NaN, infinity, or a number too large for JSON."""


def meaning(text: str) -> Any:
    """The value of a plain scalar. Whole numbers beyond 64 bits become fractional ones of the same size.

    Raises:
        NoJsonNumber: JSON has no such number.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _MAY_BE_NUMBER:
        return text
    if _NOT_FINITE.fullmatch(text):
        raise NoJsonNumber(text)
    if len(text) > _LONGEST_NUMBER:
        return _refused_if_number(text)
    for pattern, read in _WHOLE:
        if pattern.fullmatch(text):
            return _whole(read(text), text)
    return _finite(float(text), text) if _FRACTION.fullmatch(text) else text


def is_unmistakable(text: str) -> bool:
    """Whether readers of YAML 1.1 and of 1.2 both take the plain scalar for this text."""
    is_number = bool(_OLD_NUMBER.fullmatch(text) or _OLD_DATE.fullmatch(text))
    if is_number or text.lower() in _OLD_WORDS or text in ("<<", "="):
        return False
    try:
        return meaning(text) is text
    except NoJsonNumber:
        return False


def _refused_if_number(text: str) -> str:
    if _FRACTION.fullmatch(text):
        raise NoJsonNumber(text)
    return text


def _whole(number: int, text: str) -> int | float:
    if _MIN_WHOLE <= number <= _MAX_WHOLE:
        return number
    try:
        return _finite(float(number), text)
    except OverflowError:
        raise NoJsonNumber(text) from None


def _finite(number: float, text: str) -> float:
    if not math.isfinite(number):
        raise NoJsonNumber(text)
    return number
