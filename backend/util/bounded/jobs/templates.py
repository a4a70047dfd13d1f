"""Renders templates that could grow out of hand: `{"source", "values", "escape_html"}` becomes a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from textwrap import TextWrapper
from typing import Any

import minijinja

from backend.util.bounded.protocol import FUEL, MAX_OUTPUT_CHARS, Exceeded, Refused

_DICT_METHODS = frozenset({"items", "keys", "values", "get"})


@cache
def environment(escape_html: bool) -> minijinja.Environment:
    """What renders every template, here and in the main process. Undefined, however deep, renders empty."""
    return minijinja.Environment(
        fuel=FUEL,
        undefined_behavior="chainable",
        auto_escape_callback=(lambda _: escape_html),
        filters={"truncate": _truncate, "wordwrap": _wordwrap, "format": _format, "wordcount": _wordcount},
    )


def _truncate(
    text: str, length: int = 255, killwords: bool = False, end: str = "...", leeway: int = 5
) -> str:
    """As in Jinja2; minijinja's own takes these by name only."""
    if len(text) <= length + leeway:
        return text
    kept = text[: max(length - len(end), 0)]
    return (kept if killwords else kept.rsplit(" ", 1)[0]) + end


def _wordwrap(
    text: str,
    width: int = 79,
    break_long_words: bool = True,
    wrapstring: str = "\n",
    break_on_hyphens: bool = True,
) -> str:
    """As in Jinja2, for the same reason."""
    wrapper = TextWrapper(
        width=width,
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=break_long_words,
        break_on_hyphens=break_on_hyphens,
    )
    return wrapstring.join(wrapstring.join(wrapper.wrap(line)) for line in text.splitlines())


def _format(value: Any, *args: Any, **named: Any) -> str:
    """`"%.2f"|format(x)` as in Jinja2, and `x|format("%.2f")` as the AutoGPT platform has it."""
    if isinstance(value, str):
        return str(value % (named or args))
    (pattern,) = args
    return str(str(pattern) % value)


def _wordcount(text: str) -> int:
    return len(text.split())


def explain(error: minijinja.TemplateError) -> str:
    """What is wrong and where, in one line."""
    return re.sub(r" \(in <\w+>:(\d+)\)", r" (line \1)", error.message.split("\n", 1)[0])


def _said(error: Exception) -> str:
    return f"values have no {error}" if isinstance(error, AttributeError) else str(error)


def is_out_of_fuel(error: minijinja.TemplateError) -> bool:
    return error.kind == "OutOfFuel"


class _Method:
    """A method of an object as templates see it: it can be called, and shows nothing of itself."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *args: Any) -> Any:
        return self._call(*args)

    def __repr__(self) -> str:
        return ""


class _Object(dict[str, Any]):
    """An object of JSON: minijinja would show every Python attribute of a dict, and let templates call it."""

    def __getattribute__(self, name: str) -> Any:
        if name in _DICT_METHODS:
            return _Method(super().__getattribute__(name))
        if name.startswith("__"):
            return super().__getattribute__(name)
        raise AttributeError(name)


class _List(list[Any]):
    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return super().__getattribute__(name)
        raise AttributeError(name)


def guarded(value: Any) -> Any:
    """The value as templates may see it."""
    guard = _GUARDS.get(value.__class__)
    return value if guard is None else guard(value)


_GUARDS: dict[type, Callable[[Any], Any]] = {
    dict: lambda members: _Object({key: guarded(inner) for key, inner in members.items()}),
    list: lambda items: _List(map(guarded, items)),
}


def answer(request: dict[str, Any]) -> str:
    """The text of one template. Jinja2 keeps the name `self` for itself."""
    values = {key: guarded(value) for key, value in request["values"].items() if key != "self"}
    try:
        text = environment(request["escape_html"]).render_str(request["source"], None, **values)
    except minijinja.TemplateError as error:
        if is_out_of_fuel(error):
            raise Exceeded("steps") from error
        raise Refused(f"The template cannot be rendered: {explain(error)}. Correct it.") from error
    except (AttributeError, TypeError, ValueError) as error:  # of a filter, or of a method that values lack
        raise Refused(f"The template cannot be rendered: {_said(error)}. Correct it.") from error
    if len(text) > MAX_OUTPUT_CHARS:
        raise Exceeded("output")
    return text
