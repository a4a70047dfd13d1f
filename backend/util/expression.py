"""Expressions on the items of a list: those of Jinja2, evaluated by minijinja within limits (security.md).

An expression knows `item`, `index` (from 0) and the values it is given, by their names. A simple one (a
path from `item`, or its comparison with a literal) is evaluated here, in less than a microsecond an item.
Whatever else can be written can also be made to grow without end, so a bounded process does it, for the
whole list at once.

What is missing is undefined, and gives null. The order of values of different kinds is minijinja's:
missing, null, true and false, numbers, texts, lists and objects; so a text is greater than any number.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backend.util.bounded.jobs.expressions import whole_if_possible
from backend.util.bounded.pool import run_bounded
from backend.util.errors import BlockError
from backend.util.template import MISSING, walk

TIMEOUT_S = 0.8
"""With the list on its way there and back, a bomb is over within a second."""
MAX_SOURCE_CHARS = 20_000
MAX_ITEMS = 100_000
"""For an expression that is not simple; a second is enough for about as many."""
OWN_NAMES = frozenset({"item", "index", "self"})
"""What the values may not be called."""

_MAX_SIMPLE_CHARS = 500
_MAX_STEPS = 20
"""A text has a character 0, which has one too: such a path would never end."""
_METHODS = frozenset({"items", "keys", "values", "get"})
"""What an object offers beside its own keys (bounded/jobs/templates.py)."""

_BRACED = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_GAP = r"[ \t\n]*"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_STRING = r"\"[^\"\\]*\"|'[^'\\]*'"
_LITERAL = rf"{_STRING}|-?[0-9]{{1,15}}(?:\.[0-9]{{1,15}})?|[Tt]rue|[Ff]alse|[Nn]one"
_STEP = re.compile(rf"\.({_NAME})|\[(?:(-?[0-9]{{1,6}})|({_STRING}))\]")
_SIMPLE = re.compile(
    rf"{_GAP}(?P<root>item|index)(?P<steps>(?:\.{_NAME}|\[(?:-?[0-9]{{1,6}}|{_STRING})\])*){_GAP}"
    rf"(?:(?P<operator>[=!<>]=|[<>]){_GAP}(?P<literal>{_LITERAL}){_GAP})?"
)
_NAMED_LITERALS = {"true": True, "false": False, "none": None}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_RANKS: dict[type, int] = {
    type(MISSING): 0,
    type(None): 1,
    bool: 2,
    int: 3,
    float: 3,
    str: 4,
    list: 5,
    dict: 5,
}


def evaluate_each(source: str, items: list[Any], values: dict[str, Any]) -> list[Any]:
    """What the expression gives for each item. Blocks for up to a second unless `is_simple(source)`.

    Raises:
        BlockError: the expression is wrong, or cannot be evaluated for an item; the message names it.
        LimitReached: it took too long or too much memory.
    """
    simple = _simple(source)
    if simple is None:
        return _evaluated_apart(source, items, values, "value")
    return [_shown(simple.value(item, place)) for place, item in enumerate(items)]


def holds_for_each(source: str, items: list[Any], values: dict[str, Any]) -> list[bool]:
    """Whether the expression is true for each item: not false, null, missing, 0 or empty.

    Raises:
        BlockError, LimitReached: as `evaluate_each`.
    """
    simple = _simple(source)
    if simple is None:
        return _evaluated_apart(source, items, values, "truth")
    found = (simple.value(item, place) for place, item in enumerate(items))
    return [value is not MISSING and bool(value) for value in found]


def is_simple(source: str) -> bool:
    """Whether evaluating takes less than a microsecond an item, whatever the items."""
    return _simple(source) is not None


@dataclass(frozen=True, slots=True)
class _Simple:
    """A path from `item` or `index`, and what its value is compared with: `compare` None: with nothing."""

    is_index: bool
    path: tuple[str | int, ...]
    compare: Callable[[Any, Any], bool] | None
    literal: Any

    def value(self, item: Any, place: int) -> Any:
        found = walk(place if self.is_index else item, self.path)
        return found if self.compare is None else _compared(found, self.compare, self.literal)


def _compared(left: Any, compare: Callable[[Any, Any], bool], right: Any) -> bool:
    """As minijinja compares: equal by value, where true is 1 and false 0; ordered by kind, then by value."""
    ranks = _RANKS[type(left)], _RANKS[type(right)]
    if compare in (operator.eq, operator.ne) or ranks[0] == ranks[1] != _RANKS[type(None)]:
        return compare(left, right)
    return compare(*ranks)


def _shown(value: Any) -> Any:
    if value is MISSING:
        return None
    return whole_if_possible(value) if type(value) is float else value


def _evaluated_apart(source: str, items: list[Any], values: dict[str, Any], wants: str) -> list[Any]:
    taken = sorted(OWN_NAMES & values.keys())
    if taken:
        raise BlockError(
            f"values has the name {taken[0]!r}, which expressions keep for themselves. Rename it."
        )
    if len(items) > MAX_ITEMS:
        raise BlockError(
            f"There are {len(items):,} items, and {MAX_ITEMS:,} are the most for such an expression. Split them first."
        )
    request = {"source": _inner(source), "items": items, "values": values, "wants": wants}
    cure = "Give it fewer items, or write a simpler one."
    text = run_bounded("expressions", request, subject="The expression", cure=cure, timeout_s=TIMEOUT_S)
    results: list[Any] = json.loads(text)
    return results


def _bare(source: str) -> str:
    """The expression without its braces, if it has some."""
    trimmed = source.strip()
    braced = _BRACED.fullmatch(trimmed)
    return braced[1].strip() if braced else trimmed


def _inner(source: str) -> str:
    """The same, if it is one that can be evaluated.

    Raises:
        BlockError: it is empty or too long.
    """
    inner = _bare(source)
    if not inner:
        raise BlockError("The expression is empty. Write one, like item.price > 10.")
    if len(inner) > MAX_SOURCE_CHARS:
        raise BlockError(
            f"The expression has {len(inner):,} characters, and {MAX_SOURCE_CHARS:,} are the most. Shorten it."
        )
    return inner


@lru_cache(maxsize=2048)
def _simple(source: str) -> _Simple | None:
    """The expression as path, comparison and literal; None when it is more than that."""
    match = _SIMPLE.fullmatch(_bare(source)) if len(source) <= _MAX_SIMPLE_CHARS else None
    path = tuple(_steps(match["steps"])) if match else ()
    if match is None or len(path) > _MAX_STEPS or not _METHODS.isdisjoint(path):
        return None
    compare = _COMPARE[match["operator"]] if match["operator"] else None
    return _Simple(match["root"] == "index", path, compare, _literal(match["literal"] or "none"))


def _steps(code: str) -> Iterator[str | int]:
    for name, place, key in _STEP.findall(code):
        yield int(place) if place else name or key[1:-1]


def _literal(code: str) -> Any:
    if code[0] in "\"'":
        return code[1:-1]
    if code.lower() in _NAMED_LITERALS:
        return _NAMED_LITERALS[code.lower()]
    return float(code) if "." in code else int(code)
