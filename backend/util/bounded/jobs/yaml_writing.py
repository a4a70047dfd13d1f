"""Writes YAML that readers of 1.1 and of 1.2 understand alike: `{"value", "sort_keys", "indent"}` becomes a text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

from yaml import events
from yaml.cyaml import CBaseDumper

from backend.util.bounded.protocol import Refused
from backend.util.yaml_scalars import is_unmistakable

MAX_CHARS = 20 * 1_048_576
_UNLIMITED = -1
_IMPLICIT, _QUOTED = (True, False), (False, True)


def answer(request: dict[str, Any]) -> str:
    """The text of the value."""
    return text_of(request["value"], sort_keys=request["sort_keys"], indent=request["indent"])


def text_of(value: Any, *, sort_keys: bool, indent: int) -> str:
    """One document.

    Raises:
        Refused: it would be too long.
    """
    written = _Limited()
    emitter = cast("Any", CBaseDumper)(written, indent=indent, width=_UNLIMITED, allow_unicode=True)
    emitter.emit(events.StreamStartEvent())
    emitter.emit(events.DocumentStartEvent(explicit=False))
    stand_ins = _StandIns()
    for event in _events(value, sort_keys, stand_ins):
        emitter.emit(event)
    emitter.emit(events.DocumentEndEvent(explicit=False))
    emitter.emit(events.StreamEndEvent())
    return stand_ins.replaced_in("".join(written.pieces))


class _Limited:
    """What the emitter writes into."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._size = 0

    def write(self, piece: str) -> None:
        self._size += len(piece)
        if self._size > MAX_CHARS:
            raise Refused(f"The YAML would have more than {MAX_CHARS:,} characters. Write it in parts.")
        self.pieces.append(piece)


class _StandIns(dict[int, str]):
    """Characters of the private area for those that libyaml would write as an escape, as 0.2.5 does for emoji."""

    _AREA = range(0xE000, 0xF900)

    def __init__(self) -> None:
        super().__init__()
        self._hidden: dict[int, int] = {}

    def __missing__(self, code: int) -> str:
        if code <= 0xFFFF and code not in self._AREA:
            return chr(code)
        if len(self._hidden) == len(self._AREA):
            raise Refused(
                f"The value has more than {len(self._AREA):,} different emoji and the like. Use fewer."
            )
        stand_in = self._AREA[len(self._hidden)]
        self._hidden[stand_in] = code
        self[code] = chr(stand_in)
        return self[code]

    def replaced_in(self, text: str) -> str:
        return text.translate(self._hidden) if self._hidden else text


def _events(value: Any, sort_keys: bool, stand_ins: _StandIns) -> Iterator[Any]:
    """Without recursion of generators, each of which would hand on every event: what is to come is on a stack."""
    rest: list[Any] = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, events.Event):
            yield one
        elif isinstance(one, list):
            yield events.SequenceStartEvent(None, None, True, flow_style=not one)
            rest.append(events.SequenceEndEvent())
            rest += reversed(cast("Sequence[Any]", one))
        elif isinstance(one, dict):
            members = cast("dict[str, Any]", one)
            yield events.MappingStartEvent(None, None, True, flow_style=not members)
            rest.append(events.MappingEndEvent())
            keys = sorted(members, reverse=True) if sort_keys else reversed(members)
            for key in keys:
                rest += (members[key], key)
        else:
            yield _text(one, stand_ins) if isinstance(one, str) else _plain(one)


def _plain(value: Any) -> Any:
    return events.ScalarEvent(None, None, _IMPLICIT, _spelled(value))


def _spelled(value: Any) -> str:
    """A number with an exponent needs a point for readers of YAML 1.1."""
    text = json.dumps(value)
    mantissa, sign, exponent = text.partition("e") if isinstance(value, float) else (text, "", "")
    return f"{mantissa}.0e{exponent}" if sign and "." not in mantissa else text


def _text(text: str, stand_ins: _StandIns) -> Any:
    shown = text if text.isascii() else text.translate(stand_ins)
    if "\n" in text:
        return events.ScalarEvent(None, None, _QUOTED, shown, style="|")
    return events.ScalarEvent(None, None, (is_unmistakable(text), True), shown)
