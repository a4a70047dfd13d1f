"""Evaluates an expression for each item: `{"source", "items", "values", "wants"}` becomes a JSON text.

`wants` is "truth" (a list of booleans) or "value" (a list of what the expression gives).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeGuard, cast

import minijinja

from backend.util.bounded.jobs.templates import environment, explain, guarded, is_out_of_fuel
from backend.util.bounded.protocol import Exceeded, Refused

MAX_RESULT_CHARS = 8 * 1_048_576
_MIN_WHOLE, _MAX_WHOLE = -(2**63), 2**64 - 1


def answer(request: dict[str, Any]) -> str:
    """The results in the items' order, as JSON."""
    use = _USES[request["wants"]]
    text = json.dumps([use(value) for value in _evaluated(request)])
    if len(text) > MAX_RESULT_CHARS:
        raise Refused(
            f"The results are {len(text):,} characters long, and {MAX_RESULT_CHARS:,} are the most. "
            "Give it fewer items, or let the expression take less of each."
        )
    return text


def whole_if_possible(number: float) -> int | float:
    """1.0 as 1, as expressions have it."""
    return int(number) if number.is_integer() and abs(number) < 2**63 else number


def _evaluated(request: dict[str, Any]) -> Iterator[Any]:
    evaluate, source = environment(False).eval_expr, request["source"]
    names = {key: guarded(value) for key, value in request["values"].items()}
    if not request["items"]:
        _check_syntax(source)
    for place, item in enumerate(request["items"]):
        try:
            yield evaluate(source, item=guarded(item), index=place, **names)
        except minijinja.TemplateError as error:
            raise _reason(error, f" for item {place}") from error


def _check_syntax(source: str) -> None:
    """A wrong expression is wrong for an empty list too."""
    try:
        environment(False).eval_expr(source)
    except minijinja.TemplateError as error:
        if error.kind == "SyntaxError":
            raise _reason(error, "") from error


def _reason(error: minijinja.TemplateError, place: str) -> Exception:
    if is_out_of_fuel(error):
        return Exceeded("steps")
    if error.message.startswith("panic"):  # of the binding, where Python has no memory to give it
        return Exceeded("memory")
    if error.kind == "SyntaxError":
        return Refused(f"The expression cannot be read: {explain(error)}. Correct it.")
    return Refused(f"The expression cannot be evaluated{place}: {explain(error)}. Correct it.")


def _truth(value: Any) -> bool:
    return not callable(value) and bool(value)


def _plain(value: Any) -> Any:
    """The value as JSON. A method that was not called is nothing, as it is in templates."""
    if value is None or isinstance(value, (bool, str)) or _came_in(value):
        return value
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, int):
        return value if _MIN_WHOLE <= value <= _MAX_WHOLE else float(value)
    if callable(value):
        return None
    if _is_mapping(value):
        return {_key(key): _plain(inner) for key, inner in value.items()}
    if _is_collection(value):
        return [_plain(inner) for inner in value]
    raise Refused(f"The expression gives a {type(value).__name__}, which is no JSON value. Correct it.")


def _came_in(value: Any) -> bool:
    """Whether it is a guarded part of the items or the values, and so JSON."""
    return isinstance(value, (dict, list)) and type(cast("Any", value)) not in (dict, list)


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_collection(value: Any) -> TypeGuard[Collection[Any]]:
    return isinstance(value, Collection) and not isinstance(value, (bytes, bytearray))


def _key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(_plain(key), ensure_ascii=False)


def _finite(number: float) -> int | float:
    if not math.isfinite(number):
        raise Refused("The expression gives an infinite number, or none (NaN). Use smaller numbers.")
    return whole_if_possible(number)


_USES: dict[str, Callable[[Any], Any]] = {"truth": _truth, "value": _plain}
