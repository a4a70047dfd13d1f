"""Reads YAML: `{"text"}` becomes a list of documents.

Event by event, so that nothing is made of a tag, and no alias grows before it is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import yaml
from yaml import events
from yaml.cyaml import CBaseLoader

from backend.util.bounded.protocol import Refused
from backend.util.json_text import MAX_DEPTH
from backend.util.yaml_scalars import NoJsonNumber, meaning

MAX_WEIGHT = 32 * 1_048_576
VALUE_WEIGHT = 160
"""Of each value, beside its characters: together they are what a document may grow to through its aliases."""

_TAG = "tag:yaml.org,2002:"
_AS_MEANT = frozenset({f"{_TAG}{kind}" for kind in ("null", "bool", "int", "float", "merge")})
_AS_TEXT = frozenset({f"{_TAG}{kind}" for kind in ("str", "timestamp")} | {"!"})
_CONTAINERS = frozenset({f"{_TAG}map", f"{_TAG}seq", "!"})
_NONE = object()


@dataclass(slots=True)
class _Open:
    """A list or a mapping that has not ended; `key` is what the next value of a mapping is for."""

    value: list[Any] | dict[str, Any]
    anchor: str | None
    weight_before: int
    line: int
    key: Any = _NONE
    is_merge: bool = False
    merged: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass(frozen=True, slots=True)
class _Anchored:
    """`key` is how it is written as the key of a mapping, None for what cannot be one."""

    value: Any
    weight: int
    key: str | None


def answer(request: dict[str, Any]) -> list[Any]:
    """The documents of the text."""
    return documents(request["text"])


def documents(text: str) -> list[Any]:
    """The values of all documents in the text.

    Raises:
        Refused: it is no YAML, not JSON's kind of values, or too large; with the line.
    """
    reader = _Reader()
    try:
        for event in _events(text):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Refused(
            f"The YAML cannot be read: {error.problem or error.context}{place}. Correct it there."
        ) from None
    except yaml.YAMLError as error:
        raise Refused(f"The YAML cannot be read: {error!s:.200}. Correct it.") from None
    return reader.documents


def _events(text: str) -> Iterator[Any]:
    parser = cast("Any", CBaseLoader)(text)
    while not isinstance(event := parser.get_event(), events.StreamEndEvent):
        yield event


class _Reader:
    """Builds values of events."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._weight = 0
        self._has_aliases = False
        self._takers: dict[type, Callable[[Any], None]] = {
            events.DocumentStartEvent: lambda _: self._begin_document(),
            events.ScalarEvent: self._scalar,
            events.AliasEvent: self._alias,
            events.SequenceStartEvent: lambda event: self._begin(event, []),
            events.MappingStartEvent: lambda event: self._begin(event, {}),
            events.SequenceEndEvent: lambda _: self._end(),
            events.MappingEndEvent: lambda _: self._end(),
        }

    def take(self, event: Any) -> None:
        """One event of the parser."""
        taker = self._takers.get(cast("type[object]", type(event)))
        if taker is not None:
            taker(event)

    def _begin_document(self) -> None:
        self._anchors.clear()
        self._weigh(3 * VALUE_WEIGHT)

    def _scalar(self, event: Any) -> None:
        weight = VALUE_WEIGHT + len(event.value)
        self._weigh(weight)
        value = _scalar_value(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, weight, event.value)
        is_plain = event.implicit[0] and event.tag is None
        self._add(value, event.value, _line(event), is_merge=is_plain and event.value == "<<")

    def _alias(self, event: Any) -> None:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise Refused(
                f"The alias *{event.anchor[:60]} in line {_line(event)} has no anchor before it, or stands within it. "
                "Correct it."
            )
        self._has_aliases = True
        self._weigh(known.weight)
        self._add(known.value, known.key, _line(event))

    def _begin(self, event: Any, value: list[Any] | dict[str, Any]) -> None:
        if event.tag is not None and event.tag not in _CONTAINERS:
            raise _unknown_tag(event)
        if len(self._open) == MAX_DEPTH:
            raise Refused(
                f"Lists and mappings are nested more than {MAX_DEPTH} deep. Make the document flatter."
            )
        self._weigh(VALUE_WEIGHT)
        self._open.append(_Open(value, event.anchor, self._weight - VALUE_WEIGHT, _line(event)))

    def _end(self) -> None:
        ended = self._open.pop()
        value = _with_merged(ended)
        if ended.anchor is not None:
            self._anchors[ended.anchor] = _Anchored(value, self._weight - ended.weight_before, None)
        self._add(value, None, ended.line)

    def _add(self, value: Any, written: str | None, line: int, *, is_merge: bool = False) -> None:
        if not self._open:
            self.documents.append(value)
            return
        outer = self._open[-1]
        if isinstance(outer.value, list):
            outer.value.append(value)
        elif outer.is_merge:
            outer.merged += _mergeable(value, line)
            outer.is_merge = False
        elif outer.key is _NONE:
            outer.is_merge = is_merge
            outer.key = _NONE if is_merge else _key(written, outer.value, line)
        else:
            outer.value[outer.key] = value
            outer.key = _NONE

    def _weigh(self, weight: int) -> None:
        self._weight += weight
        if self._weight <= MAX_WEIGHT:
            return
        if self._has_aliases:
            raise Refused("Its aliases (*name) make the YAML grow beyond 32 MiB. Use fewer of them.")
        raise Refused("The YAML holds too many values. Split it first.")


def _scalar_value(event: Any) -> Any:
    is_plain = event.implicit[0] and event.tag is None
    if event.tag is not None and event.tag not in _AS_MEANT | _AS_TEXT:
        raise _unknown_tag(event)
    if not is_plain and event.tag not in _AS_MEANT:
        return event.value
    try:
        return meaning(event.value)
    except NoJsonNumber:
        raise Refused(
            f"The number {event.value[:60]} in line {_line(event)} is none that JSON has. Put it in quotes."
        ) from None


def _key(written: str | None, mapping: dict[str, Any], line: int) -> str:
    """Keys are texts in JSON: a number or a date is taken as it is written."""
    if written is None:
        raise Refused(f"In line {line} a list or a mapping is the key of a mapping. Use a text.")
    if written in mapping:
        raise Refused(f"The key {written[:60]!r} stands a second time in line {line}. Remove one.")
    return written


def _mergeable(value: Any, line: int) -> list[dict[str, Any]]:
    given = cast("Sequence[Any]", value) if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in given):
        raise Refused(f"In line {line} `<<` is followed by something else than mappings. Correct it.")
    return cast("list[dict[str, Any]]", given)


def _with_merged(ended: _Open) -> list[Any] | dict[str, Any]:
    """The mapping with what `<<` brings; its own keys go first, then the earlier of the merged."""
    if isinstance(ended.value, list) or not ended.merged:
        return ended.value
    whole: dict[str, Any] = {}
    for one in reversed(ended.merged):
        whole.update(one)
    return {**whole, **ended.value}


def _unknown_tag(event: Any) -> Refused:
    tag = str(event.tag).replace(_TAG, "!!")
    return Refused(
        f"The tag {tag[:60]} in line {_line(event)} is not read: it may stand for anything. Remove it."
    )


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
