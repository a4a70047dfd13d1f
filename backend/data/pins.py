"""Dynamic pin names: one entry of a list (`values_$_0`), of an object (`values_#_key`), an attribute (`obj_@_attr`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Literal

Path = tuple[int | str, ...]
"""Steps into a value: a number is a place in a list, text is a key of an object."""

MAX_LIST_PLACES = 10_000
MAX_STEPS = 20

_SEPARATOR = re.compile(r"_([$#@])_")


class _Missing(Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing.MISSING
"""What `pick` returns where nothing is; not None, which is a value."""

Missing = Literal[_Missing.MISSING]


@dataclass(frozen=True, slots=True)
class ParsedPin:
    """`values_#_a_$_0` is the pin `values` and the path `("a", 0)`; a plain name has an empty path."""

    base: str
    path: Path = ()


@lru_cache(maxsize=16_384)
def parse(name: str) -> ParsedPin:
    """Split a pin's name at its separators, from left to right; keys may hold anything else.

    Raises:
        ValueError: a place in a list is no number or 10,000 and more, or there are over 20 steps.
    """
    base, *rest = _SEPARATOR.split(name)
    if len(rest) // 2 > MAX_STEPS:
        raise ValueError(
            f"The pin {base!r} is addressed more than {MAX_STEPS} levels deep. Build the value in steps."
        )
    return ParsedPin(base, tuple(_step(name, *pair) for pair in zip(rest[::2], rest[1::2], strict=True)))


def base_name(name: str) -> str:
    """The pin itself: `values` for `values_#_topic`."""
    return _SEPARATOR.split(name, maxsplit=1)[0]


def fold(values: dict[str, Any]) -> dict[str, Any]:
    """Put what came on dynamic pins into the containers they name, on top of the base pin's own value.

    Lists are padded with None. Nothing that came in is changed: containers are copied where something
    is put into them, and `values` itself is returned when no name in it is dynamic.

    Raises:
        ValueError: a base value of another type, list and object mixed under one pin, or too many places.
    """
    if not any(parse(name).path for name in values):
        return values
    pins: dict[str, _Branch] = {}
    for name, value in values.items():
        pin = parse(name)
        pins.setdefault(pin.base, _Branch()).at(pin.path).value = value
    if sum(branch.places() for branch in pins.values()) > MAX_LIST_PLACES:
        raise ValueError(f"The list pins name more than {MAX_LIST_PLACES:,} places. Send one list instead.")
    return {base: branch.build(base) for base, branch in pins.items()}


def pick(value: Any, path: Path) -> Any:
    """The part of `value` at `path`; MISSING when there is none."""
    part: Any = value
    for step in path:
        container = list if isinstance(step, int) else dict
        if not issubclass(type(part), container):
            return MISSING
        try:
            part = part[step]
        except LookupError:
            return MISSING
    return part


def _step(name: str, separator: str, text: str) -> int | str:
    if separator != "$":
        return text
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"The pin {name!r} names the list place {text!r}. Write a whole number from 0.")
    if len(text) > len(str(MAX_LIST_PLACES)) or int(text) >= MAX_LIST_PLACES:
        raise ValueError(
            f"The pin {name!r} names a list place beyond {MAX_LIST_PLACES - 1:,}. Use a smaller one."
        )
    return int(text)


@dataclass(slots=True)
class _Branch:
    """What was said of one place: its own value, and what is put into it."""

    value: Any = MISSING
    branches: dict[int | str, _Branch] = field(default_factory=dict[int | str, "_Branch"])

    def at(self, path: Path) -> _Branch:
        branch = self
        for step in path:
            branch = branch.branches.setdefault(step, _Branch())
        return branch

    def places(self) -> int:
        """How many list places have to be there, in all."""
        own = max((step + 1 for step in self.branches if isinstance(step, int)), default=0)
        return own + sum(branch.places() for branch in self.branches.values())

    def build(self, name: str) -> Any:
        if not self.branches:
            return self.value
        places = {step: branch for step, branch in self.branches.items() if isinstance(step, int)}
        keys = {step: branch for step, branch in self.branches.items() if isinstance(step, str)}
        if places and keys:
            raise ValueError(f"The pin {name!r} is used as a list and as an object. Use one of the two.")
        return self._list(name, places) if places else self._object(name, keys)

    def _list(self, name: str, places: dict[int, _Branch]) -> list[Any]:
        built: list[Any] = self._own(list, name)
        built.extend([None] * (max(places) + 1 - len(built)))
        for place, branch in places.items():
            built[place] = branch.on(built[place]).build(f"{name}[{place}]")
        return built

    def _object(self, name: str, keys: dict[str, _Branch]) -> dict[str, Any]:
        built: dict[str, Any] = self._own(dict, name)
        for key, branch in keys.items():
            built[key] = branch.on(built.get(key, MISSING)).build(f"{name}.{key}")
        return built

    def on(self, below: Any) -> _Branch:
        """The same, with `below` for its value when it has none of its own."""
        return self if self.value is not MISSING else _Branch(below, self.branches)

    def _own(self, container: type[Any], name: str) -> Any:
        if self.value is MISSING or self.value is None:
            return container()
        if not isinstance(self.value, container):
            wanted = "a list" if container is list else "an object"
            raise ValueError(
                f"The pin {name!r} holds a {type(self.value).__name__}, not {wanted} to put entries into."
            )
        return container(self.value)
