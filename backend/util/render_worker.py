"""The process that renders templates which could grow out of hand; started by `render_pool`, imports nothing of ours.

It reads and writes frames: four bytes of length (big-endian), then JSON. A request is
`{"source", "values", "escape_html", "timeout_s"}`, an answer `{"text"}`, `{"error"}` or `{"limit"}`.
A bomb that uses up the memory ends the process: minijinja aborts, nothing can be answered then.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, BinaryIO

import minijinja

MEMORY_BYTES = 256 * 1_048_576
MAX_OUTPUT_CHARS = 1_048_576
FUEL = 5_000_000
"""Steps of minijinja's machine; measured: 85 ms for an empty loop, on a slow core."""

READY = b"ready"
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


def _guarded(value: Any) -> Any:
    for kind, guard in _GUARDS.items():
        if isinstance(value, kind):
            return guard(value)
    return value


_GUARDS: dict[type, Callable[[Any], Any]] = {
    dict: lambda members: _Object({key: _guarded(inner) for key, inner in members.items()}),
    list: lambda items: _List(map(_guarded, items)),
}


def answer(request: dict[str, Any]) -> dict[str, str]:
    """Render one request; never raises for what a template can do."""
    try:
        values = {key: _guarded(value) for key, value in request["values"].items()}
        text = environment(request["escape_html"]).render_str(request["source"], None, **values)
    except minijinja.TemplateError as error:
        return {"limit": "steps"} if is_out_of_fuel(error) else {"error": explain(error)}
    except (MemoryError, RecursionError):
        return {"limit": "memory"}
    return {"limit": "output"} if len(text) > MAX_OUTPUT_CHARS else {"text": text}


def _read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    return stream.read(int.from_bytes(head)) if len(head) == 4 else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    stream.write(len(body).to_bytes(4) + body)
    stream.flush()


def _limit_myself() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


def main() -> None:
    """Answer until the other side closes; the alarm ends a render whose starter is gone."""
    _limit_myself()
    write_frame(sys.stdout.buffer, READY)
    while (frame := _read_frame(sys.stdin.buffer)) is not None:
        request = json.loads(frame)
        signal.setitimer(signal.ITIMER_REAL, request["timeout_s"] + 1)
        reply = json.dumps(answer(request)).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sys.stdout.buffer, reply)


if __name__ == "__main__":
    main()
