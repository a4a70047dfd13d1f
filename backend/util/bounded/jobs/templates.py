"""Renders templates that could grow out of hand: `{"source", "values", "escape_html"}` becomes a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
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
    )


def explain(error: minijinja.TemplateError) -> str:
    """What is wrong and where, in one line."""
    return re.sub(r" \(in <string>:(\d+)\)", r" (line \1)", error.message.split("\n", 1)[0])


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
    for kind, guard in _GUARDS.items():
        if isinstance(value, kind):
            return guard(value)
    return value


_GUARDS: dict[type, Callable[[Any], Any]] = {
    dict: lambda members: _Object({key: guarded(inner) for key, inner in members.items()}),
    list: lambda items: _List(map(guarded, items)),
}


def answer(request: dict[str, Any]) -> str:
    """The text of one template."""
    values = {key: guarded(value) for key, value in request["values"].items()}
    try:
        text = environment(request["escape_html"]).render_str(request["source"], None, **values)
    except minijinja.TemplateError as error:
        if is_out_of_fuel(error):
            raise Exceeded("steps") from error
        raise Refused(f"The template cannot be rendered: {explain(error)}. Correct it.") from error
    if len(text) > MAX_OUTPUT_CHARS:
        raise Exceeded("output")
    return text
